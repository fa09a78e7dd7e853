import pytest

from civicloop.engines.evaluation.personal import score_personal


def test_half_hidden_is_not_hidden_and_another_kind_hides_as_well():
    scores = score_personal(
        ["0123456789"],
        [[("name", 0, 2), ("name", 4, 6), ("mobile", 7, 9)]],
        [[("name", 0, 2), ("name", 4, 5), ("card", 7, 10)]],
    )

    name, mobile, card = (scores.by_kind[kind] for kind in ("name", "mobile", "card"))
    assert (name.recall, name.precision) == (0.5, 1.0)
    assert (mobile.recall, mobile.precision) == (1.0, None)
    assert (card.recall, card.precision) == (None, 0.0)
    assert scores.hidden_beside == pytest.approx(1 / 4)


def test_several_kinds_are_scored_together():
    scores = score_personal(
        ["0123456789"], [[("name", 0, 2), ("card", 4, 6)]], [[("name", 0, 2), ("plate", 8, 9)]]
    )

    together = scores.of(["name", "card", "plate", "email"])

    assert (together.recall, together.precision) == (0.5, 0.5)


def test_no_text_no_figure():
    assert score_personal([], [], []).hidden_beside == 0.0
