"""The small form of a trained topic model, which scores messages and names the words.

Source: own work. The coefficients of each feature are rounded to 8 bits.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.topics.calibration import Calibration
from civicloop.engines.text.topics.features import (
    Batch,
    Counts,
    Floats,
    Ints,
    Matrix,
    count_features,
    weigh,
)
from civicloop.engines.text.topics.levels import LevelSummary
from civicloop.engines.text.topics.training import LinearTopics

STEPS = 127  # of the 8-bit coefficients, each way
EXPLAINING_WORDS = 6
WEIGHT_DIGITS = 6  # rounded, so that a message is explained alike in every company


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedLabel:
    """A label with too few rows to learn from."""

    label: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenSummary:
    """Quality on the newest rows, predicted by a model of older ones."""

    rows: int
    accuracy: float
    ece: float
    coverage: float
    answered_accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualMessages:
    """What the training rows were like, seen by models that did not know them."""

    top_shares: dict[str, float]  # share of each topic of the top level among the first choices
    probability: tuple[float, float]  # mean and standard deviation of the first choice's
    known: tuple[float, float]  # the same of the share of words that were known


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicModelSummary:
    """Quality on the training rows, each predicted by a model that did not see its group."""

    rows: int
    accuracy: float  # of the first choice, 0 to 1
    macro_f1: float  # mean F1 of the labels, 0 to 1
    ece: float  # expected calibration error, 0 to 1
    threshold: float  # probability below which the model abstains
    coverage: float  # share of rows at or above the threshold
    answered_accuracy: float | None  # accuracy of those; None when there is none
    unused_labels: tuple[UnusedLabel, ...]  # left out, sorted by label
    levels: tuple[LevelSummary, ...]  # top first; the last is that of the labels themselves
    newest: HiddenSummary | None  # None where not all rows have a time
    usual: UsualMessages


@dataclass(frozen=True, slots=True, kw_only=True)
class WordWeight:
    """A word of a message and what it adds to the score of the suggested label."""

    word: str
    weight: float  # scores run from about 0 to about 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Scores of a batch, and what is needed to explain them."""

    scores: Floats  # shape (messages, labels)
    counts: Counts
    matrix: Matrix  # weighted features of the batch, with the cells of ``counts``
    coefficients: Floats  # of the features in the batch, shape (features in the batch, labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactTopics:
    """A trained model in its small form."""

    labels: tuple[str, ...]
    keys: Ints  # sorted features, shape (features,)
    weights: Floats  # shape (features,)
    steps: NDArray[np.int8]  # coefficients in steps, shape (features, labels)
    step_sizes: Floats  # shape (features,)
    calibration: Calibration
    summary: TopicModelSummary

    def score(self, batch: Batch) -> Scored:
        """Return the scores of each message of a batch."""
        from scipy import sparse

        counts = count_features(batch, self.keys)
        weighted = weigh(counts.matrix, self.keys, self.weights)
        used, columns = np.unique(weighted.indices, return_inverse=True)
        coefficients = self.steps[used] * self.step_sizes[used, np.newaxis]
        matrix = sparse.csr_array(
            (weighted.data, columns, weighted.indptr), shape=(batch.messages, len(used))
        )
        return Scored(
            scores=(matrix @ coefficients).astype(np.float32),
            counts=counts,
            matrix=matrix,
            coefficients=coefficients,
        )


def shrink(
    linear: LinearTopics,
    *,
    labels: tuple[str, ...],
    calibration: Calibration,
    summary: TopicModelSummary,
) -> CompactTopics:
    """Return the small form of a fitted model.

    Args:
        linear: The fitted model.
        labels: Its labels, in the order of its coefficients.
        calibration: What turns its scores into probabilities.
        summary: What is known about its quality.

    Returns:
        The model with its coefficients rounded.
    """
    coefficients = linear.coefficients
    sizes = np.maximum(np.abs(coefficients).max(axis=1), 1e-12) / STEPS
    return CompactTopics(
        labels=labels,
        keys=linear.keys,
        weights=linear.weights,
        steps=np.rint(coefficients / sizes[:, np.newaxis]).astype(np.int8),
        step_sizes=sizes.astype(np.float32),
        calibration=calibration,
        summary=summary,
    )


def explain_words(batch: Batch, scored: Scored, chosen: Ints) -> list[tuple[WordWeight, ...]]:
    """Return the words of each message that speak most for its chosen label.

    Every feature's part of the score is spread evenly over the characters it stands on; a word's
    weight is the sum over its characters, wherever it stands in the message.

    Args:
        batch: Messages.
        scored: Their scores.
        chosen: Label number of each message, shape (messages,).

    Returns:
        At most ``EXPLAINING_WORDS`` words per message, strongest first.
    """
    occurrences, cell_of = scored.counts.occurrences, scored.counts.cell_of
    label = np.repeat(chosen, np.diff(scored.matrix.indptr))
    parts = scored.coefficients[scored.matrix.indices, label] * scored.matrix.data
    starts, ends = batch.starts[occurrences], batch.ends[occurrences]
    part = (parts / scored.counts.matrix.data)[cell_of] / (ends - starts)
    slope = np.bincount(starts, weights=part, minlength=batch.characters + 1)
    slope -= np.bincount(ends, weights=part, minlength=batch.characters + 1)
    reach = np.concatenate([[0.0], np.cumsum(np.cumsum(slope))])
    lengths = np.array([len(word) for word in batch.words], dtype=np.int64)
    weights = reach[batch.word_starts + lengths] - reach[batch.word_starts]
    return _strongest_words(batch, weights)


def _strongest_words(batch: Batch, weights: NDArray[np.float64]) -> list[tuple[WordWeight, ...]]:
    sums: list[defaultdict[str, float]] = [defaultdict(float) for _ in range(batch.messages)]
    for word, row, weight in zip(
        batch.words, batch.word_rows.tolist(), weights.tolist(), strict=True
    ):
        if len(word) > 1 and word.isalpha():
            sums[row][word] += weight
    return [_top_words(words) for words in sums]


def _top_words(sums: dict[str, float]) -> tuple[WordWeight, ...]:
    weights = {word: round(weight, WEIGHT_DIGITS) for word, weight in sums.items()}
    ordered = sorted(weights, key=lambda word: (-weights[word], word))[:EXPLAINING_WORDS]
    return tuple(
        WordWeight(word=word, weight=weights[word]) for word in ordered if weights[word] > 0
    )
