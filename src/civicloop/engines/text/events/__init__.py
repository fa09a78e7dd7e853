"""Join messages into the concrete events they are about, in history and one by one as they come.

The public face of same-event clustering; the method is told in docs/methods/same-event.md.

Source: own work.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from civicloop.engines.text.events.candidates import WINDOW as FILED_MOST
from civicloop.engines.text.events.candidates import Filings, PairUp, candidate_pairs, filings_of
from civicloop.engines.text.events.clusters import Decisions, decide_parts
from civicloop.engines.text.events.components import Component, Decided, Pairs, components_of
from civicloop.engines.text.events.corpus import (
    Background,
    Corpus,
    Reading,
    corpus_of,
    read,
    read_only,
)
from civicloop.engines.text.events.grams import Floats, Ints
from civicloop.engines.text.events.index import EventIndex, EventStore, MemoryStore, explain_pair
from civicloop.engines.text.events.model import (
    LINK,
    PRIOR,
    PairModel,
    chance_of,
    log_odds_from,
    log_odds_of,
)
from civicloop.engines.text.events.packing import packed
from civicloop.engines.text.events.pairs import evidence_of
from civicloop.engines.text.events.reasons import similar_pair, worth_telling
from civicloop.engines.text.events.terms import event_terms
from civicloop.engines.text.events.values import (
    REASON_CODES,
    Constraint,
    EventInputError,
    Message,
    Reason,
    SimilarPair,
)

__all__ = [
    "FILED_MOST",
    "LINK_CHANCE",
    "PRIOR",
    "REASON_CODES",
    "Background",
    "Clustering",
    "Component",
    "Constraint",
    "EventIndex",
    "EventInputError",
    "EventStore",
    "MemoryStore",
    "Message",
    "PairModel",
    "Reason",
    "SimilarPair",
    "event_terms",
    "explain_pair",
    "find_events",
    "learn_background",
    "log_odds_from",
]

LINK_CHANCE = chance_of(LINK)  # above it a pair alone speaks for one event
_PAIRS_AT_ONCE = 4000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clustering:
    """Which event each message belongs to, and what new messages are held against.

    Attributes:
        event_of: event number (1, 2, …) by message id; numbered by the smallest id of the event.
        background: what is common in the messages.
        filings: under which grams each message is filed; owners are places in the order of ids.
    """

    event_of: dict[int, int]
    background: Background
    filings: Filings
    _messages: Sequence[Message] = field(repr=False)
    _corpus: Corpus = field(repr=False)
    _links: Pairs = field(repr=False)
    _scores: Pairs = field(repr=False)
    _decided: Decided = field(repr=False)

    def neighbours(self) -> Iterator[SimilarPair]:
        """Tell each message's strongest pairs, in its event or not, in the order of ids."""
        messages, first, second = self._messages, self._links.first, self._links.second
        for part in _parts(len(first)):
            evidence = evidence_of(self._corpus, self.background, first[part], second[part])
            for i, j, found in zip(first[part], second[part], evidence, strict=True):
                one, other = messages[i], messages[j]
                same = self.event_of[one.id] == self.event_of[other.id]
                yield similar_pair(one, other, self.background, found, same=same)

    def readings(self) -> Iterator[bytes]:
        """Give what was read in each message, in the order of ids, for an index to keep."""
        yield from packed(self._corpus)

    def components(self) -> Iterator[Component]:
        """Give what was decided together, with the scores of its pairs, for an index to keep."""
        ids = np.array([message.id for message in self._messages], np.int64)
        yield from components_of(ids, self._links, self._scores, self._decided)


def find_events(
    messages: Sequence[Message],
    *,
    constraints: Sequence[Constraint] = (),
    pair_model: PairModel = PRIOR,
    background: Background | None = None,
    pair_up: PairUp = candidate_pairs,
    progress: Progress | None = None,
) -> Clustering:
    """Cluster messages so that each cluster is one matter for a case officer.

    Args:
        messages: in any order; their order does not change the result.
        constraints: the operator's decisions; each holds in the result. Decisions about messages
            that are not given have no bearing.
        pair_model: how evidence is weighed; the background of the result keeps it.
        background: what is common in the city; it is learned from the messages if it is not given.
        pair_up: the candidate step, if another way to the same pairs is wanted.
        progress: told the stage's code and how much of it is done, of how much.

    Returns:
        An event for every message, and each message's strongest pairs.

    Raises:
        EventInputError: two messages share an id, or the constraints contradict each other.
    """
    tell = progress or _silent
    ordered = _ordered(messages)
    reading, common = _read(ordered, background, lambda done: tell("read", done, len(ordered)))
    background = replace(common, pair_model=pair_model)
    corpus = corpus_of(ordered, background, reading)
    tell("read", len(ordered), len(ordered))
    filings = filings_of(corpus.grams.pairs, background)
    first, second = pair_up(
        filings, len(ordered), background, lambda done: tell("pair", done, len(ordered))
    )

    def score(i: Ints, j: Ints) -> Floats:
        return log_odds_of(evidence_of(corpus, background, i, j), pair_model)

    scores: list[Pairs] = []

    def score_inside(i: Ints, j: Ints) -> Floats:
        found = score(i, j)
        scores.append(Pairs.of((i, j, found)))
        return found

    log_odds = np.zeros(len(first), np.float32)
    for part in _parts(len(first)):
        log_odds[part] = score(first[part], second[part])
        tell("compare", part.stop, len(first))
    decisions = _decisions(ordered, constraints)
    told = worth_telling(first, second, log_odds)
    links = first[told], second[told], log_odds[told]
    parts = decide_parts(len(ordered), links, score_inside, decisions)
    decided = Decided.of(len(ordered), parts)
    tell("join", len(ordered), len(ordered))
    event = np.unique(decided.cluster, return_inverse=True)[1] + 1
    return Clustering(
        event_of={m.id: e for m, e in zip(ordered, event.tolist(), strict=True)},
        background=background,
        filings=filings,
        _messages=ordered,
        _corpus=corpus,
        _links=Pairs.of(links),
        _scores=Pairs.joined(scores),
        _decided=decided,
    )


def _read(
    messages: Sequence[Message], background: Background | None, progress: Callable[[int], None]
) -> tuple[Reading, Background]:
    if background is None:
        return read(messages, progress)
    return read_only(messages), background


def learn_background(messages: Sequence[Message]) -> Background:
    """Learn what is common in messages, without looking for events."""
    return read(_ordered(messages))[1]


def _parts(count: int) -> Iterator["slice[int, int, int]"]:
    for first in range(0, count, _PAIRS_AT_ONCE):
        yield slice(first, min(first + _PAIRS_AT_ONCE, count))


def _silent(stage: str, done: int, total: int) -> None:
    """Take no notice of progress."""


def _ordered(messages: Sequence[Message]) -> list[Message]:
    ordered = sorted(messages, key=lambda message: message.id)
    for one, following in pairwise(ordered):
        if one.id == following.id:
            text = f"message id {one.id} is given twice"
            raise EventInputError(text)
    return ordered


def _decisions(messages: Sequence[Message], constraints: Sequence[Constraint]) -> Decisions:
    row = {message.id: number for number, message in enumerate(messages)}
    known = [c for c in constraints if c.first in row and c.second in row]
    same = [(row[c.first], row[c.second]) for c in known if c.same]
    apart = [(row[c.first], row[c.second]) for c in known if not c.same]
    return Decisions(
        same=np.array(same, int).reshape(-1, 2), apart=np.array(apart, int).reshape(-1, 2)
    )
