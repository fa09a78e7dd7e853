"""Score a yes-or-no call against people's, with how far chance may have moved the figures.

Source: AUC as the Mann-Whitney statistic (Hanley and McNeil 1982); intervals by drawing groups of
rows with replacement (Field and Welsh 2007, "Bootstrapping clustered data").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 1_000
SEED = 7
BINS = 15
INSIDE = (2.5, 97.5)  # percentiles of a 95 % interval

Floats = NDArray[np.float64]


class NoJudgementError(ValueError):
    """There is no row, or all rows are judged alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The middle 95 % of what other samples of such groups would give."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScore:
    """The figures of one way to call rows. All ratios run from 0 to 1."""

    rows: int
    positives: int  # rows that people call so
    precision: float
    recall: float
    f1: float
    f1_interval: Interval
    f1_gain: Interval | None  # over the baseline, drawn together; None for the baseline itself
    auc: float | None  # None without scores
    calibration_error: float | None  # None without probabilities


def score_calls(
    *,
    judged: Sequence[bool],
    called: Sequence[bool],
    groups: Sequence[str],
    scores: Sequence[float] | None = None,
    are_probabilities: bool = False,
    baseline: Sequence[bool] | None = None,
) -> CallScore:
    """Return precision, recall, F1 of the positive class, AUC and calibration.

    Args:
        judged: what people say, True for the positive class.
        called: what is measured.
        groups: rows of one group are drawn together.
        scores: higher is more positive.
        are_probabilities: the scores are probabilities of the positive class.
        baseline: another way to call the same rows, to compare with.

    Raises:
        NoJudgementError: there is no row, or all rows are judged alike.
    """
    truth = np.array(judged, dtype=bool)
    if truth.all() or not truth.any():
        raise NoJudgementError("the rows are missing or all judged alike")
    calls = np.array(called, dtype=bool)
    draws = _draws(groups)
    drawn = _drawn_f1(truth, calls, draws)
    gain = None
    if baseline is not None:
        gain = _interval(drawn - _drawn_f1(truth, np.array(baseline, dtype=bool), draws))
    hits = int((calls & truth).sum())
    values = None if scores is None else np.array(scores, dtype=np.float64)
    return CallScore(
        rows=len(truth),
        positives=int(truth.sum()),
        precision=hits / max(int(calls.sum()), 1),
        recall=hits / int(truth.sum()),
        f1=2 * hits / int(calls.sum() + truth.sum()),
        f1_interval=_interval(drawn),
        f1_gain=gain,
        auc=None if values is None else area_under_curve(values, truth),
        calibration_error=calibration_error(values, truth)
        if values is not None and are_probabilities
        else None,
    )


def area_under_curve(scores: Floats, truth: NDArray[np.bool_]) -> float:
    """Return how often a positive row scores above a negative one, ties counting half."""
    _values, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    ranks = middle[place]
    positives, negatives = int(truth.sum()), int((~truth).sum())
    above = ranks[truth].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def calibration_error(probabilities: Floats, truth: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over bins of equal mass."""
    order = np.argsort(probabilities, kind="stable")
    surplus = (probabilities - truth)[order]
    return float(sum(abs(part.sum()) for part in np.array_split(surplus, BINS)) / len(truth))


def _draws(groups: Sequence[str]) -> NDArray[np.int64]:
    """How often each row is drawn, shape (draws, rows)."""
    _names, group_of = np.unique(np.array(groups), return_inverse=True)
    count = int(group_of.max()) + 1
    random = np.random.default_rng(SEED)
    times = random.multinomial(count, np.full(count, 1 / count), size=DRAWS)
    drawn: NDArray[np.int64] = times[:, group_of]
    return drawn


def _drawn_f1(
    truth: NDArray[np.bool_], calls: NDArray[np.bool_], draws: NDArray[np.int64]
) -> Floats:
    hits = draws @ (truth & calls).astype(np.int64)
    both = draws @ (truth.astype(np.int64) + calls.astype(np.int64))
    f1: Floats = 2 * hits / np.maximum(both, 1)
    return f1


def _interval(values: Floats) -> Interval:
    low, high = np.percentile(values, INSIDE)
    return Interval(low=float(low), high=float(high))
