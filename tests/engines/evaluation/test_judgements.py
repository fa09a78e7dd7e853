import pytest

from civicloop.engines.evaluation.judgements import NoJudgementError, score_calls

JUDGED = [True, True, True, False, False, False, False, False]
CALLED = [True, True, False, True, False, False, False, False]
GROUPS = list("aabbccdd")


def test_precision_recall_and_f1_are_those_of_the_positive_class() -> None:
    score = score_calls(judged=JUDGED, called=CALLED, groups=GROUPS)

    assert (score.precision, score.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert score.f1 == pytest.approx(2 / 3)
    assert score.f1_interval.low <= score.f1 <= score.f1_interval.high
    assert score.auc is None


def test_auc_counts_ties_half() -> None:
    score = score_calls(
        judged=[True, True, False, False],
        called=[True] * 4,
        groups=list("abcd"),
        scores=[0.9, 0.5, 0.5, 0.1],
    )

    assert score.auc == pytest.approx(3.5 / 4)


def test_gain_over_the_same_calls_is_nothing() -> None:
    score = score_calls(judged=JUDGED, called=CALLED, groups=GROUPS, baseline=CALLED)

    assert score.f1_gain is not None
    assert (score.f1_gain.low, score.f1_gain.high) == (0, 0)


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    score = score_calls(
        judged=[True, False] * 30,
        called=[True] * 60,
        groups=[str(number) for number in range(60)],
        scores=[0.5] * 60,
        are_probabilities=True,
    )

    assert score.calibration_error == pytest.approx(0.0)


def test_rows_judged_alike_cannot_be_scored() -> None:
    with pytest.raises(NoJudgementError):
        score_calls(judged=[True], called=[True], groups=["a"])
