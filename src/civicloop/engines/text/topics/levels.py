"""Topics of several levels: a parent's probability is the sum of its children's.

A label is a path such as ``a/b/c``. One model of the deepest labels answers for all levels, so that
the levels never contradict each other's figures, and where it is not sure enough of the deepest
label it backs off to the deepest level that it is sure of.

Source: the sum is the rule of total probability; own arrangement of the backing off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.topics.calibration import (
    NEVER,
    calibration_error,
    choose_threshold,
    macro_f1,
)
from civicloop.engines.text.topics.features import Ints

SEPARATOR = "/"

_Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The topics of one level, 1 for the top."""

    number: int
    topics: tuple[str, ...]  # sorted
    topic_of: Ints  # topic number of each label, shape (labels,)
    members: _Doubles  # 1 where a label is below a topic, shape (labels, topics)

    def shares(self, shares: _Doubles) -> _Doubles:
        """Return the topics' probabilities, shape (rows, topics), from the labels'."""
        summed: _Doubles = shares @ self.members
        return summed


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSummary:
    """Quality at one level, on rows that the predicting model did not see."""

    level: int  # 1 for the top
    topics: int
    accuracy: float  # of the first choice, 0 to 1
    macro_f1: float
    ece: float
    threshold: float  # probability from which on this level is answered
    coverage: float  # share of the rows answered at this level or deeper
    answered_accuracy: float | None  # accuracy of those at this level; None when there is none


def levels_of(labels: Sequence[str]) -> tuple[Level, ...]:
    """Return the levels of labels, top first; a label without a deeper part stands for itself there."""
    depth = max(label.count(SEPARATOR) for label in labels) + 1
    levels = []
    for number in range(1, depth + 1):
        cut = [SEPARATOR.join(label.split(SEPARATOR)[:number]) for label in labels]
        topics = tuple(sorted(set(cut)))
        place = {topic: position for position, topic in enumerate(topics)}
        topic_of = np.array([place[topic] for topic in cut], dtype=np.int64)
        members = np.zeros((len(labels), len(topics)))
        members[np.arange(len(labels)), topic_of] = 1
        levels.append(Level(number=number, topics=topics, topic_of=topic_of, members=members))
    return tuple(levels)


def summarise_levels(
    shares: _Doubles, targets: Ints, levels: Sequence[Level], *, answer_accuracy: float
) -> tuple[LevelSummary, ...]:
    """Choose each level's threshold, deepest first, and measure the levels.

    A level's threshold is chosen on the rows that no deeper level answers, so that the answers of
    every level by itself are as accurate as wanted.

    Args:
        shares: Probabilities of the labels, shape (rows, labels).
        targets: Label number of each row, shape (rows,).
        levels: The levels, top first.
        answer_accuracy: Wanted accuracy of the answers.

    Returns:
        What is known of each level, top first.
    """
    is_open = np.ones(len(targets), dtype=np.bool_)
    found = []
    for level in reversed(levels):
        own, wanted = level.shares(shares), level.topic_of[targets]
        threshold = (
            choose_threshold(own[is_open], wanted[is_open], answer_accuracy=answer_accuracy)
            if is_open.any()
            else NEVER
        )
        is_open &= own.max(axis=1) < threshold
        predicted = own.argmax(axis=1)
        right = predicted == wanted
        found.append(
            LevelSummary(
                level=level.number,
                topics=len(level.topics),
                accuracy=float(right.mean()),
                macro_f1=macro_f1(predicted, wanted, labels=len(level.topics)),
                ece=calibration_error(own, wanted),
                threshold=threshold,
                coverage=float(1 - is_open.mean()),
                answered_accuracy=None if is_open.all() else float(right[~is_open].mean()),
            )
        )
    return tuple(reversed(found))
