import pytest

from civicloop.engines.evaluation.classification import (
    ClassifiedRow,
    ClassScore,
    NothingToScoreError,
    ReliabilityBin,
    score_classification,
)


def row(label, predicted, probability, *, abstained=False):
    return ClassifiedRow(
        label=label, predicted=predicted, probability=probability, abstained=abstained
    )


ROWS = [
    row("road", "road", 0.9),
    row("road", "road", 0.8),
    row("road", "water", 0.6),
    row("water", "water", 0.5),
    row("noise", "road", 0.4, abstained=True),
]


def test_accuracy_counts_abstained_rows_and_answered_accuracy_does_not():
    score = score_classification(ROWS)

    assert score.rows == 5
    assert score.accuracy == pytest.approx(3 / 5)
    assert score.coverage == pytest.approx(4 / 5)
    assert score.answered_accuracy == pytest.approx(3 / 4)


def test_the_surest_are_scored_whether_answered_or_not():
    rows = [row("road", "road", 0.4 + number / 100, abstained=True) for number in range(17)]
    wrong = [row("road", "water", 0.3), row("road", "water", 0.45), row("road", "water", 0.35)]

    score = score_classification(rows + wrong)

    assert score.surest_accuracy == pytest.approx(16 / 17)
    assert score_classification(ROWS[:1]).surest_accuracy == 1


def test_each_label_has_its_precision_recall_and_f1():
    score = score_classification(ROWS)

    assert score.classes == (
        ClassScore(label="noise", precision=0, recall=0, f1=0, rows=1, predicted_rows=0),
        ClassScore(label="road", precision=2 / 3, recall=2 / 3, f1=4 / 6, rows=3, predicted_rows=3),
        ClassScore(label="water", precision=1 / 2, recall=1, f1=2 / 3, rows=1, predicted_rows=2),
    )
    assert score.macro_f1 == pytest.approx((0 + 2 / 3 + 2 / 3) / 3)


def test_a_label_that_only_the_classifier_used_lowers_macro_f1():
    score = score_classification([row("road", "road", 1.0), row("road", "gas", 1.0)])

    assert [one.label for one in score.classes] == ["gas", "road"]
    assert score.macro_f1 == pytest.approx((0 + 2 / 3) / 2)


def test_calibration_error_compares_stated_and_true_shares_in_equal_bins():
    score = score_classification(ROWS, bins=2)

    low, high = score.bins
    assert low == ReliabilityBin(rows=2, mean_probability=0.45, accuracy=0.5)
    assert high.rows == 3
    assert high.mean_probability == pytest.approx(2.3 / 3)
    assert high.accuracy == pytest.approx(2 / 3)
    assert score.ece == pytest.approx((2 * 0.05 + 3 * (2.3 / 3 - 2 / 3)) / 5)


def test_there_are_never_more_bins_than_rows():
    score = score_classification(ROWS, bins=15)

    assert [one.rows for one in score.bins] == [1, 1, 1, 1, 1]


def test_answered_accuracy_is_none_where_all_rows_are_abstained():
    score = score_classification([row("road", "road", 0.3, abstained=True)])

    assert score.coverage == 0
    assert score.answered_accuracy is None


def test_no_rows_are_refused():
    with pytest.raises(NothingToScoreError):
        score_classification([])
