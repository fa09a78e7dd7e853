"""Turn scores into probabilities that come true, and choose when to abstain.

Source: temperature and bias of a softmax as in Guo et al. 2017, "On calibration of modern neural
networks" (vector scaling with one common temperature); softened targets as in Platt 1999,
"Probabilistic outputs for support vector machines"; the first choice's adjustment is
Platt's, too; the contrast is own work; the threshold is that of a selective
classifier, Geifman and El-Yaniv 2017, "Selective classification for deep neural networks".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.topics.features import Floats, Ints

BIAS_PENALTY = 0.1  # for each label: the more labels, the fewer rows tell a label's bias
FIRST_CHOICE_PENALTY = 5.0
CONTRAST_POWER = 0.75
SHORTEST = 1e-6  # length of scores that is taken for nothing
SLOPE_START = 8.0
NEVER = 2.0  # a threshold that no probability reaches
LIKELIER_THAN_NOT = 0.5
BINS = 15

_Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """``shares = softmax(slope * contrast(scores) + biases)``, then the first choice is adjusted.

    Where some labels are wrong or some topics overlap, no softmax fits both the sure and the unsure
    rows: the first choice's log-odds are stretched and shifted, the others share what is left.
    """

    slope: float
    biases: _Doubles  # shape (labels,)
    stretch: float
    shift: float

    def probabilities(self, scores: Floats) -> _Doubles:
        """Return probabilities of shape (rows, labels); each row sums to 1."""
        shares = _softmax(self.slope * _contrast(scores) + self.biases)
        rows = np.arange(len(shares))
        first = shares.argmax(axis=1)
        best = np.minimum(shares[rows, first], 1 - SHORTEST)
        others = shares.copy()
        others[rows, first] = 0
        second = others.max(axis=1)
        adjusted = _logistic(self.stretch * _log_odds(best) + self.shift)
        least = second / (1 - best + second) + SHORTEST  # the order stays
        adjusted = np.maximum(adjusted, least)
        adapted: _Doubles = others * ((1 - adjusted) / (1 - best))[:, np.newaxis]
        adapted[rows, first] = 1 - adapted.sum(axis=1)
        return adapted


def _contrast(scores: Floats) -> _Doubles:
    """Bring the scores of each row nearer to one length, so that their proportions count.

    A long message that wanders scores low for every label. How far the first label is ahead of the
    second, compared with all scores, tells more about its rightness than the height of the score.
    """
    lengths = np.sqrt((scores.astype(np.float64) ** 2).sum(axis=1, keepdims=True))
    contrast: _Doubles = scores / np.maximum(lengths, SHORTEST) ** CONTRAST_POWER
    return contrast


def _softmax(logits: _Doubles) -> _Doubles:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: _Doubles = powers / powers.sum(axis=1, keepdims=True)
    return shares


def fit_calibration(scores: Floats, targets: Ints) -> Calibration:
    """Fit a calibration on scores of rows that the scoring model never saw.

    Args:
        scores: Scores, shape (rows, labels).
        targets: Label number of each row, shape (rows,).

    Returns:
        The calibration of the greatest (penalised) likelihood, of the labels first and of the
        first choice's rightness then.
    """
    slope, biases = _fit_softmax(_contrast(scores), targets)
    shares = _softmax(slope * _contrast(scores) + biases)
    stretch, shift = _fit_first_choice(shares.max(axis=1), shares.argmax(axis=1) == targets)
    return Calibration(slope=slope, biases=biases, stretch=stretch, shift=shift)


def _fit_softmax(wide: _Doubles, targets: Ints) -> tuple[float, _Doubles]:
    from scipy.optimize import minimize

    wanted = _softened(targets, labels=wide.shape[1])
    penalty = BIAS_PENALTY * wide.shape[1]

    def loss(parameters: _Doubles) -> tuple[float, _Doubles]:
        slope, biases = parameters[0], parameters[1:]
        shares = _softmax(slope * wide + biases)
        error = shares - wanted
        value = -(wanted * np.log(np.maximum(shares, 1e-300))).sum()
        value += penalty * (biases**2).sum()
        gradient = error.sum(axis=0) + 2 * penalty * biases
        return float(value), np.concatenate([[(error * wide).sum()], gradient])

    start = np.zeros(wide.shape[1] + 1)
    start[0] = SLOPE_START
    bounds = [(1e-3, 1e3)] + [(None, None)] * wide.shape[1]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), found.x[1:]


def _fit_first_choice(best: _Doubles, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return stretch and shift of the first choice's log-odds; drawn to 1 and 0 where rows are few."""
    from scipy.optimize import minimize

    odds = _log_odds(best)

    def loss(parameters: _Doubles) -> tuple[float, _Doubles]:
        stretch, shift = parameters
        logits = stretch * odds + shift
        error = _logistic(logits) - right
        value = (np.logaddexp(0, logits) - right * logits).sum()
        value += FIRST_CHOICE_PENALTY * ((stretch - 1) ** 2 + shift**2)
        return float(value), np.array(
            [
                (error * odds).sum() + 2 * FIRST_CHOICE_PENALTY * (stretch - 1),
                error.sum() + 2 * FIRST_CHOICE_PENALTY * shift,
            ]
        )

    bounds = [(0.05, 20.0), (-10.0, 10.0)]
    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), float(found.x[1])


def _log_odds(shares: _Doubles) -> _Doubles:
    kept = np.clip(shares, SHORTEST, 1 - SHORTEST)
    odds: _Doubles = np.log(kept / (1 - kept))
    return odds


def _logistic(odds: _Doubles) -> _Doubles:
    shares: _Doubles = 1 / (1 + np.exp(-odds))
    return shares


def _softened(targets: Ints, *, labels: int) -> _Doubles:
    """Return wanted probabilities that leave room for the error that few rows cannot show."""
    rows = np.bincount(targets, minlength=labels)
    doubt = (1 / (rows + 2))[targets, np.newaxis]
    wanted: _Doubles = np.eye(labels)[targets] * (1 - doubt) + doubt / labels
    return wanted


def cross_calibrate(scores: Floats, targets: Ints, fold: Ints) -> _Doubles:
    """Return probabilities of each row by a calibration fitted without the row's fold.

    Args:
        scores: Out-of-fold scores, shape (rows, labels).
        targets: Label number of each row, shape (rows,).
        fold: Fold of each row, shape (rows,).

    Returns:
        Probabilities, shape (rows, labels).
    """
    shares = np.zeros(scores.shape)
    for number in range(int(fold.max()) + 1):
        hidden = fold == number
        calibration = fit_calibration(scores[~hidden], targets[~hidden])
        shares[hidden] = calibration.probabilities(scores[hidden])
    return shares


def choose_threshold(shares: _Doubles, targets: Ints, *, answer_accuracy: float) -> float:
    """Return the lowest probability from which on enough first choices are right.

    Args:
        shares: Probabilities, shape (rows, labels).
        targets: Label number of each row, shape (rows,).
        answer_accuracy: Wanted accuracy of the rows at or above the threshold.

    Returns:
        The threshold; ``NEVER`` when even the surest rows fall short, and at most
        ``LIKELIER_THAN_NOT`` when all rows together suffice.
    """
    best = shares.max(axis=1)
    order = np.argsort(-best, kind="stable")
    right = (shares.argmax(axis=1) == targets)[order]
    accuracy = np.cumsum(right) / np.arange(1, len(right) + 1)
    reached = np.flatnonzero(accuracy >= answer_accuracy)
    if not len(reached):
        return NEVER
    lowest = float(best[order][reached[-1]])
    return min(lowest, LIKELIER_THAN_NOT) if len(right) - 1 in reached else lowest


def macro_f1(predicted: Ints, targets: Ints, *, labels: int) -> float:
    """Return the mean F1 of all labels."""
    judged = np.bincount(targets, minlength=labels)
    chosen = np.bincount(predicted, minlength=labels)
    right = np.bincount(targets[predicted == targets], minlength=labels)
    return float(np.mean(2 * right / np.maximum(judged + chosen, 1)))


def calibration_error(shares: _Doubles, targets: Ints) -> float:
    """Return the expected calibration error of the first choice over bins of equal mass."""
    best = shares.max(axis=1)
    surplus = best - (shares.argmax(axis=1) == targets)
    order = np.argsort(best, kind="stable")
    bins = np.array_split(surplus[order], min(BINS, len(order)))
    return float(sum(abs(part.sum()) for part in bins) / len(order))
