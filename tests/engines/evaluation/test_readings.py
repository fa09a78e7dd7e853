import pytest

from civicloop.engines.evaluation.readings import score_dangers, score_parting, score_spans


def test_exact_and_overlapping_spans_are_told_apart():
    score = score_spans([[(0, 4), (10, 12)], [(3, 5)]], [[(0, 4), (11, 14), (20, 22)], []])

    assert (score.exact.precision, score.exact.recall) == (
        pytest.approx(1 / 3),
        pytest.approx(1 / 3),
    )
    assert (score.overlap.precision, score.overlap.recall) == (
        pytest.approx(2 / 3), pytest.approx(2 / 3),
    )  # fmt: skip
    assert (score.exact.judged, score.exact.found) == (3, 3)


def test_spans_that_only_touch_do_not_overlap():
    assert score_spans([[(0, 4)]], [[(4, 8)]]).overlap.f1 == 0


def test_decoys_taken_for_dangers_are_false_alarms():
    score = score_dangers([[(0, 2)], []], [[(5, 7)], [(0, 3)]], [[(0, 2), (6, 8)], []])

    assert score.false_alarm_ratio == 0.5
    assert score.overlap.recall == 1
    assert score.overlap.precision == 0.5


def test_without_decoys_there_is_no_share_of_false_alarms():
    assert score_dangers([[]], [[]], [[]]).false_alarm_ratio is None


def test_parting_counts_problems_and_scores_where_further_ones_begin():
    judged = [[(0, 5), (5, 9)], [(0, 9)], [(0, 3), (3, 6), (6, 9)]]
    found = [[(0, 5), (5, 9)], [(0, 4), (4, 9)], [(0, 3), (3, 9)]]

    score = score_parting(judged, found)

    assert score.exact_count_ratio == pytest.approx(1 / 3)
    assert (score.several, score.several_exact_count_ratio) == (2, 0.5)
    assert (score.boundaries.precision, score.boundaries.recall) == (
        pytest.approx(2 / 3), pytest.approx(2 / 3),
    )  # fmt: skip


def test_nothing_to_part_is_refused():
    with pytest.raises(ValueError, match="no judged texts"):
        score_parting([], [])
