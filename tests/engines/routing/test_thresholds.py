import pytest

from civicloop.engines.routing.thresholds import (
    NEVER,
    CoverageAndAccuracy,
    Guess,
    lowest_threshold,
    measure,
    wilson,
)

SURE = [Guess(probability=0.9, is_right=True)] * 30
DOUBTFUL = [Guess(probability=0.5, is_right=False)] * 2
MIDDLING = [Guess(probability=0.7, is_right=True)] * 10


def test_wilson_agrees_with_a_published_value() -> None:
    interval = wilson(81, 263)  # Newcombe 1998, table I: 0.2553 to 0.3662

    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


def test_wilson_knows_nothing_without_a_trial() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)


def test_coverage_and_accuracy_of_a_district_of_guangzhou() -> None:
    measured = CoverageAndAccuracy(rows=1000, answered=879, right=759)

    assert measured.coverage == 0.879
    assert measured.accuracy == pytest.approx(0.8635, abs=1e-4)
    assert measured.interval.low < 0.8635 < measured.interval.high


def test_accuracy_of_no_order_is_no_number() -> None:
    assert CoverageAndAccuracy(rows=5, answered=0, right=0).accuracy is None


def test_the_lowest_threshold_that_meets_the_accuracy_is_found() -> None:
    rows = [*SURE, *DOUBTFUL, *MIDDLING]

    assert lowest_threshold(rows, 0.96) == 0.7  # 40 of 40; at 0.5 it would be 40 of 42
    assert lowest_threshold(rows, 0.95) == 0.5
    assert measure(rows, 0.7) == CoverageAndAccuracy(rows=42, answered=40, right=40)


def test_an_accuracy_that_is_never_met_lets_nothing_go() -> None:
    assert lowest_threshold(DOUBTFUL * 20, 0.9) == NEVER
    assert lowest_threshold(SURE[:29], 0.9) == NEVER


def test_orders_that_may_not_go_count_for_coverage_only() -> None:
    rows = [*SURE, *[Guess(probability=0.99, is_right=False, may_go=False)] * 10]

    assert lowest_threshold(rows, 0.99) == 0.9
    assert measure(rows, 0.9).coverage == 0.75
