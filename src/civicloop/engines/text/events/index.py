"""Let new messages find their events, one by one, as a look at all of them would.

A new message is held against those filed under its rare grams; the strong pairs are links. The
events it comes near to are then decided anew with it, by the same rule as in history: so the order
in which messages come hardly matters. Events that it does not come near to stay as they are: average
link decides what ends in different events as if each were alone. What was read in a message and how
pairs were scored is kept, so that only the new one is read and compared. Where all that lies is the
caller's business.

Source: own work.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np

from civicloop.engines.text.events.candidates import WINDOW, best_partners, keys_of
from civicloop.engines.text.events.clusters import (
    LARGEST,
    Decisions,
    decide_parts,
    decide_together,
)
from civicloop.engines.text.events.components import Component, Decided, Pairs, components_of
from civicloop.engines.text.events.corpus import Background, corpus_of, read_only
from civicloop.engines.text.events.grams import Floats, Ints, distinct
from civicloop.engines.text.events.meaning import Singles
from civicloop.engines.text.events.model import LINK, log_odds_of
from civicloop.engines.text.events.packing import packed, unpacked
from civicloop.engines.text.events.pairs import evidence_of
from civicloop.engines.text.events.reasons import FLOOR, NEIGHBOURS, similar_pair
from civicloop.engines.text.events.values import Constraint, EventInputError, Message, SimilarPair

_OFTEN = 8  # of those like a message, of one event: then it is compared with all of it at once
_FEW = 20  # members of components that are decided as one, whatever an arrival comes near to
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

    def keep_components(
        self,
        gone: Collection[int],
        components: Mapping[int, bytes],
        moved: Mapping[int, int | None],
    ) -> None:
        """Keep components by their numbers, in place of those that are ``gone``.

        ``moved`` tells of messages which component holds them now.
        """

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
        self._settled: set[int] = set()  # of those that arrived
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
        compared, grams, reading = self._compared(message, decides=True)
        self._arrived[message.id] = compared
        self._settled.discard(message.id)
        self._store.keep_reading(message.id, reading)
        self._store.file(message.id, grams)

    def told(self) -> Iterator[SimilarPair]:
        """Tell the pairs that arrivals make with those most like them, each one's strongest first."""
        for compared in self._arrived.values():
            yield from self._told(compared)

    def settle(self, ids: Collection[int]) -> dict[int, int]:
        """Decide anew what these messages belong to.

        An arrival changes the events that it comes near to; of any other message all that it hangs
        together with is decided anew.

        Returns:
            By message id the smallest id of its event, of every message that was decided anew.

        Raises:
            EventInputError: the constraints contradict each other.
        """
        found: dict[int, int] = {}
        others = set(ids)
        for number, compared in self._arrived.items():
            if number in others:
                others.remove(number)
                found |= self._placed(number, compared)
                self._settled.add(number)
        for number in sorted(others):
            found |= {} if number in found else self._decided_anew(number)
        return found

    def _placed(self, number: int, compared: "_Compared") -> dict[int, int]:
        """Decide what an arrival comes near to."""
        level, near = self._near(number, compared)
        members = near.members()
        new = [] if number in self._settled else [compared]
        if len(members) > LARGEST or any(part.level != level for part in near.parts.values()):
            return self._decided_in_parts(self._whole(near.chosen), level, new)
        if len(members) == 1 and level == LINK and not near.parts:
            return {number: number}
        chosen = np.array(sorted(near.chosen), np.int64)
        place = _places(chosen, members)
        links, scores = self._pairs(members, near.parts.values(), new)
        inside = np.full(len(members), -1)
        inside[place] = np.arange(len(chosen))
        scored = self._scores(chosen, scores.moved(inside), new)
        fresh = decide_together(len(chosen), scored.of, self._decisions(chosen))
        cluster = np.arange(len(members))
        for part in near.parts.values():
            at = _places(part.members, members)
            cluster[at[at >= 0]] = at[part.cluster[at >= 0]]
        cluster[place] = place[fresh]
        strong = links.at(np.flatnonzero(links.log_odds > level))
        more = scored.fresh().moved(place)
        whole = Component(
            members=members,
            level=level,
            cluster=cluster,
            links=strong,
            scores=Pairs.joined([scores, more]),
        )
        self._keep(near.parts, [whole])
        return dict(zip(chosen.tolist(), chosen[fresh].tolist(), strict=True))

    def _near(self, number: int, compared: "_Compared") -> tuple[float, "_Near"]:
        """Find the events that an arrival comes near to, and how strong a link must be there.

        Near are those that it is linked with, and of what hangs together with these all that it
        was held against; where few hang together, all of them.

        Where it is linked with what was too large and was parted by stronger links, weaker ones
        count no longer, as in a look at all.
        """
        level = LINK
        while True:
            near = self._whole({number, *compared.above(level)}, only_events=True)
            highest = max((part.level for part in near.parts.values()), default=level)
            if highest <= level:
                break
            level = highest
        if sum(len(part.members) for part in near.parts.values()) <= _FEW:
            return level, self._whole(near.chosen, known=near.parts)
        like = self._store.readings(compared.others.tolist())
        nearby = {n for n, (_, component) in like.items() if component in near.parts}
        if nearby <= near.chosen:
            return level, near
        return level, self._whole(near.chosen | nearby, only_events=True, known=near.parts)

    def _whole(
        self,
        ids: Collection[int],
        *,
        only_events: bool = False,
        known: Mapping[int, Component] = MappingProxyType({}),
    ) -> "_Near":
        """Follow decisions from these messages to all that was decided together with any.

        Args:
            ids: messages.
            only_events: choose of what was decided together the events of these messages alone.
            known: components that were unpacked already, by number.
        """
        near = _Near(chosen=set(), gone=set(), parts={})
        waiting, seen, followed = set(ids), set[int](), set[int]()
        while waiting:
            seen |= waiting
            held = self._store.readings(waiting)
            numbers = {number for _, number in held.values() if number is not None}
            near.parts.update({n: known[n] for n in numbers & known.keys()})
            fresh = self._store.components(numbers - near.parts.keys())
            near.parts.update(
                {number: Component.unpacked(found) for number, found in fresh.items()}
            )
            near.chosen.update(held)
            near.gone.update(waiting - held.keys())
            waiting = set()
            for one, (_, number) in held.items():
                if one in self._same:
                    waiting |= self._same[one]
                if number is not None and one not in followed:
                    part = near.parts[number]
                    together = (part.event_of(one) if only_events else part.members).tolist()
                    followed.update(together)
                    waiting.update(together)
            waiting -= seen
        return near

    def _decided_anew(self, number: int) -> dict[int, int]:
        near = self._whole({number})
        level = max((part.level for part in near.parts.values()), default=LINK)
        return self._decided_in_parts(near, level, [])

    def _decided_in_parts(
        self, near: "_Near", level: float, new: Sequence["_Compared"]
    ) -> dict[int, int]:
        """Decide all of some parts anew, as a look at all would."""
        members = np.array(sorted(near.chosen), np.int64)
        if len(members) <= 1 and not near.parts:
            return {number: number for number in members.tolist()}
        links, scores = self._pairs(members, near.parts.values(), new)
        scored = self._scores(members, scores, new)
        one_side = (links.first, links.second, links.log_odds)
        parts = decide_parts(
            len(members), one_side, scored.of, self._decisions(members), level=level
        )
        decided = Decided.of(len(members), parts)
        every = Pairs.joined([scores, scored.fresh()])
        self._keep(near.parts, list(components_of(members, links, every, decided)))
        return dict(zip(members.tolist(), members[decided.cluster].tolist(), strict=True))

    def _keep(self, before: Mapping[int, Component], now: Sequence[Component]) -> None:
        """Keep components in place of those there were; tell of which messages that moves."""
        held = {n: number for number, part in before.items() for n in part.members.tolist()}
        holds = {n: int(part.members[0]) for part in now for n in part.members.tolist()}
        moved = {n: number for n, number in holds.items() if held.get(n) != number}
        moved |= dict.fromkeys(held.keys() - holds.keys())
        components = {int(part.members[0]): part.packed() for part in now}
        self._store.keep_components(before.keys() - components.keys(), components, moved)

    def _compared(
        self, message: Message, *, decides: bool = False
    ) -> tuple["_Compared", Ints, bytes]:
        """Hold a message against those filed under its grams; give these and what was read, too.

        Where it is to be decided, it is held in the same go against the others of an event that
        many of those are of.
        """
        read = read_only([message])
        grams = keys_of(read.grams.pairs, self._background)[1]
        [reading] = packed(corpus_of([message], self._background, read))
        near = best_partners(*self._store.filed(grams), self._background).tolist()
        there = self._store.readings([number for number in near if number != message.id])
        others = sorted(there)
        ahead = sorted(self._beside(there) - {message.id}) if decides else []
        held = there if not ahead else self._store.readings([*others, *ahead])
        ahead = [number for number in ahead if number in held]
        asked = [*others, *ahead]
        corpus = unpacked([*(held[number][0] for number in asked), reading], self._background)
        last = np.full(len(asked), len(asked))
        evidence = evidence_of(corpus, self._background, np.arange(len(asked)), last)
        log_odds = log_odds_of(evidence, self._background.pair_model)
        compared = _Compared(
            message=message,
            others=np.array(others, np.int64),
            evidence=evidence[: len(others)],
            log_odds=log_odds[: len(others)],
            ahead=dict(zip(ahead, log_odds[len(others) :].tolist(), strict=True)),
        )
        return compared, grams, reading

    def _beside(self, like: Mapping[int, Reading]) -> set[int]:
        """Give the others of the events that many of these messages are of: it is likely to be theirs."""
        times = Counter(component for _, component in like.values() if component is not None)
        often = {component for component, count in times.items() if count >= _OFTEN}
        found: set[int] = set()
        for component, payload in self._store.components(often).items():
            part = Component.unpacked(payload)
            inside = [number for number, (_, held_by) in like.items() if held_by == component]
            found |= part.events_of(inside, _OFTEN)
        return found - like.keys()

    def _told(self, compared: "_Compared") -> Iterator[SimilarPair]:
        chosen = compared.worth_telling()
        ids = compared.others[chosen].tolist()
        messages = {message.id: message for message in self._store.messages(ids)}
        for number, evidence in zip(ids, compared.evidence[chosen], strict=True):
            yield _told_pair(messages[number], compared.message, self._background, evidence)

    def _pairs(
        self, members: Ints, parts: Iterable[Component], new: Sequence["_Compared"]
    ) -> tuple[Pairs, Pairs]:
        """Give links and known scores among the members; of new ones only what was just compared."""
        links, scores = [], []
        fresh = [one.message.id for one in new]
        for part in parts:
            place = _places(part.members, members)
            for number in fresh:
                place[part.members == number] = -1
            links.append(part.links.moved(place))
            scores.append(part.scores.moved(place))
        for one in new:
            found = one.pairs(members)
            scores.append(found)
            links.append(found.at(np.flatnonzero(found.log_odds > LINK)))
        return Pairs.joined(links), Pairs.joined(scores)

    def _scores(self, members: Ints, known: Pairs, new: Sequence["_Compared"]) -> "_Scores":
        ahead = {one.message.id: one.ahead for one in new if one.ahead}
        return _Scores(known, members, self._store, self._background, ahead)

    def _decisions(self, members: Ints) -> Decisions:
        row = {number: place for place, number in enumerate(members.tolist())}
        same = [(a, b) for a in row if a in self._same for b in self._same[a] if a < b and b in row]
        apart = [(c.first, c.second) for c in self._apart if c.first in row and c.second in row]
        return Decisions(same=_rows(same, row), apart=_rows(apart, row))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Near:
    """Messages to be decided anew, those that are no more, and the components that hold any, by number."""

    chosen: set[int]
    gone: set[int]
    parts: dict[int, Component]

    def members(self) -> Ints:
        """Give the chosen and all that stands in a component with any, ascending."""
        held = {n for part in self.parts.values() for n in part.members.tolist()}
        return np.array(sorted((self.chosen | held) - self.gone), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Compared:
    """A message held against others (ids, ascending): the evidence and log-odds of each pair.

    ``ahead`` gives the log-odds with more of them by id, which deciding is likely to ask for.
    """

    message: Message
    others: Ints
    evidence: Floats
    log_odds: Floats
    ahead: Mapping[int, float]

    def above(self, log_odds: float) -> set[int]:
        """Give those it is alike by more than so much."""
        return set(self.others[self.log_odds > log_odds].tolist())

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

    def __init__(
        self,
        known: Pairs,
        members: Ints,
        store: EventStore,
        background: Background,
        ahead: Mapping[int, Mapping[int, float]],
    ) -> None:
        self._members, self._store, self._background = members, store, background
        self._ahead = ahead
        self._parts: list[Pairs] = []
        self._known = _by_key(known, len(members))

    def of(self, first: Ints, second: Ints) -> Floats:
        """Give the log-odds of pairs, given by places, the lower first."""
        found = self._known(first * len(self._members) + second).astype(np.float64)
        unknown = np.flatnonzero(np.isnan(found))
        if len(unknown):
            found[unknown] = self._unknown(first[unknown], second[unknown])
        return found

    def _unknown(self, first: Ints, second: Ints) -> Floats:
        """Give the log-odds of pairs that are not kept: compared already, or now."""
        log_odds = self._compared_ahead(first, second)
        missing = np.flatnonzero(np.isnan(log_odds))
        if len(missing):
            log_odds[missing] = self._compared(first[missing], second[missing])
        self._parts.append(Pairs.of((first, second, log_odds)))
        return log_odds

    def _compared_ahead(self, first: Ints, second: Ints) -> Floats:
        found = np.full(len(first), np.nan)
        for number, ahead in self._ahead.items():
            me = int(np.searchsorted(self._members, number))
            ids = self._members.tolist()
            of = np.array([ahead.get(one, np.nan) for one in ids])
            found = np.where(second == me, of[first], np.where(first == me, of[second], found))
        return found

    def fresh(self) -> Pairs:
        """Give what was compared by now."""
        return Pairs.joined(self._parts)

    def _compared(self, first: Ints, second: Ints) -> Floats:
        places = distinct(np.concatenate([first, second]))
        ids = self._members[places].tolist()
        readings = self._store.readings(ids)
        corpus = unpacked([readings[number][0] for number in ids], self._background)
        sides = np.searchsorted(places, first), np.searchsorted(places, second)
        evidence = evidence_of(corpus, self._background, *sides)
        return log_odds_of(evidence, self._background.pair_model)


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

    def keep_components(
        self,
        gone: Collection[int],
        components: Mapping[int, bytes],
        moved: Mapping[int, int | None],
    ) -> None:
        """Keep components in place of those that are gone."""
        for number in gone:
            self._components.pop(number, None)
        self._components |= components
        for number, component in moved.items():
            self._component_of.pop(number, None)
            if component is not None:
                self._component_of[number] = component

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


def _by_key(pairs: Pairs, members: int) -> Callable[[Ints], Floats | Singles]:
    """Give what tells the log-odds of pairs by their keys (first · members + second), NaN of others."""
    key = pairs.first * members + pairs.second
    if members <= LARGEST:
        table = np.full(members**2, np.nan, np.float32)
        table[key] = pairs.log_odds
        return lambda asked: table[asked]
    order = np.argsort(key, kind="stable")
    held = np.append(key[order], -1)
    value = np.append(pairs.log_odds[order], 0)

    def searched(asked: Ints) -> Floats:
        at = np.searchsorted(held[:-1], asked)
        return np.where(held[at] == asked, value[at], np.nan)

    return searched


def _rows(ids: Iterable[tuple[int, int]], row: Mapping[int, int]) -> Ints:
    return np.array([(row[a], row[b]) for a, b in ids], np.int64).reshape(-1, 2)
