"""Let new messages find their events, one by one, as a look at all of them would.

A new message is held against those filed under its rare grams; the strong pairs are links. What
hangs together by links is then decided anew, by the same rule as in history: so the order in
which messages come hardly matters. Where links and filings are kept is the caller's business.

Source: own work.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from itertools import pairwise
from typing import Protocol

import numpy as np

from civicloop.engines.text.events.candidates import WINDOW, best_partners, keys_of
from civicloop.engines.text.events.clusters import LARGEST, Decisions, decide_clusters
from civicloop.engines.text.events.corpus import Background, corpus_of, read_only
from civicloop.engines.text.events.grams import Floats, Ints, distinct
from civicloop.engines.text.events.lately import ReadLately
from civicloop.engines.text.events.model import LINK, log_odds_from, log_odds_of
from civicloop.engines.text.events.pairs import evidence_of
from civicloop.engines.text.events.reasons import FLOOR, NEIGHBOURS, similar_pair
from civicloop.engines.text.events.values import Constraint, EventInputError, Message, SimilarPair

Link = tuple[int, int, float]  # two message ids and their log-odds


class EventStore(Protocol):
    """Where an index keeps what it knows."""

    def filed(self, grams: Ints) -> tuple[Ints, Ints]:
        """Give gram and message id of what was filed last, ``WINDOW`` at most under each gram."""

    def file(self, message_id: int, grams: Ints) -> None:
        """File a message."""

    def messages(self, ids: Collection[int]) -> Sequence[Message]:
        """Give the messages of these ids that still are, in any order."""

    def linked_with(self, ids: Set[int]) -> set[int]:
        """Give the messages that a link above ``LINK`` joins to any of these."""

    def links_of(self, ids: Set[int]) -> Iterable[Link]:
        """Give the links above ``LINK`` of these messages."""

    def keep(self, pairs: Sequence[SimilarPair]) -> None:
        """Keep pairs, the links among them."""


class EventIndex:
    """Messages held ready, so that a new one finds its event at once."""

    def __init__(
        self,
        background: Background | ReadLately,
        store: EventStore,
        constraints: Sequence[Constraint] = (),
    ) -> None:
        """Look at new messages against a background, under the operator's decisions.

        Args:
            background: what is common in the city, as learned from many messages; with what was
                read lately, where more messages follow.
            store: knows the messages that came before.
            constraints: each holds in the result.
        """
        lately = background if isinstance(background, ReadLately) else ReadLately(background)
        self._lately, self._background = lately, lately.background
        self._store = store
        self._messages: dict[int, Message] = {}  # read from the store
        self._apart = [c for c in constraints if not c.same]
        self._same: defaultdict[int, set[int]] = defaultdict(set)
        for one in (c for c in constraints if c.same):
            self._same[one.first].add(one.second)
            self._same[one.second].add(one.first)

    def look(self, message: Message) -> tuple[SimilarPair, ...]:
        """Hold a message against those most like it, the strongest first; nothing is kept."""
        return self._look(message)[0]

    def arrive(self, message: Message) -> tuple[SimilarPair, ...]:
        """Take in a new message.

        Returns:
            The pairs it makes with those most like it, the strongest first; those that speak for
            one event are kept as links.
        """
        pairs, grams = self._look(message)
        self._messages[message.id] = message
        self._store.keep(pairs)
        self._store.file(message.id, grams)
        return pairs

    def settle(self, ids: Iterable[int]) -> dict[int, int]:
        """Decide anew all that hangs together with these messages.

        Returns:
            By message id the smallest id of its event, of every message that was decided anew.

        Raises:
            EventInputError: the constraints contradict each other.
        """
        components = self._components(ids)
        members = sorted(set[int]().union(*components))
        if len(members) == len(components):
            return {number: number for number in members}
        links = [link for component in components for link in self._links(component)]
        row = {number: place for place, number in enumerate(members)}
        first, second, log_odds = zip(*links, strict=True) if links else ((), (), ())
        found = decide_clusters(
            len(members),
            (_rows(first, row), _rows(second, row), np.array(log_odds, float)),
            lambda i, j: self._log_odds(members, i, j),
            self._decisions(row),
        )
        return {number: members[c] for number, c in zip(members, found.tolist(), strict=True)}

    def _look(self, message: Message) -> tuple[tuple[SimilarPair, ...], Ints]:
        grams = keys_of(read_only([message]).grams.pairs, self._background)[1]
        near = best_partners(*self._store.filed(grams), self._background)
        others = self._read([number for number in near.tolist() if number != message.id])
        return self._told(message, others), grams

    def _told(self, message: Message, others: Sequence[Message]) -> tuple[SimilarPair, ...]:
        if not others:
            return ()
        evidence = evidence_of(
            self._lately.corpus([*others, message]),
            self._background,
            np.arange(len(others)),
            np.full(len(others), len(others)),
        )
        log_odds = log_odds_of(evidence, self._background.pair_model)
        order = [i for i in np.argsort(-log_odds, kind="stable").tolist() if log_odds[i] > FLOOR]
        told = [i for rank, i in enumerate(order) if rank < NEIGHBOURS or log_odds[i] > LINK]
        return tuple(_told_pair(others[i], message, self._background, evidence[i]) for i in told)

    def _read(self, ids: Sequence[int]) -> list[Message]:
        """Give the messages of these ids that still are, each fetched but once."""
        missing = [number for number in ids if number not in self._messages]
        if missing:
            self._messages |= {found.id: found for found in self._store.messages(missing)}
        return [self._messages[number] for number in ids if number in self._messages]

    def _log_odds(self, members: Sequence[int], first: Ints, second: Ints) -> Floats:
        """Score pairs of messages, given by their places among ``members``."""
        if not len(first):
            return np.empty(0)
        places = distinct(np.concatenate([first, second]))
        messages = self._read([members[place] for place in places.tolist()])
        row = {message.id: number for number, message in enumerate(messages)}
        at = np.array([row.get(number, -1) for number in members], np.int64)
        return self._lately.log_odds(messages, at[first], at[second])

    def _components(self, ids: Iterable[int]) -> list[set[int]]:
        """Follow links and decisions from these messages to all that hangs together with each."""
        components: list[set[int]] = []
        for number in ids:
            if not any(number in component for component in components):
                components.append(self._connected(number))
        return components

    def _connected(self, number: int) -> set[int]:
        seen: set[int] = set()
        waiting = {number}
        while waiting:
            seen |= waiting
            decided = set[int]().union(*(self._same[one] for one in waiting & self._same.keys()))
            still = {message.id for message in self._read(sorted(decided))}
            waiting = (self._store.linked_with(waiting) | still) - seen
        return seen

    def _links(self, component: Set[int]) -> list[Link]:
        """Give what holds a component together: in one that is decided by all its pairs, a chain will do."""
        if len(component) <= LARGEST:
            return [(one, other, np.inf) for one, other in pairwise(sorted(component))]
        links = {(min(a, b), max(a, b)): v for a, b, v in self._store.links_of(component)}
        return [(*pair, log_odds) for pair, log_odds in sorted(links.items())]

    def _decisions(self, row: Mapping[int, int]) -> Decisions:
        same = [(a, b) for a in row if a in self._same for b in self._same[a] if a < b and b in row]
        apart = [(c.first, c.second) for c in self._apart if c.first in row and c.second in row]
        return Decisions(same=_pairs(same, row), apart=_pairs(apart, row))


class MemoryStore:
    """Keeps all in memory: for trying things out, and to measure what a database would hold."""

    def __init__(self) -> None:
        """Begin empty."""
        self._filed: defaultdict[int, deque[int]] = defaultdict(lambda: deque(maxlen=WINDOW))
        self._messages: dict[int, Message] = {}
        self._links: defaultdict[int, dict[int, float]] = defaultdict(dict)

    def know(self, message: Message) -> None:
        """Keep a message itself.

        Raises:
            EventInputError: another has the same id.
        """
        if message.id in self._messages:
            text = f"message id {message.id} is given twice"
            raise EventInputError(text)
        self._messages[message.id] = message

    def filed(self, grams: Ints) -> tuple[Ints, Ints]:
        """Give gram and message id of what was filed last under each gram."""
        owners = [self._filed[gram] for gram in grams.tolist()]
        gram = np.repeat(grams, [len(found) for found in owners])
        return gram, np.array([number for found in owners for number in found], np.int64)

    def file(self, message_id: int, grams: Ints) -> None:
        """File a message."""
        for gram in grams.tolist():
            self._filed[gram].append(message_id)

    def messages(self, ids: Collection[int]) -> list[Message]:
        """Give the messages of these ids."""
        return [self._messages[number] for number in ids if number in self._messages]

    def linked_with(self, ids: Set[int]) -> set[int]:
        """Give the messages that are linked to any of these."""
        return {other for one in ids for other in self._links[one]}

    def links_of(self, ids: Set[int]) -> list[Link]:
        """Give the links of these messages."""
        return [(one, other, v) for one in ids for other, v in self._links[one].items()]

    def keep(self, pairs: Sequence[SimilarPair]) -> None:
        """Keep the links among pairs."""
        for pair in pairs:
            log_odds = log_odds_from(pair.score)
            if log_odds > LINK:
                self._links[pair.first][pair.second] = log_odds
                self._links[pair.second][pair.first] = log_odds


def explain_pair(a: Message, b: Message, background: Background) -> SimilarPair:
    """Compare any two messages and tell why they are alike or not.

    Args:
        a: one message.
        b: another.
        background: what is common in the city.

    Returns:
        The pair; ``same_event`` says what the pair alone speaks for, not what was decided.
    """
    corpus = corpus_of([a, b], background)
    evidence = evidence_of(corpus, background, np.array([0]), np.array([1]))[0]
    return _told_pair(a, b, background, evidence)


def _told_pair(
    one: Message, other: Message, background: Background, evidence: Floats
) -> SimilarPair:
    first, second = sorted((one, other), key=lambda message: message.id)
    same = bool(log_odds_of(evidence, background.pair_model) > LINK)
    return similar_pair(first, second, background, evidence, same=same)


def _rows(ids: Iterable[int], row: Mapping[int, int]) -> Ints:
    return np.array([row[number] for number in ids], np.int64)


def _pairs(ids: Iterable[tuple[int, int]], row: Mapping[int, int]) -> Ints:
    return np.array([(row[a], row[b]) for a, b in ids], np.int64).reshape(-1, 2)
