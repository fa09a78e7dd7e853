from civicloop.web.templatetags.drawings import heat_bar, sparkline


def test_sparkline_bars_are_as_high_as_their_counts() -> None:
    drawing = sparkline([0, 2, 4])

    low, high = drawing["bars"]
    assert (low.height, high.height) == (14.0, 28.0)
    assert (low.x, high.x) == (40.0, 80.0)
    assert drawing["total"] == 6


def test_sparkline_tells_the_last_week_apart() -> None:
    bars = sparkline([1] * 10)["bars"]

    assert [bar.is_recent for bar in bars] == [False] * 3 + [True] * 7


def test_sparkline_of_nothing_is_empty() -> None:
    assert sparkline([])["bars"] == []
    assert sparkline([0, 0])["bars"] == []


def test_heat_bar_puts_the_factors_side_by_side() -> None:
    factors = [{"code": "people", "points": 20.0}, {"code": "growth", "points": 5.5}]

    segments = heat_bar(factors)["segments"]

    assert [(segment.x, segment.width) for segment in segments] == [(0.0, 20.0), (20.0, 5.5)]
