"""Keep all that hangs together, with what is known of its pairs, so that nothing is compared twice.

Source: own work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.clusters import Decisions, Links, connected
from civicloop.engines.text.events.grams import Ints
from civicloop.engines.text.events.meaning import Singles
from civicloop.engines.text.events.model import LINK

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
    """Messages that hang together by links or decisions.

    Attributes:
        members: their ids, ascending.
        links: what joins them; sides are places among the members.
        scores: of all pairs that were compared.
    """

    members: Ints
    links: Pairs
    scores: Pairs

    def packed(self) -> bytes:
        """Give it as bytes."""
        kind = _sides(len(self.members))
        counts = [len(self.members), len(self.links.first), len(self.scores.first)]
        parts = [np.array(counts, "<i8"), self.members.astype("<i8")]
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
        members = np.frombuffer(payload, "<i8", count, 24)
        at = 24 + members.nbytes
        read: list[Pairs] = []
        for length in (links, scores):
            key = np.frombuffer(payload, _sides(count), length, at)
            at += key.nbytes
            log_odds = np.frombuffer(payload, "<f4", length, at)
            at += log_odds.nbytes
            first, second = np.divmod(key.astype(np.int64), count)
            read.append(Pairs(first=first, second=second, log_odds=log_odds))
        return cls(members=members, links=read[0], scores=read[1])


def components_of(
    ids: Ints, links: Pairs, scores: Pairs, decisions: Decisions
) -> Iterator[Component]:
    """Part messages into what hangs together; those that stand alone are left out.

    Args:
        ids: of the messages, ascending; pairs and decisions give places among them.
        links: candidate pairs, of which those above ``LINK`` join.
        scores: of all pairs that were compared.
        decisions: the operator's; what they join hangs together, too.
    """
    strong = links.at(np.flatnonzero(links.log_odds > LINK))
    group = connected(
        np.arange(len(ids)),
        np.concatenate([strong.first, decisions.same[:, 0]]),
        np.concatenate([strong.second, decisions.same[:, 1]]),
    )
    within = scores.at(np.flatnonzero(group[scores.first] == group[scores.second]))
    order = np.argsort(group, kind="stable")
    count = int(group.max(initial=-1)) + 1
    bounds = np.searchsorted(group[order], np.arange(count + 1))
    place = np.empty(len(ids), np.int64)
    place[order] = np.arange(len(ids)) - np.repeat(bounds[:-1], np.diff(bounds))
    parts = [_by_group(pairs, group, count, place) for pairs in (strong, within)]
    for number in np.flatnonzero(np.diff(bounds) > 1).tolist():
        yield Component(
            members=ids[order[bounds[number] : bounds[number + 1]]],
            links=_part(*parts[0], number),
            scores=_part(*parts[1], number),
        )


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
