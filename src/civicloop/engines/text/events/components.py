"""Keep all that hangs together, with what is known of its pairs, so that nothing is compared twice.

Source: own work.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.clusters import Links, Part
from civicloop.engines.text.events.grams import Floats, Ints
from civicloop.engines.text.events.meaning import Singles

_SHORT = 1 << 16  # members up to which the two sides of a pair fit into 32 bits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """Scored pairs: places of the two sides among some members, first < second, and log-odds."""

    first: Ints
    second: Ints
    log_odds: Singles

    @classmethod
    def of(cls, links: Links) -> Self:
        """Take pairs in either order of their sides."""
        one, other = (np.asarray(side, np.int64) for side in links[:2])
        return cls(
            first=np.minimum(one, other),
            second=np.maximum(one, other),
            log_odds=np.asarray(links[2], np.float32),
        )

    @classmethod
    def joined(cls, parts: Sequence["Pairs"]) -> Self:
        """Put pairs one after the other."""
        nothing = np.empty(0, np.int64)
        return cls(
            first=np.concatenate([nothing, *(part.first for part in parts)]),
            second=np.concatenate([nothing, *(part.second for part in parts)]),
            log_odds=np.concatenate([nothing.astype("<f4"), *(part.log_odds for part in parts)]),
        )

    def moved(self, place: Ints) -> "Pairs":
        """Give the pairs by other places: ``place`` tells the new one of each old one, or -1."""
        first, second = place[self.first], place[self.second]
        there = (first >= 0) & (second >= 0)
        return Pairs.of((first[there], second[there], self.log_odds[there]))

    def at(self, chosen: "Ints | slice[int, int, None]") -> "Pairs":
        """Give some of the pairs."""
        return Pairs(
            first=self.first[chosen],
            second=self.second[chosen],
            log_odds=self.log_odds[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Component:
    """Messages that were decided together, for they hang together by links or decisions.

    Attributes:
        members: their ids, ascending; one alone if it was cut out of what was too large.
        level: log-odds above which links hold them together: higher in what was too large.
        cluster: of each member the place of the first one of its event.
        links: what joins them; sides are places among the members.
        scores: of pairs that were compared.
    """

    members: Ints
    level: float
    cluster: Ints
    links: Pairs
    scores: Pairs

    def event_of(self, number: int) -> Ints:
        """Give the members of one member's event."""
        of = self.cluster[np.searchsorted(self.members, number)]
        return self.members[np.flatnonzero(self.cluster == of)]

    def events_of(self, numbers: Sequence[int], least: int) -> set[int]:
        """Give the members of the events that hold at least so many of some members."""
        of = self.cluster[np.searchsorted(self.members, numbers)]
        often = np.bincount(of, minlength=len(self.members)) >= least
        return set(self.members[often[self.cluster]].tolist())

    def packed(self) -> bytes:
        """Give it as bytes."""
        kind = _sides(len(self.members))
        counts = [len(self.members), len(self.links.first), len(self.scores.first)]
        parts = [np.array(counts, "<i8"), np.array([self.level], "<f8")]
        parts += [self.members.astype("<i8"), self.cluster.astype("<u4")]
        for pairs in (self.links, self.scores):
            parts += [
                (pairs.first * len(self.members) + pairs.second).astype(kind),
                pairs.log_odds.astype("<f4"),
            ]
        return b"".join(part.tobytes() for part in parts)

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        """Read what ``packed`` wrote."""
        count, links, scores = np.frombuffer(payload, "<i8", 3).tolist()
        [level] = np.frombuffer(payload, "<f8", 1, 24).tolist()
        members = np.frombuffer(payload, "<i8", count, 32)
        at = 32 + members.nbytes
        cluster = np.frombuffer(payload, "<u4", count, at).astype(np.int64)
        at += 4 * count
        read: list[Pairs] = []
        for length in (links, scores):
            key = np.frombuffer(payload, _sides(count), length, at)
            at += key.nbytes
            log_odds = np.frombuffer(payload, "<f4", length, at)
            at += log_odds.nbytes
            first = key // key.dtype.type(count)  # divides by shifts, which divmod does not
            second = key - first * key.dtype.type(count)
            pairs = Pairs(
                first=first.astype(np.int64), second=second.astype(np.int64), log_odds=log_odds
            )
            read.append(pairs)
        return cls(members=members, level=level, cluster=cluster, links=read[0], scores=read[1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """What was decided about some rows.

    Attributes:
        cluster: of each row the smallest row of its event.
        part: of each row the number of the part it was decided in, -1 where nothing is linked.
        level: of each part the log-odds above which links hold it together.
    """

    cluster: Ints
    part: Ints
    level: Floats

    @classmethod
    def of(cls, count: int, parts: Iterable[Part]) -> Self:
        """Put parts of ``count`` rows together."""
        cluster, number = np.arange(count), np.full(count, -1)
        level: list[float] = []
        for part in parts:
            cluster[part.members] = part.cluster
            number[part.members] = len(level)
            level.append(part.level)
        return cls(cluster=cluster, part=number, level=np.array(level, np.float64))


def components_of(ids: Ints, links: Pairs, scores: Pairs, decided: Decided) -> Iterator[Component]:
    """Give the parts as they were decided; those that nothing is linked with are left out.

    Args:
        ids: of the messages, ascending; pairs and what was decided give places among them.
        links: candidate pairs, of which those above the part's level are kept.
        scores: of all pairs that were compared.
        decided: parts and events.
    """
    part, count = decided.part, len(decided.level)
    strong = links.at(_inside(links, part))
    strong = strong.at(np.flatnonzero(strong.log_odds > decided.level[part[strong.first]]))
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(count + 1))
    place = np.empty(len(ids), np.int64)
    alone = int(bounds[0])
    place[order[alone:]] = np.arange(alone, len(ids)) - np.repeat(bounds[:-1], np.diff(bounds))
    pairs = [
        _by_group(chosen, part, count, place)
        for chosen in (strong, scores.at(_inside(scores, part)))
    ]
    for number, level in enumerate(decided.level.tolist()):
        rows = order[bounds[number] : bounds[number + 1]]
        yield Component(
            members=ids[rows],
            level=level,
            cluster=place[decided.cluster[rows]],
            links=_part(*pairs[0], number),
            scores=_part(*pairs[1], number),
        )


def _inside(pairs: Pairs, part: Ints) -> Ints:
    """Choose the pairs within a part."""
    of = part[pairs.first]
    return np.flatnonzero((of >= 0) & (of == part[pairs.second]))


def _by_group(pairs: Pairs, group: Ints, count: int, place: Ints) -> tuple[Pairs, Ints]:
    """Put the pairs of one group beside each other, by places in it; tell where each begins."""
    of = group[pairs.first]
    order = np.argsort(of, kind="stable")
    starts = np.searchsorted(of[order], np.arange(count + 1))
    return pairs.at(order).moved(place), starts


def _part(pairs: Pairs, starts: Ints, number: int) -> Pairs:
    return pairs.at(slice(int(starts[number]), int(starts[number + 1]), None))


def _sides(members: int) -> npt.DTypeLike:
    return "<u4" if members <= _SHORT else "<u8"
