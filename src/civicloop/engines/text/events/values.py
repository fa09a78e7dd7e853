"""The values that same-event clustering takes and gives.

Source: own work.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Self

from civicloop.engines.text.normalise import plain

_BODY_READ = 4000  # characters; what stands later in a message is history
_OPENING = 120


_plain = lru_cache(maxsize=500)(
    plain
)  # what just arrived is read for its grams, its names, its reasons


class EventInputError(ValueError):
    """The messages or decisions given contradict each other or themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one person wrote. ``place`` names the known areas, widest first, or is empty."""

    id: int
    subject: str
    text: str
    author: str = ""
    received_at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """A message's words in plain form, as ``normalise.plain`` gives it."""

    subject: str
    body: str

    @classmethod
    def of(cls, message: Message) -> Self:
        """Bring a message into plain form."""
        return cls(subject=_plain(message.subject), body=_plain(message.text[:_BODY_READ]))

    @classmethod
    def opening_of(cls, message: Message) -> Self:
        """Bring only the subject and the opening of the body into plain form."""
        return cls(subject=_plain(message.subject), body=_plain(message.text[:_OPENING]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """An operator's decision that two messages are, or are not, of one event."""

    first: int
    second: int
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One kind of evidence for (``weight`` > 0) or against (< 0) one event, in log-odds.

    Attributes:
        code: one of ``REASON_CODES``.
        detail: what was found, in the messages' own characters; may be empty.
        weight: how much it moved the log-odds from that of a middling candidate pair.
    """

    code: str
    detail: str
    weight: float


REASON_CODES = (
    "same_wording",
    "other_wording",
    "rare_words",
    "few_rare_words",
    "same_place",
    "other_place",
    "other_area",
    "same_problem",
    "other_problem",
    "same_author",
    "busy_author",
    "near_in_time",
    "far_in_time",
    "quoted_numbers",
    "other_numbers",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarPair:
    """Two messages compared: ``score`` is the estimated chance (0..1) that both are one event."""

    first: int
    second: int
    score: float
    same_event: bool
    reasons: tuple[Reason, ...]
