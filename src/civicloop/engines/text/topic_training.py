"""Fit the linear model of the topics, and predict the training rows by models that never saw them.

Least squares with a quadratic penalty is fitted twice: the second time each feature is scaled by
the root of its importance in the first, which quiets the thousands of features that tell nothing.
Solved by conjugate gradients on the messages' similarities, all labels at once.

Source: Hoerl and Kennard 1970, "Ridge regression"; the reweighting follows Zou 2006, "The adaptive
lasso and its oracle properties", with a ridge instead of a lasso; Hestenes and Stiefel 1952 for
conjugate gradients.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from civicloop.engines.text.topic_features import TINY, Counts, Floats, Ints, Matrix, weigh

MIN_MESSAGES = 2  # a feature must occur in so many training messages
FIRST_PENALTY = 0.25
PENALTY = 0.4
IMPORTANCE_POWER = 0.25
FIRST_ITERATIONS = 12
ITERATIONS = 25
TOLERANCE = 1e-3  # smallest remaining error, as a share of the first

Progress = Callable[[int, int], None]  # steps done, steps in all


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearTopics:
    """A fitted linear model: ``scores = matrix @ coefficients``.

    A score is how far the label's share among like messages exceeds its share among all.
    """

    keys: Ints  # sorted features, shape (features,)
    weights: Floats  # weight of each feature in a message, shape (features,)
    coefficients: Floats  # shape (features, labels)
    importance: Floats  # how much the scores hang on each feature, shape (features,)


def fit_linear(counts: Matrix, keys: Ints, targets: Ints, *, labels: int) -> LinearTopics:
    """Fit the linear model.

    Args:
        counts: How often each feature stands in each message, shape (messages, features).
        keys: The features, shape (features,).
        targets: Label number of each message, shape (messages,).
        labels: Number of labels.

    Returns:
        The fitted model.
    """
    messages = counts.shape[0]
    frequency = np.bincount(counts.indices, minlength=len(keys))
    weights = (1 + np.log((1 + messages) / (1 + frequency))).astype(np.float32)
    weights[frequency < MIN_MESSAGES] = 0.0
    wanted = np.eye(labels, dtype=np.float32)[targets]
    wanted -= wanted.mean(axis=0)
    matrix = weigh(counts, keys, weights)
    first = solve_ridge(matrix, wanted, penalty=FIRST_PENALTY, iterations=FIRST_ITERATIONS)
    importance = np.sqrt((first**2).sum(axis=1))
    mean = float(importance.sum()) / max(len(keys), 1)
    weights *= (importance / max(mean, TINY)) ** IMPORTANCE_POWER
    matrix = weigh(counts, keys, weights)
    coefficients = solve_ridge(matrix, wanted, penalty=PENALTY, iterations=ITERATIONS)
    spread = np.sqrt(np.bincount(matrix.indices, weights=matrix.data**2, minlength=len(keys)))
    return LinearTopics(
        keys=keys,
        weights=weights,
        coefficients=coefficients,
        importance=(np.abs(coefficients).max(axis=1) * spread).astype(np.float32),
    )


def solve_ridge(matrix: Matrix, wanted: Floats, *, penalty: float, iterations: int) -> Floats:
    """Return the coefficients of least squares with a quadratic penalty.

    Args:
        matrix: Shape (rows, features).
        wanted: Shape (rows, labels).
        penalty: Weight of the coefficients' squares, above 0.
        iterations: Most steps of the conjugate gradients.

    Returns:
        Coefficients, shape (features, labels).
    """
    transposed = matrix.T.tocsr()
    duals = np.zeros_like(wanted)
    residual = wanted.copy()
    direction = residual.copy()
    energy = (residual**2).sum(axis=0)
    enough = energy * TOLERANCE**2
    for _ in range(iterations):
        image = matrix @ (transposed @ direction) + penalty * direction
        step = energy / np.maximum((direction * image).sum(axis=0), 1e-30)
        duals += step * direction
        residual -= step * image
        previous, energy = energy, (residual**2).sum(axis=0)
        if (energy <= enough).all():
            break
        direction = residual + energy / np.maximum(previous, 1e-30) * direction
    coefficients: Floats = transposed @ duals
    return coefficients


def score_linear(model: LinearTopics, counts: Matrix) -> Floats:
    """Return the scores of each message, shape (messages, labels)."""
    scores: Floats = weigh(counts, model.keys, model.weights) @ model.coefficients
    return scores


def fold_of_rows(targets: Ints, groups: Sequence[str], *, folds: int) -> Ints:
    """Deal groups of rows to folds so that each fold holds about the same share of each label.

    Args:
        targets: Label number of each row, shape (rows,).
        groups: Group of each row; rows of one group come into one fold.
        folds: Number of folds.

    Returns:
        Fold of each row, shape (rows,).
    """
    first_row: dict[str, int] = {}
    for row, group in enumerate(groups):
        first_row.setdefault(group, row)
    ordered = sorted(
        first_row, key=lambda group: (int(targets[first_row[group]]), first_row[group])
    )
    fold_of = {group: number % folds for number, group in enumerate(ordered)}
    return np.array([fold_of[group] for group in groups], dtype=np.int64)


def score_out_of_fold(
    counts: Counts, targets: Ints, fold: Ints, *, labels: int, progress: Progress
) -> Floats:
    """Return the scores of each row by a model that was fitted without the row's fold.

    Args:
        counts: Features of all messages.
        targets: Label number of each message, shape (messages,).
        fold: Fold of each message, numbered from 0, shape (messages,).
        labels: Number of labels.
        progress: Is told after each fold.

    Returns:
        Scores, shape (messages, labels).
    """
    scores = np.zeros((len(targets), labels), dtype=np.float32)
    folds = int(fold.max()) + 1
    for number in range(folds):
        hidden = fold == number
        seen = counts.matrix[~hidden]
        model = fit_linear(seen, counts.keys, targets[~hidden], labels=labels)
        scores[hidden] = score_linear(model, counts.matrix[hidden])
        progress(number + 1, folds + 1)
    return scores
