"""Tell when new messages are no longer like those a topic model learned from.

Three things are watched: which topics come, how many of the words are known, how sure the model is.
Each must differ by more than chance and by enough to matter.

Source: population stability index with its usual bounds of 0.1 and 0.25 as in Siddiqi 2006, "Credit
risk scorecards"; its expectation without drift after Yurdakul and Naranjo 2020, "Statistical
properties of the population stability index"; means compared by their standard error.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from civicloop.engines.text.topics.model import UsualMessages

FEWEST_MESSAGES = 100
SOME_SHIFT, MUCH_SHIFT = 0.1, 0.25
STANDARD_ERRORS = 4.0
LESS_SURE = 0.04  # drop of the mean probability that matters
LESS_KNOWN = 0.02  # drop of the mean share of known words that matters
SMALLEST_SHARE = 1e-4


class DriftKind(StrEnum):
    """What differs."""

    TOPICS = "topics"
    WORDS = "words"
    CONFIDENCE = "confidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessages:
    """What newer messages are like."""

    count: int
    top_counts: Mapping[str, int]  # first choices at the top level
    probability: float  # mean of the first choice's
    known: float  # mean share of known words


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftWarning:
    """One way in which newer messages differ; ``before`` and ``now`` are shares, 0 to 1."""

    kind: DriftKind
    before: float
    now: float
    topic: str = ""  # the topic that changed most, for ``TOPICS``
    is_much: bool = False


def drift_warnings(usual: UsualMessages, new: NewMessages) -> tuple[DriftWarning, ...]:
    """Compare newer messages with the training rows.

    Args:
        usual: What the training rows were like for models that had not seen them.
        new: What the newer messages are like for the model in use.

    Returns:
        The differences that matter; none where there are fewer than ``FEWEST_MESSAGES``.
    """
    if new.count < FEWEST_MESSAGES:
        return ()
    found = [_topic_shift(usual.top_shares, new)]
    for kind, (mean, deviation), now, matters in (
        (DriftKind.WORDS, usual.known, new.known, LESS_KNOWN),
        (DriftKind.CONFIDENCE, usual.probability, new.probability, LESS_SURE),
    ):
        by_chance = STANDARD_ERRORS * deviation / math.sqrt(new.count)
        if mean - now > max(matters, by_chance):
            is_much = mean - now > 2 * max(matters, by_chance)
            found.append(DriftWarning(kind=kind, before=mean, now=now, is_much=is_much))
    return tuple(warning for warning in found if warning)


def _topic_shift(usual: Mapping[str, float], new: NewMessages) -> DriftWarning | None:
    topics = sorted(usual.keys() | new.top_counts.keys())
    before = {topic: max(usual.get(topic, 0.0), SMALLEST_SHARE) for topic in topics}
    now = {topic: max(new.top_counts.get(topic, 0) / new.count, SMALLEST_SHARE) for topic in topics}
    parts = {
        topic: (now[topic] - before[topic]) * math.log(now[topic] / before[topic])
        for topic in topics
    }
    by_chance = (len(topics) - 1) / new.count
    index = sum(parts.values()) - by_chance
    if index < SOME_SHIFT:
        return None
    most = max(topics, key=lambda topic: parts[topic])
    return DriftWarning(
        kind=DriftKind.TOPICS,
        before=before[most],
        now=now[most],
        topic=most,
        is_much=index >= MUCH_SHIFT,
    )
