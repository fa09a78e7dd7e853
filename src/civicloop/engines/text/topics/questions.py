"""Choose what is most worth a person's label, and find labels that contradict each other.

Source: margin sampling (Scheffer, Decomain and Wrobel 2001, "Active hidden Markov models for
information extraction") with a greedy spread over the texts as in Brinker 2003, "Incorporating
diversity in active learning with support vector machines"; confident disagreement of hidden
predictions as in Northcutt, Jiang and Chuang 2021, "Confident learning".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from civicloop.engines.text.topics import HiddenGuess, LabelledText, TopicText
from civicloop.engines.text.topics.features import read_corpus, weigh
from civicloop.engines.text.topics.groups import near_duplicates

SPREAD = 0.5  # how much likeness to what is chosen already counts against doubt
SURE_OF_ANOTHER = 0.9  # probability from which on a hidden guess contradicts a label


class ConflictKind(StrEnum):
    """What speaks against a label."""

    SAME_TEXT = "same_text"
    SURE_OF_ANOTHER = "sure_of_another"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelConflict:
    """A labelled row that something speaks against."""

    kind: ConflictKind
    row: int
    label: str
    other_label: str  # of the like row, or what the model is sure of
    other_row: int | None  # the row of nearly the same text
    probability: float | None  # of the other label


def choose_for_labelling(
    messages: Sequence[TopicText], doubts: Sequence[float], *, most: int
) -> list[int]:
    """Choose messages that are doubtful and unlike each other, most worth a label first.

    Args:
        messages: Candidates.
        doubts: How doubtful each one's topic is, 0 to 1, for instance 1 less the lead of the first
            choice over the second.
        most: How many to choose.

    Returns:
        Places of the chosen messages.
    """
    if not messages:
        return []
    corpus = read_corpus([(message.text, message.subject) for message in messages], min_messages=1)
    matrix = weigh(corpus.matrix, corpus.keys, np.ones(len(corpus.keys), dtype=np.float32))
    doubt = np.array(doubts, dtype=np.float64)
    nearest = np.zeros(len(messages))
    is_left = np.ones(len(messages), dtype=np.bool_)
    chosen: list[int] = []
    for _ in range(min(most, len(messages))):
        worth = np.where(is_left, doubt - SPREAD * nearest, -np.inf)
        best = int(worth.argmax())
        chosen.append(best)
        is_left[best] = False
        nearest = np.maximum(nearest, (matrix @ matrix[[best]].T).toarray().ravel())
    return chosen


def find_label_conflicts(
    rows: Sequence[LabelledText], guesses: Sequence[HiddenGuess]
) -> list[LabelConflict]:
    """Find rows whose label contradicts that of nearly the same text, or a sure hidden guess.

    Args:
        rows: Labelled messages.
        guesses: What models that did not see them make of them.

    Returns:
        Contradictions of like texts in the order of the rows, then of guesses, surest first.
    """
    conflicts = [
        LabelConflict(
            kind=ConflictKind.SAME_TEXT,
            row=row,
            label=rows[row].label,
            other_label=rows[other].label,
            other_row=other,
            probability=None,
        )
        for other, row in near_duplicates([row.text for row in rows])
        if rows[row].label != rows[other].label
    ]
    contradicted = [
        guess
        for guess in guesses
        if guess.predicted != rows[guess.row].label and guess.probability >= SURE_OF_ANOTHER
    ]
    contradicted.sort(key=lambda guess: (-guess.probability, guess.row))
    return conflicts + [
        LabelConflict(
            kind=ConflictKind.SURE_OF_ANOTHER,
            row=guess.row,
            label=rows[guess.row].label,
            other_label=guess.predicted,
            other_row=None,
            probability=guess.probability,
        )
        for guess in contradicted
    ]
