"""Find what was changed, put in, moved or taken out of one chain of records.

A record whose code does not follow from the record before it is compared with every code of the
chain: only the record it was written after fits. The true order that comes of it tells which rows
were touched; the rows behind them, which follow as they always did, are not named.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from civicloop.engines.audit import GENESIS, mac_of

MOST_COMPARED = 50  # records compared with the whole chain; of more it is only said that they break
_START = -1


class FaultKind(StrEnum):
    """What is wrong with a record or a place in the chain."""

    CHANGED = "changed"  # not what was written there
    INSERTED = "inserted"  # never written by the platform at this place
    MOVED = "moved"  # written, but elsewhere
    MISSING = "missing"  # records between two places are gone
    CUT_OFF = "cut_off"  # an anchor knows a record that is not there as it was
    HEAD_CHANGED = "head_changed"  # the chain's own note of its end is not its last record
    KEY_UNKNOWN = "key_unknown"  # the key that it was written with is not at hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One record of the chain, as it stands in the database."""

    event: int
    position: int  # from 1
    key_id: str
    mac: bytes
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a chain ends: the place and the code of its last record."""

    position: int
    mac: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong, and where."""

    kind: FaultKind
    chain: int
    position: int  # the first place it concerns
    last: int  # and the last
    event: int | None  # the record that is wrong, or the first behind a gap


def check_chain(
    links: Iterable[Link],
    *,
    chain: int,
    keys: Mapping[str, bytes],
    head: Head,
    anchored: Mapping[int, bytes] | None = None,
) -> Iterator[Fault]:
    """What is wrong with one chain; nothing where it is whole.

    Args:
        links: The records in the order of their places, none behind the head.
        chain: Its number, for the report.
        keys: By id the keys that records were written with.
        head: Where the chain ends according to the database.
        anchored: By place the codes that were noted outside the database, or how they begin.
    """
    reading = _Reading(chain=chain, keys=keys)
    for link in links:
        yield from reading.take(link)
    yield from reading.broken()
    yield from reading.end(head)
    yield from reading.compare(anchored or {})


class _Reading:
    """One pass over a chain, and what is kept of it."""

    def __init__(self, *, chain: int, keys: Mapping[str, bytes]) -> None:
        self._chain, self._keys = chain, keys
        self._macs: list[bytes] = []
        self._events: list[int] = []
        self._places: list[int] = []
        self._suspects: dict[
            int, Link
        ] = {}  # by index those that do not follow from the one before
        self._behind_gaps: set[int] = set()

    def take(self, link: Link) -> Iterator[Fault]:
        """Compare a record with the one before it."""
        index = len(self._macs)
        before = self._macs[-1] if self._macs else GENESIS
        expected = (self._places[-1] if self._places else 0) + 1
        key = self._keys.get(link.key_id)
        if link.position > expected:
            self._behind_gaps.add(index)
            yield self._fault(FaultKind.MISSING, expected, last=link.position - 1, event=link.event)
        if key is None:
            yield self._fault(FaultKind.KEY_UNKNOWN, link.position, event=link.event)
        elif link.mac != mac_of(link.content, after=before, key=key):
            self._suspects[index] = link
        elif self._events and link.event < self._events[-1]:
            yield self._fault(FaultKind.MOVED, link.position, event=link.event)
        self._macs.append(link.mac)
        self._events.append(link.event)
        self._places.append(link.position)

    def broken(self) -> Iterator[Fault]:
        """Say of the records that do not follow what happened to them."""
        if len(self._suspects) > MOST_COMPARED:
            for index in self._suspects.keys() - self._behind_gaps:
                yield self._fault_at(FaultKind.CHANGED, index)
            return
        found = self._predecessors()
        followed = set(found.values())
        inserted = {
            index
            for index in self._suspects
            if self._is_inserted(index, found=found, followed=followed)
        }
        for index in self._suspects:
            if index in inserted:
                yield self._fault_at(FaultKind.INSERTED, index)
            elif index not in found and index not in self._behind_gaps:
                yield self._fault_at(FaultKind.CHANGED, index)
        yield from self._moved(found, inserted)

    def _predecessors(self) -> dict[int, int]:
        """By index of a suspect the index of the record that it was written after, where there is one."""
        known = {mac: index for index, mac in reversed(list(enumerate(self._macs)))}
        known[GENESIS] = _START
        for index in self._suspects:  # where only the code was changed, the next still follows
            known.setdefault(self._written_code(index), index)
        found = {}
        for index, link in self._suspects.items():
            key = self._keys[link.key_id]
            fitting = (
                place
                for mac, place in known.items()
                if place != index and mac_of(link.content, after=mac, key=key) == link.mac
            )
            place = next(fitting, None)
            if place is not None:
                found[index] = place
        return found

    def _written_code(self, index: int) -> bytes:
        before = self._macs[index - 1] if index else GENESIS
        link = self._suspects[index]
        return mac_of(link.content, after=before, key=self._keys[link.key_id])

    def _is_inserted(self, index: int, *, found: Mapping[int, int], followed: set[int]) -> bool:
        """A copy of a record, or a forged one that the next record passes over."""
        if index in found:
            return self._macs.count(self._macs[index]) > 1
        after = next(
            (
                later
                for later in range(index + 1, len(self._macs))
                if later not in self._suspects or later in found
            ),
            None,
        )
        return index not in followed and after is not None and found.get(after, index) < index

    def _moved(self, found: Mapping[int, int], inserted: set[int]) -> Iterator[Fault]:
        """Those that stand elsewhere than in the order that the codes tell."""
        standing = [index for index in range(len(self._macs)) if index not in inserted]
        behind: dict[int, int] = {}
        before = _START
        for index in standing:
            behind.setdefault(found.get(index, before), index)
            before = index
        true_order: list[int] = []
        place: int | None = behind.get(_START)
        while place is not None and len(true_order) < len(standing):
            true_order.append(place)
            place = behind.get(place)
        if len(true_order) == len(standing):
            for stands, belongs in zip(standing, true_order, strict=True):
                if stands != belongs:
                    yield self._fault_at(FaultKind.MOVED, stands)
        else:
            for index in found:
                if index not in inserted and found[index] > index:
                    yield self._fault_at(FaultKind.MOVED, index)

    def end(self, head: Head) -> Iterator[Fault]:
        """Compare the last record with the chain's own note of its end."""
        last = self._places[-1] if self._places else 0
        if last < head.position:
            yield self._fault(FaultKind.MISSING, last + 1, last=head.position)
        elif self._places and self._macs[-1] != head.mac:
            yield self._fault(FaultKind.HEAD_CHANGED, last, event=self._events[-1])

    def compare(self, anchored: Mapping[int, bytes]) -> Iterator[Fault]:
        """Compare the records with what was noted outside the database."""
        place_of = {place: index for index, place in enumerate(self._places)}
        for position, mac in sorted(anchored.items()):
            index = place_of.get(position)
            if index is None or not self._macs[index].startswith(mac):
                event = None if index is None else self._events[index]
                yield self._fault(FaultKind.CUT_OFF, position, event=event)

    def _fault_at(self, kind: FaultKind, index: int) -> Fault:
        return self._fault(kind, self._places[index], event=self._events[index])

    def _fault(
        self, kind: FaultKind, position: int, *, last: int | None = None, event: int | None = None
    ) -> Fault:
        end = position if last is None else last
        return Fault(kind=kind, chain=self._chain, position=position, last=end, event=event)
