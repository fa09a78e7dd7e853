"""Let new messages find their events, one by one, as a look at all of them would.

A new message is held against those filed under its rare grams; the strong pairs are links. What
hangs together by links is then decided anew, by the same rule as in history: so the order in
which messages come hardly matters. What was read in a message and how pairs were scored is kept,
so that only the new one is read and compared. Where all that lies is the caller's business.

Source: own work.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from civicloop.engines.text.events.candidates import WINDOW, best_partners, keys_of
from civicloop.engines.text.events.clusters import Decisions, decide_clusters
from civicloop.engines.text.events.components import Component, Pairs, components_of
from civicloop.engines.text.events.corpus import Background, corpus_of, read_only
from civicloop.engines.text.events.grams import Floats, Ints, distinct
from civicloop.engines.text.events.model import LINK, log_odds_of
from civicloop.engines.text.events.packing import packed, unpacked
from civicloop.engines.text.events.pairs import evidence_of
from civicloop.engines.text.events.reasons import FLOOR, NEIGHBOURS, similar_pair
from civicloop.engines.text.events.values import Constraint, EventInputError, Message, SimilarPair

Reading = tuple[bytes, int | None]  # what was read, and the number of the component that holds it


class EventStore(Protocol):
    """Where an index keeps what it knows. A component's number is its smallest message id."""

    def filed(self, grams: Ints) -> tuple[Ints, Ints]:
        """Give gram and message id of what was filed last, ``WINDOW`` at most under each gram."""

    def file(self, message_id: int, grams: Ints) -> None:
        """File a message."""

    def readings(self, ids: Collection[int]) -> Mapping[int, Reading]:
        """Give what was read in those of these messages that still are."""

    def keep_reading(self, message_id: int, reading: bytes) -> None:
        """Keep what was read in a message that no component holds yet."""

    def components(self, numbers: Collection[int]) -> Mapping[int, bytes]:
        """Give components by their numbers."""

    def keep_components(self, members: Ints, components: Mapping[int, tuple[Ints, bytes]]) -> None:
        """Keep components with their members, in place of all that held any of ``members``."""

    def messages(self, ids: Collection[int]) -> Sequence[Message]:
        """Give the messages of these ids that still are, in any order."""


class EventIndex:
    """Messages held ready, so that a new one finds its event at once."""

    def __init__(
        self,
        background: Background,
        store: EventStore,
        constraints: Sequence[Constraint] = (),
    ) -> None:
        """Look at new messages against a background, under the operator's decisions.

        Args:
            background: what is common in the city, as learned from many messages.
            store: knows the messages that came before.
            constraints: each holds in the result.
        """
        self._background = background
        self._store = store
        self._arrived: dict[int, _Compared] = {}
        self._apart = [c for c in constraints if not c.same]
        self._same: defaultdict[int, set[int]] = defaultdict(set)
        for one in (c for c in constraints if c.same):
            self._same[one.first].add(one.second)
            self._same[one.second].add(one.first)

    def look(self, message: Message) -> Iterator[SimilarPair]:
        """Hold a message against those most like it and tell why, the strongest first; nothing is kept."""
        yield from self._told(self._compared(message)[0])

    def arrive(self, message: Message) -> None:
        """Take in a new message; it is linked with others for good when it is settled."""
        compared, grams, reading = self._compared(message)
        self._arrived[message.id] = compared
        self._store.keep_reading(message.id, reading)
        self._store.file(message.id, grams)

    def told(self) -> Iterator[SimilarPair]:
        """Tell the pairs that arrivals make with those most like them, each one's strongest first."""
        for compared in self._arrived.values():
            yield from self._told(compared)

    def settle(self, ids: Collection[int]) -> dict[int, int]:
        """Decide anew all that hangs together with these messages.

        Returns:
            By message id the smallest id of its event, of every message that was decided anew.

        Raises:
            EventInputError: the constraints contradict each other.
        """
        readings, known = self._gathered(ids)
        members = np.array(sorted(readings), np.int64)
        if len(members) <= 1 and not known:
            return {number: number for number in members.tolist()}
        row = {number: place for place, number in enumerate(members.tolist())}
        decisions = self._decisions(row)
        links, scores = self._pairs(members, known)
        scored = _Scores(scores, [readings[n] for n in members.tolist()], self._background)
        one_side = (links.first, links.second, links.log_odds)
        found = decide_clusters(len(members), one_side, scored.of, decisions)
        fresh = components_of(members, links, scored.known(), decisions)
        self._store.keep_components(
            members, {int(one.members[0]): (one.members, one.packed()) for one in fresh}
        )
        return dict(zip(members.tolist(), members[found].tolist(), strict=True))

    def _compared(self, message: Message) -> tuple["_Compared", Ints, bytes]:
        """Hold a message against those filed under its grams; give these and what was read, too."""
        read = read_only([message])
        grams = keys_of(read.grams.pairs, self._background)[1]
        [reading] = packed(corpus_of([message], self._background, read))
        near = best_partners(*self._store.filed(grams), self._background).tolist()
        there = self._store.readings([number for number in near if number != message.id])
        others = np.array(sorted(there), np.int64)
        corpus = unpacked([*(there[n][0] for n in others.tolist()), reading], self._background)
        last = np.full(len(others), len(others))
        evidence = evidence_of(corpus, self._background, np.arange(len(others)), last)
        log_odds = log_odds_of(evidence, self._background.pair_model)
        return _Compared(message, others, evidence, log_odds), grams, reading

    def _told(self, compared: "_Compared") -> Iterator[SimilarPair]:
        chosen = compared.worth_telling()
        ids = compared.others[chosen].tolist()
        messages = {message.id: message for message in self._store.messages(ids)}
        for number, evidence in zip(ids, compared.evidence[chosen], strict=True):
            yield _told_pair(messages[number], compared.message, self._background, evidence)

    def _gathered(self, ids: Iterable[int]) -> tuple[dict[int, bytes], list[Component]]:
        """Follow links and decisions from these messages to all that hangs together with any."""
        readings: dict[int, bytes] = {}
        known: dict[int, Component] = {}
        waiting, seen = set(ids), set[int]()
        while waiting:
            found = self._store.readings(waiting)
            numbers = {number for _, number in found.values() if number is not None}
            held = self._store.components(numbers - known.keys())
            fresh = {number: Component.unpacked(payload) for number, payload in held.items()}
            readings |= {number: reading for number, (reading, _) in found.items()}
            known |= fresh
            seen |= waiting
            waiting = {n for one in fresh.values() for n in one.members.tolist()}
            for one in found:
                waiting |= self._same.get(one, set())
                waiting |= self._arrived[one].linked() if one in self._arrived else set()
            waiting -= seen
        return readings, list(known.values())

    def _pairs(self, members: Ints, known: Sequence[Component]) -> tuple[Pairs, Pairs]:
        """Give links and known scores among the members; of arrivals only what was just compared."""
        links, scores = [], []
        arrived = np.array(sorted(self._arrived), np.int64)
        for component in known:
            place = _places(component.members, members)
            place[np.isin(component.members, arrived)] = -1
            links.append(component.links.moved(place))
            scores.append(component.scores.moved(place))
        for compared in self._arrived.values():
            found = compared.pairs(members)
            scores.append(found)
            links.append(found.at(np.flatnonzero(found.log_odds > LINK)))
        return Pairs.joined(links), Pairs.joined(scores)

    def _decisions(self, row: Mapping[int, int]) -> Decisions:
        same = [(a, b) for a in row if a in self._same for b in self._same[a] if a < b and b in row]
        apart = [(c.first, c.second) for c in self._apart if c.first in row and c.second in row]
        return Decisions(same=_rows(same, row), apart=_rows(apart, row))


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """A message held against others (ids, ascending): the evidence and log-odds of each pair."""

    message: Message
    others: Ints
    evidence: Floats
    log_odds: Floats

    def linked(self) -> set[int]:
        return set(self.others[self.log_odds > LINK].tolist())

    def worth_telling(self) -> Ints:
        """Choose those like it, the strongest first."""
        order = np.argsort(-self.log_odds, kind="stable")
        found = self.log_odds[order]
        rank = np.arange(len(order))
        return order[(found > FLOOR) & ((rank < NEIGHBOURS) | (found > LINK))]

    def pairs(self, members: Ints) -> Pairs:
        """Give the pairs that it makes with others among some members, by places among them."""
        me = _places(np.array([self.message.id]), members)
        place = _places(self.others, members)
        both = (place >= 0) & (me >= 0)
        return Pairs.of((np.repeat(me, both.sum()), place[both], self.log_odds[both]))


class _Scores:
    """Scores of pairs of messages; those not known are compared."""

    def __init__(self, known: Pairs, readings: Sequence[bytes], background: Background) -> None:
        self._readings, self._background = readings, background
        self._parts = [known]
        key = known.first * len(readings) + known.second
        order = np.argsort(key, kind="stable")
        self._key = np.append(key[order], -1)
        self._value = np.append(known.log_odds[order], 0)

    def of(self, first: Ints, second: Ints) -> Floats:
        """Give the log-odds of pairs, given by places, the lower first."""
        key = first * len(self._readings) + second
        at = np.searchsorted(self._key[:-1], key)
        found = self._value[at].astype(np.float64)
        unknown = np.flatnonzero(self._key[at] != key)
        if len(unknown):
            found[unknown] = self._compared(first[unknown], second[unknown])
        return found

    def known(self) -> Pairs:
        """Give all that is known by now."""
        return Pairs.joined(self._parts)

    def _compared(self, first: Ints, second: Ints) -> Floats:
        places = distinct(np.concatenate([first, second]))
        corpus = unpacked([self._readings[n] for n in places.tolist()], self._background)
        sides = np.searchsorted(places, first), np.searchsorted(places, second)
        evidence = evidence_of(corpus, self._background, *sides)
        log_odds = log_odds_of(evidence, self._background.pair_model)
        self._parts.append(Pairs.of((first, second, log_odds)))
        return log_odds


class MemoryStore:
    """Keeps all in memory: for trying things out, and to measure what a database would hold."""

    def __init__(self) -> None:
        """Begin empty."""
        self._filed: defaultdict[int, deque[int]] = defaultdict(lambda: deque(maxlen=WINDOW))
        self._messages: dict[int, Message] = {}
        self._readings: dict[int, bytes] = {}
        self._component_of: dict[int, int] = {}
        self._components: dict[int, bytes] = {}

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

    def readings(self, ids: Collection[int]) -> dict[int, Reading]:
        """Give what was read in messages, and the component of each."""
        known = self._readings.keys() & set(ids)
        return {
            number: (self._readings[number], self._component_of.get(number)) for number in known
        }

    def keep_reading(self, message_id: int, reading: bytes) -> None:
        """Keep what was read in a message."""
        self._readings[message_id] = reading
        self._component_of.pop(message_id, None)

    def components(self, numbers: Collection[int]) -> dict[int, bytes]:
        """Give components by their numbers."""
        return {number: self._components[number] for number in numbers}

    def keep_components(self, members: Ints, components: Mapping[int, tuple[Ints, bytes]]) -> None:
        """Keep components in place of those that held any of these messages."""
        for number in members.tolist():
            self._components.pop(self._component_of.pop(number, -1), None)
        for number, (inside, payload) in components.items():
            self._components[number] = payload
            self._component_of |= dict.fromkeys(inside.tolist(), number)

    def messages(self, ids: Collection[int]) -> list[Message]:
        """Give the messages of these ids."""
        return [self._messages[number] for number in ids if number in self._messages]


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


def _places(ids: Ints, members: Ints) -> Ints:
    """Give the place of each id among the members, which ascend; -1 of one that is none of them."""
    at = np.searchsorted(members, ids)
    return np.where(np.append(members, -1)[at] == ids, at, -1)


def _rows(ids: Iterable[tuple[int, int]], row: Mapping[int, int]) -> Ints:
    return np.array([(row[a], row[b]) for a, b in ids], np.int64).reshape(-1, 2)
