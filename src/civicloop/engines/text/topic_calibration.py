"""Turn scores into probabilities that come true, and choose when to abstain.

Source: temperature and bias of a softmax as in Guo et al. 2017, "On calibration of modern neural
networks" (vector scaling with one common temperature); softened targets as in Platt 1999,
"Probabilistic outputs for support vector machines"; the contrast is own work; the threshold is that of a selective
classifier, Geifman and El-Yaniv 2017, "Selective classification for deep neural networks".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.topic_features import Floats, Ints

BIAS_PENALTY = 0.5  # pulls the labels' biases to 0, which matters for labels with few rows
CONTRAST_POWER = 0.75
SHORTEST = 1e-6  # length of scores that is taken for nothing
SLOPE_START = 8.0
NEVER = 2.0  # a threshold that no probability reaches
LIKELIER_THAN_NOT = 0.5
BINS = 15

_Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """``probabilities = softmax(slope * contrast(scores) + biases)``."""

    slope: float
    biases: _Doubles  # shape (labels,)

    def probabilities(self, scores: Floats) -> _Doubles:
        """Return probabilities of shape (rows, labels); each row sums to 1."""
        return _softmax(self.slope * _contrast(scores) + self.biases)


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
    """Fit slope and biases on scores of rows that the scoring model never saw.

    Args:
        scores: Scores above each label's mean, shape (rows, labels).
        targets: Label number of each row, shape (rows,).

    Returns:
        The calibration of the greatest (penalised) likelihood.
    """
    from scipy.optimize import minimize

    wide = _contrast(scores)
    wanted = _softened(targets, labels=wide.shape[1])

    def loss(parameters: _Doubles) -> tuple[float, _Doubles]:
        slope, biases = parameters[0], parameters[1:]
        shares = _softmax(slope * wide + biases)
        error = shares - wanted
        value = -(wanted * np.log(np.maximum(shares, 1e-300))).sum()
        value += BIAS_PENALTY * (biases**2).sum()
        gradient = error.sum(axis=0) + 2 * BIAS_PENALTY * biases
        return float(value), np.concatenate([[(error * wide).sum()], gradient])

    start = np.zeros(wide.shape[1] + 1)
    start[0] = SLOPE_START
    bounds = [(1e-3, 1e3)] + [(None, None)] * wide.shape[1]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return Calibration(slope=float(found.x[0]), biases=found.x[1:])


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
