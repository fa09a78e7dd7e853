"""Fit the linear model of the topics, and predict the training rows by models that never saw them.

Least squares with a quadratic penalty is fitted twice: the second time each feature is scaled by
the root of its importance in the first, which quiets the thousands of features that tell nothing,
and only the most telling features are left. Then each label has its own scale of the features, by
how much more often they stand in its messages than in others. Solved by conjugate gradients on the
messages' similarities, all labels at once. A naive Bayes model of the same features is mixed in.

Source: Hoerl and Kennard 1970, "Ridge regression"; the reweighting follows Zou 2006, "The adaptive
lasso and its oracle properties", with a ridge instead of a lasso; Hestenes and Stiefel 1952 for
conjugate gradients; Johnson and Lindenstrauss 1984 for the projected first fit; Rennie et al. 2003,
"Tackling the poor assumptions of naive Bayes text classifiers", for the complement model; Wang and
Manning 2012, "Baselines and bigrams", for the labels' own scales.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from civicloop.engines.text.topics.features import (
    KEY_BITS,
    TINY,
    WORDS,
    Corpus,
    Floats,
    Ints,
    Matrix,
    weigh,
)

MIN_MESSAGES = 2  # a feature must occur in so many training messages
FIRST_PENALTY = 0.25
PENALTY = 0.6
IMPORTANCE_POWER = 0.25
FIRST_ITERATIONS = 6
ITERATIONS, ITERATIONS_OF_MANY = 25, 15  # up to DIRECTIONS labels, beyond
TOLERANCE = 1e-3  # smallest remaining error, as a share of the first
DIRECTIONS = 32  # of a first fit with more labels than that
MOST_FEATURES = 200_000
MOST_COEFFICIENTS = 12_000_000
BAYES_SHARE = 0.25  # spread of the naive Bayes scores, the ridge's being 1
BAYES_SMOOTHING = 0.01
OWN_SCALE = 0.5  # share of a label's own scale of the features; the rest is even

Progress = Callable[[int, int], None]  # steps done, steps in all


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearTopics:
    """A fitted linear model: ``scores = matrix @ coefficients``."""

    columns: Ints  # its features' columns among those it was fitted on, shape (features,)
    keys: Ints  # sorted features, shape (features,)
    weights: Floats  # weight of each feature in a message, shape (features,)
    coefficients: Floats  # shape (features, labels)


def fit_linear(counts: Matrix, keys: Ints, targets: Ints, *, labels: int) -> LinearTopics:
    """Fit the linear model.

    Args:
        counts: How often each feature stands in each message, shape (messages, features).
        keys: The features, shape (features,).
        targets: Label number of each message, shape (messages,).
        labels: Number of labels.

    Returns:
        The fitted model of the most telling features.
    """
    wanted = np.eye(labels, dtype=np.float32)[targets]
    wanted -= wanted.mean(axis=0)
    weights, columns = _telling_features(counts, keys, wanted)
    matrix = weigh(counts[:, columns], keys[columns], weights)
    few = labels <= DIRECTIONS
    ridge = solve_ridge(
        matrix,
        wanted,
        penalty=PENALTY,
        iterations=ITERATIONS if few else ITERATIONS_OF_MANY,
        scales=own_scales(matrix, targets, labels=labels) if few else None,
    )
    bayes = complement_bayes(matrix, targets, labels=labels)
    bayes *= BAYES_SHARE * _spread(matrix @ ridge) / max(_spread(matrix @ bayes), TINY)
    ridge += bayes
    return LinearTopics(columns=columns, keys=keys[columns], weights=weights, coefficients=ridge)


def _spread(scores: Floats) -> float:
    return float(scores.std())


def _telling_features(counts: Matrix, keys: Ints, wanted: Floats) -> tuple[Floats, Ints]:
    """Return the most telling features' weights and columns, by a first and rougher fit."""
    messages, labels = wanted.shape
    frequency = np.bincount(counts.indices, minlength=len(keys))
    weights = (1 + np.log((1 + messages) / (1 + frequency))).astype(np.float32)
    weights[frequency < MIN_MESSAGES] = 0.0
    matrix = weigh(counts, keys, weights)
    if labels > DIRECTIONS:
        directions = np.random.default_rng(0).standard_normal((labels, DIRECTIONS))
        wanted = wanted @ (directions / np.sqrt(DIRECTIONS)).astype(np.float32)
    first = solve_ridge(matrix, wanted, penalty=FIRST_PENALTY, iterations=FIRST_ITERATIONS)
    importance = np.sqrt((first**2).sum(axis=1))
    mean = float(importance.sum()) / max(len(keys), 1)
    weights *= (importance / max(mean, TINY)) ** IMPORTANCE_POWER
    spread = np.sqrt(np.bincount(matrix.indices, weights=matrix.data**2, minlength=len(keys)))
    most = min(MOST_FEATURES, MOST_COEFFICIENTS // labels)
    columns = np.sort(np.argsort(-importance * spread, kind="stable")[:most])
    return weights[columns], columns


def complement_bayes(matrix: Matrix, targets: Ints, *, labels: int) -> Floats:
    """Return the coefficients of a naive Bayes model: how rare a feature is outside each label.

    Args:
        matrix: Weighted features, shape (messages, features).
        targets: Label number of each message, shape (messages,).
        labels: Number of labels.

    Returns:
        Logarithms, over the labels of mean 0 for each feature, shape (features, labels).
    """
    mass: Floats = matrix.T @ np.eye(labels, dtype=np.float32)[targets]
    mass = mass.sum(axis=1, keepdims=True) - mass + np.float32(BAYES_SMOOTHING)
    coefficients: Floats = np.log(mass.sum(axis=0) / mass)
    coefficients -= coefficients.mean(axis=1, keepdims=True)
    return coefficients


def own_scales(matrix: Matrix, targets: Ints, *, labels: int) -> Floats:
    """Return how much each feature counts for each label: more, the more it tells the label.

    Args:
        matrix: Weighted features, shape (messages, features).
        targets: Label number of each message, shape (messages,).
        labels: Number of labels.

    Returns:
        Half of it even, half the logarithm of how many times more or less often the feature stands
        in the label's messages than in the others, shape (features, labels).
    """
    held = matrix.copy()
    held.data = np.ones_like(held.data)
    inside: Floats = held.T @ np.eye(labels, dtype=np.float32)[targets]
    outside = inside.sum(axis=1, keepdims=True) - inside + 1
    inside += 1
    telling = np.abs(np.log(inside / inside.sum(axis=0)) - np.log(outside / outside.sum(axis=0)))
    usual = np.sqrt((telling**2).sum(axis=0) / max(len(telling), 1))
    scales: Floats = (1 - OWN_SCALE) + OWN_SCALE * telling / np.maximum(usual, TINY)
    return scales.astype(np.float32)


def solve_ridge(
    matrix: Matrix,
    wanted: Floats,
    *,
    penalty: float,
    iterations: int,
    scales: Floats | None = None,
) -> Floats:
    """Return the coefficients of least squares with a quadratic penalty.

    Args:
        matrix: Shape (rows, features).
        wanted: Shape (rows, labels).
        penalty: Weight of the coefficients' squares, above 0.
        iterations: Most steps of the conjugate gradients.
        scales: By what each label multiplies the features before it is fitted, shape (features,
            labels); all alike, if not said.

    Returns:
        Coefficients, shape (features, labels).
    """
    transposed = matrix.T.tocsr()
    by_column = transposed.T  # the few rows stay in the processor's cache, the features pass once
    squares = None if scales is None else scales**2
    duals = np.zeros_like(wanted)
    residual = wanted.copy()
    direction = residual.copy()
    energy = (residual**2).sum(axis=0)
    enough = energy * TOLERANCE**2
    for _ in range(iterations):
        image = by_column @ _times(transposed @ direction, squares) + penalty * direction
        step = energy / np.maximum((direction * image).sum(axis=0), 1e-30)
        duals += step * direction
        residual -= step * image
        previous, energy = energy, (residual**2).sum(axis=0)
        if (energy <= enough).all():
            break
        direction = residual + energy / np.maximum(previous, 1e-30) * direction
    return _times(transposed @ duals, squares)


def _times(coefficients: Floats, squares: Floats | None) -> Floats:
    if squares is not None:
        coefficients *= squares
    return coefficients


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenScores:
    """What models that never saw a row's fold make of it."""

    scores: Floats  # shape (rows, labels)
    known: Floats  # share of each row's words that the model knew, 0 to 1


def score_out_of_fold(
    corpus: Corpus, targets: Ints, fold: Ints, *, labels: int, progress: Progress
) -> HiddenScores:
    """Score each row by a model that was fitted without the row's fold.

    Args:
        corpus: Features of all messages.
        targets: Label number of each message, shape (messages,).
        fold: Fold of each message, numbered from 0, shape (messages,).
        labels: Number of labels.
        progress: Is told after each fold.

    Returns:
        The scores.
    """
    scores = np.zeros((len(targets), labels), dtype=np.float32)
    known = np.zeros(len(targets), dtype=np.float32)
    folds = int(fold.max()) + 1
    for number in range(folds):
        hidden = fold == number
        model = fit_linear(corpus.matrix[~hidden], corpus.keys, targets[~hidden], labels=labels)
        unseen = corpus.matrix[hidden][:, model.columns]
        scores[hidden] = weigh(unseen, model.keys, model.weights) @ model.coefficients
        known[hidden] = known_ratio(unseen, model.keys, model.weights, corpus.word_counts[hidden])
        progress(number + 1, folds + 1)
    return HiddenScores(scores=scores, known=known)


def known_ratio(counts: Matrix, keys: Ints, weights: Floats, word_counts: Ints) -> Floats:
    """Return the share of each message's words that a model knows; 0 for one without words.

    Args:
        counts: How often each known feature stands in each message, shape (messages, features).
        keys: The features, shape (features,).
        weights: Their weights; a feature without weight is not known.
        word_counts: Words of each message, known or not, shape (messages,).
    """
    columns = counts.indices  # a message has few of the many features
    is_known_word = ((keys[columns] >> KEY_BITS) & WORDS > 0) & (weights[columns] > 0)
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    known = np.bincount(rows, counts.data * is_known_word, minlength=counts.shape[0])
    ratio: Floats = (known / np.maximum(word_counts, 1)).astype(np.float32)
    return ratio
