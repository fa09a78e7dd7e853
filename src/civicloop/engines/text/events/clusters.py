"""Decide events from scored pairs: average link inside small components, under constraints.

Single link would chain: A–B about a road, B–C about the next road. Two groups are joined only
when their members agree on average. To begin an event takes one strong pair (``LINK``); to belong
to it, a weaker mean agreement will do (``JOIN``), for an event has many sides. Every pair inside a component is scored, also those that
were no candidates, so that the average is a true one.

Source: average linkage after Sokal & Michener (1958); constraints after Wagstaff et al. (2001).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from civicloop.engines.text.events.grams import Flags, Floats, Ints
from civicloop.engines.text.events.meaning import Singles
from civicloop.engines.text.events.model import LINK
from civicloop.engines.text.events.values import EventInputError

JOIN = -1.0  # mean log-odds above which two groups are one event
LIMIT = 2.0  # log-odds that a pair counts at most: one odd pair must not join two events
DOUBT = 6.0  # the same against: one clear no may outweigh much that is alike
LARGEST = 200  # members of a component that is decided by all its pairs
_LINK_STEP = 0.5
_LINK_MOST = 4.0
_APART = -1e9

Score = Callable[[Ints, Ints], Floats]
Links = tuple[Ints, Ints, Floats | Singles]
_PAIRS_AT_ONCE = 50_000
_MANY = 10  # groups of which those that are certain are sooner joined beforehand
_FEW = 1_000  # members and links that are walked sooner than SciPy has set up a graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The operator's decisions as pairs of rows, each an array of shape (number, 2)."""

    same: Ints
    apart: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Rows that were decided together.

    Attributes:
        members: ascending; one alone if it was cut out of what was too large.
        level: log-odds above which links hold the part together.
        cluster: of each member the smallest row of its cluster.
    """

    members: Ints
    level: float
    cluster: Ints


def decide_parts(
    count: int, links: Links, score: Score, decisions: Decisions, *, level: float = LINK
) -> Iterator[Part]:
    """Part ``count`` rows into what hangs together, and decide each part by itself.

    Args:
        count: number of rows.
        links: rows of the two sides and log-odds of each candidate pair.
        score: gives the log-odds of any pairs.
        decisions: what must hold in the result.
        level: log-odds above which a link counts; what is too large is parted by stronger ones.

    Yields:
        The parts, in any order. Rows that nothing was ever linked with are left out.

    Raises:
        EventInputError: the decisions contradict each other.
    """
    bound = _bound(count, decisions)
    parts = _parts(np.arange(count), links, decisions, level)
    for part, cut_at, log_odds in _scored(parts, score):
        label = _decided(part, log_odds, bound[part], decisions)
        yield Part(members=part, level=cut_at, cluster=part[_first_of(label)])


def decide_together(count: int, score: Score, decisions: Decisions) -> Ints:
    """Decide ``count`` rows by all their pairs, however they hang together.

    Returns:
        Of each row the smallest row of its cluster.

    Raises:
        EventInputError: the decisions contradict each other.
    """
    rows, bound = np.arange(count), _bound(count, decisions)
    [(_, _, log_odds)] = _scored_together([(rows, LINK)], score)
    return _first_of(_decided(rows, log_odds, bound, decisions))


def _first_of(label: Ints) -> Ints:
    """Give for each place the first place of the same label."""
    first = np.full(len(label), len(label))
    np.minimum.at(first, label, np.arange(len(label)))
    return first[label]


def _parts(
    members: Ints, links: Links, decisions: Decisions, link: float
) -> list[tuple[Ints, float]]:
    """Part rows into what is linked, more strictly where a part would be too large."""
    first, second, log_odds = links
    strong = log_odds > link
    group = connected(
        members,
        np.concatenate([first[strong], decisions.same[:, 0]]),
        np.concatenate([second[strong], decisions.same[:, 1]]),
    )
    order = np.argsort(group, kind="stable")
    parts = np.split(members[order], np.flatnonzero(np.diff(group[order])) + 1)
    found: list[tuple[Ints, float]] = []
    for part in parts:
        if len(part) > LARGEST and link < _LINK_MOST:
            found += _parts(part, _within(part, links), decisions, link + _LINK_STEP)
        elif len(part) > 1 or link > LINK:
            found.append((part, link))
    return found


def _within(part: Ints, links: Links) -> Links:
    first, second, log_odds = links
    inside = np.isin(first, part) & np.isin(second, part)
    return first[inside], second[inside], log_odds[inside]


def connected(members: Ints, first: Ints, second: Ints) -> Ints:
    """Number the connected groups of ``members`` (ascending); links to others are left out."""
    inside = np.isin(first, members) & np.isin(second, members)
    one, other = np.searchsorted(members, first[inside]), np.searchsorted(members, second[inside])
    if len(members) + len(one) < _FEW:
        return _walked(len(members), one.tolist(), other.tolist())
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    shape = (len(members), len(members))
    graph = sparse.coo_matrix((np.ones(len(one)), (one, other)), shape=shape)
    return np.asarray(connected_components(graph, directed=False)[1])


def _walked(count: int, one: Sequence[int], other: Sequence[int]) -> Ints:
    """Number connected groups in the order of their first places, as SciPy does."""
    near: list[list[int]] = [[] for _ in range(count)]
    for a, b in zip(one, other, strict=True):
        near[a].append(b)
        near[b].append(a)
    group = [-1] * count
    groups = 0
    for start in range(count):
        if group[start] < 0:
            group[start], waiting = groups, [start]
            while waiting:
                fresh = [place for place in near[waiting.pop()] if group[place] < 0]
                for place in fresh:
                    group[place] = groups
                waiting += fresh
            groups += 1
    return np.array(group, np.int64)


def _bound(count: int, decisions: Decisions) -> Ints:
    """Number the groups that the operator joined."""
    if not len(decisions.same) and not len(decisions.apart):
        return np.arange(count)
    group = connected(np.arange(count), decisions.same[:, 0], decisions.same[:, 1])
    if np.any(group[decisions.apart[:, 0]] == group[decisions.apart[:, 1]]):
        message = "two messages are decided to be both one event and not one event"
        raise EventInputError(message)
    return group


def _scored(
    parts: Sequence[tuple[Ints, float]], score: Score
) -> Iterator[tuple[Ints, float, Floats | None]]:
    """Score all pairs of each part, many parts at a time; giants stay unscored."""
    waiting: list[tuple[Ints, float]] = []
    pairs = 0
    for members, level in parts:
        if len(members) > LARGEST:
            yield members, level, None
            continue
        waiting.append((members, level))
        pairs += len(members) * (len(members) - 1) // 2
        if pairs > _PAIRS_AT_ONCE:
            yield from _scored_together(waiting, score)
            waiting, pairs = [], 0
    yield from _scored_together(waiting, score)


def _scored_together(
    parts: Sequence[tuple[Ints, float]], score: Score
) -> Iterator[tuple[Ints, float, Floats]]:
    sides = [np.triu_indices(len(members), 1) for members, _ in parts]
    nothing = np.empty(0, int)
    first = np.concatenate([nothing, *(m[a] for (m, _), (a, _) in zip(parts, sides, strict=True))])
    second = np.concatenate([nothing, *(m[b] for (m, _), (_, b) in zip(parts, sides, strict=True))])
    log_odds = np.clip(score(first, second), -DOUBT, LIMIT)
    at = 0
    for (members, level), (one, other) in zip(parts, sides, strict=True):
        matrix = np.zeros((len(members), len(members)))
        matrix[one, other] = matrix[other, one] = log_odds[at : at + len(one)]
        at += len(one)
        yield members, level, matrix


def _decided(members: Ints, log_odds: Floats | None, bound: Ints, decisions: Decisions) -> Ints:
    """Label the members of one part; ``bound`` tells the groups that the operator joined."""
    if log_odds is not None and not len(decisions.same) and not len(decisions.apart):
        return _average_link(log_odds, np.ones(len(members)))
    inside = np.isin(decisions.apart, members).all(axis=1)
    apart = np.searchsorted(members, decisions.apart[inside])
    group = np.unique(bound, return_inverse=True)[1]
    if log_odds is None:
        return _split_giant(group, apart)
    belongs = np.eye(group.max() + 1)[group]
    sums = belongs.T @ log_odds @ belongs
    sums[group[apart[:, 0]], group[apart[:, 1]]] = _APART
    sums[group[apart[:, 1]], group[apart[:, 0]]] = _APART
    return _average_link(sums, belongs.sum(axis=0))[group]


def _split_giant(group: Ints, apart: Ints) -> Ints:
    """Keep a giant whole but for the groups that the operator took out of it."""
    label = np.zeros(len(group), int)
    for first, second in group[apart]:
        if label[group == first][0] == label[group == second][0]:
            label[group == second] = label.max() + 1
    return label


def _average_link(sums: Floats, sizes: Floats) -> Ints:
    """Join the two groups of highest mean log-odds until none is above ``JOIN``."""
    label = np.arange(len(sums))
    if len(sums) < 2:
        return label
    if len(sums) == 2:
        return label if not sums[0, 1] / (sizes[0] * sizes[1]) > JOIN else label * 0
    sums, sizes = sums.copy(), sizes.copy()
    np.fill_diagonal(sums, -np.inf)
    mean = sums / np.outer(sizes, sizes)
    if len(sums) >= _MANY:
        certain, sums, sizes = _certain(sums, sizes, mean == LIMIT)
        if len(sums) < len(label):
            return _linked(sums, sizes, sums / np.outer(sizes, sizes))[certain]
    return _linked(sums, sizes, mean)


def _certain(sums: Floats, sizes: Floats, alike: Flags) -> tuple[Ints, Floats, Floats]:
    """Join first what is certain in every pair, for nothing can be closer; as average link does, only sooner.

    The first group takes in, in order, all that are certain with each of its members; then the next.

    Args:
        sums: of log-odds between groups; it is written over.
        sizes: of the groups, written over too.
        alike: which two groups are certain in every pair.

    Returns:
        The new group of each, with their sums and sizes.
    """
    width = -(-len(alike) // 8)
    packed = np.packbits(alike, axis=1, bitorder="little").tobytes()
    certain = [
        int.from_bytes(packed[at : at + width], "little") for at in range(0, len(packed), width)
    ]
    alone, label = (1 << len(certain)) - 1, np.arange(len(certain))
    for one in range(len(certain)):
        near = certain[one] & alone & -1 << one + 1
        if not alone >> one & 1 or not near:
            continue
        while near:
            last = near & -near
            other = last.bit_length() - 1
            near &= certain[other]
            alone ^= last
            sums[one] += sums[other]
            sizes[one] += sizes[other]
            label[other] = one
        sums[one, one] = -np.inf
        sums[:, one] = sums[one]
    kept = np.flatnonzero(label == np.arange(len(label)))
    return np.searchsorted(kept, label), sums[np.ix_(kept, kept)], sizes[kept]


def _linked(sums: Floats, sizes: Floats, mean: Floats) -> Ints:
    label = np.arange(len(sums))
    while True:
        one, other = divmod(int(mean.argmax()), len(mean))  # one < other: the first of two halves
        if not mean[one, other] > JOIN:
            return label
        joined = sums[one] + sums[other]
        joined[one] = joined[other] = -np.inf
        sums[one] = sums[:, one] = joined
        sums[:, other] = -np.inf
        sizes[one] += sizes[other]
        mean[other] = mean[:, other] = -np.inf
        mean[one] = mean[:, one] = joined / (sizes[one] * sizes)
        label[label == other] = one
