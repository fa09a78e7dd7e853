"""Describe an event in its members' own words: where, what, who, since when, what they ask, of whom.

Every phrase stands word for word in one member, which it names. Of the phrases that could fill a
slot the one that most members agree on is chosen; where too few agree the slot stays empty.

Source: own work, after the centroid view of extractive summaries of Radev et al. (2004).
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from civicloop.engines.text.descriptions.phrases import (
    Part,
    Span,
    beginnings,
    is_private,
    people,
    placed,
    places,
    problems,
    requests,
    respondents,
)
from civicloop.engines.text.events.values import Message
from civicloop.engines.text.normalise import plain
from civicloop.engines.text.readings.gazetteer import Gazetteer

NO_AREAS = Gazetteer()
MEMBERS_READ = 16  # whose phrases may be chosen, evenly spread
MEMBERS_HEARD = 64  # who may support them
LEAST_SUPPORT = 0.25  # of the voices, and never fewer than two where there are two
_LIKE = 0.5  # share of a clause's pairs of signs that another member must hold to say the same
_LONGEST_CLAUSE = 40
_SUBJECT_WORTH = 1.0
_NAME_IN_SUBJECT_WORTH = 0.5
_TERM_WORTH = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words of one member.

    Attributes:
        message: id of the member they stand in.
        part: in its subject or its text.
        start: first character there.
        end: one past the last.
        words: those characters.
        support: voices that say the same, this one included.
    """

    message: int
    part: Part
    start: int
    end: int
    words: str
    support: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSummary:
    """An event in phrases of its members; ``None`` where too few agree.

    ``voices`` counts the authors heard; the messages, when they all come from one.
    """

    place: Phrase | None
    problem: Phrase | None
    people: Phrase | None
    since: Phrase | None
    request: Phrase | None
    respondent: Phrase | None
    voices: int

    def phrases(self) -> tuple[tuple[str, Phrase], ...]:
        """List the slots that are filled, in the order in which they are told."""
        slots = (
            ("place", self.place),
            ("problem", self.problem),
            ("people", self.people),
            ("since", self.since),
            ("respondent", self.respondent),
            ("request", self.request),
        )
        return tuple((name, phrase) for name, phrase in slots if phrase is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    """What one person wrote, in one message or several."""

    whole: str
    pairs: frozenset[str]


def summarise(
    members: Sequence[Message], *, terms: Sequence[str] = (), gazetteer: Gazetteer = NO_AREAS
) -> EventSummary:
    """Describe an event.

    Args:
        members: its messages, at least one; of a large event some are heard.
        terms: words that set the event apart, if they are known; a clause with them is preferred.
        gazetteer: the city's areas, if they are known.

    Raises:
        ValueError: no members are given.
    """
    if not members:
        raise ValueError("an event has members")
    ordered = sorted(members, key=lambda member: member.id)
    read = ordered[:: -(-len(ordered) // MEMBERS_READ)]
    voices = _voices(ordered[:: -(-len(ordered) // MEMBERS_HEARD)])
    named = partial(_agreed, voices=voices, says=_holds, worth=_longer)
    told = partial(_agreed, voices=voices, says=_says_alike, worth=partial(_clearer, terms))
    where = {member.id: placed(member, gazetteer) for member in read}
    place = named(_spans(lambda member: places(member, where[member.id]), read))
    respondent = named(_spans(respondents, read))
    names = [phrase.words for phrase in (place, respondent) if phrase is not None]
    return EventSummary(
        place=place,
        problem=told(_spans(lambda one: problems(one, where[one.id], names), read)),
        people=named(_spans(people, read)),
        since=named(_spans(beginnings, read)),
        request=told(_spans(requests, read)),
        respondent=respondent,
        voices=len(voices),
    )


def _voices(members: Sequence[Message]) -> list[_Voice]:
    """Put together what one author wrote, unless all is of one author."""
    texts: dict[str, list[str]] = {}
    is_of_one = len({member.author for member in members}) == 1
    for member in members:
        author = f"\0{member.id}" if is_of_one or not member.author else member.author
        texts.setdefault(author, []).append(f"{member.subject}\n{member.text}")
    return [
        _Voice(whole="\n".join(parts), pairs=_pairs("\n".join(parts))) for parts in texts.values()
    ]


def _spans(find: Callable[[Message], Iterable[Span]], members: Iterable[Message]) -> list[Span]:
    return [span for member in members for span in find(member) if not is_private(span)]


def _agreed(
    spans: Sequence[Span],
    *,
    voices: Sequence[_Voice],
    says: Callable[[str, _Voice], float],
    worth: Callable[[Span], float],
) -> Phrase | None:
    """Choose the phrase of most support and worth, if enough voices say it."""
    least = 1 if len(voices) == 1 else max(2, math.ceil(LEAST_SUPPORT * len(voices)))
    best: tuple[float, Span, int] | None = None
    agreement: dict[str, tuple[int, float]] = {}
    for span in spans:
        if span.words not in agreement:
            found = [says(span.words, voice) for voice in voices]
            agreement[span.words] = sum(share >= _LIKE for share in found), sum(found)
        support, total = agreement[span.words]
        score = total * worth(span)
        if support >= least and (best is None or score > best[0]):
            best = score, span, support
    if best is None:
        return None
    _, span, support = best
    return Phrase(
        message=span.message,
        part=span.part,
        start=span.start,
        end=span.end,
        words=span.words,
        support=support,
    )


def _holds(words: str, voice: _Voice) -> float:
    return float(words in voice.whole)


def _says_alike(words: str, voice: _Voice) -> float:
    pairs = _pairs(words)
    return len(pairs & voice.pairs) / len(pairs) if pairs else 0.0


def _pairs(text: str) -> frozenset[str]:
    """List the pairs of signs side by side in a sentence."""
    return frozenset(
        sentence[at : at + 2]
        for sentence in plain(text).split("\n")
        for at in range(len(sentence) - 1)
    )


def _longer(span: Span) -> float:
    return math.log2(1 + len(span.words)) * (1 + _NAME_IN_SUBJECT_WORTH * (span.part == "subject"))


def _clearer(terms: Sequence[str], span: Span) -> float:
    length = len(span.words)
    fit = min(length, _LONGEST_CLAUSE) / (12 + length)  # neither a stub nor a whole story
    held = sum(term in span.words for term in terms)
    return fit * (1 + _SUBJECT_WORTH * (span.part == "subject") + _TERM_WORTH * min(held, 2))
