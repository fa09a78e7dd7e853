import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.engines.text.events import clusters as event_clusters
from civicloop.engines.text.events.clusters import (
    Decisions,
    connected,
    decide_parts,
    decide_together,
)


def pairs_of(scores):
    first, second = (np.array(side) for side in zip(*scores, strict=True))
    return first, second, np.array(list(scores.values()), float)


def scored(scores):
    return lambda i, j: np.array(
        [scores.get((a, b), -2.0) for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    )


def decided(same=(), apart=()):
    return Decisions(
        same=np.array(same, int).reshape(-1, 2), apart=np.array(apart, int).reshape(-1, 2)
    )


def decide_clusters(count, links, score, decisions):
    """Give of each row the smallest row of its cluster."""
    found = np.arange(count)
    for part in decide_parts(count, links, score, decisions):
        found[part.members] = part.cluster
    return found


def test_a_chain_is_not_one_cluster():
    chain = {(0, 1): 2.0, (1, 2): 1.0, (2, 3): 2.0}

    found = decide_clusters(5, pairs_of(chain), scored(chain), decided())

    assert found.tolist() == [0, 0, 2, 2, 4]


def test_groups_that_agree_on_average_are_joined():
    alike = {(0, 1): 2.0, (0, 2): 1.0, (1, 2): -0.5}

    assert decide_clusters(3, pairs_of(alike), scored(alike), decided()).tolist() == [0, 0, 0]


def test_one_odd_pair_counts_no_more_than_the_limit():
    five = {(a, b): 2.0 for a in range(5) for b in range(a + 1, 5)}
    odd = five | {(0, 5): 9.0}  # and the four others are at most -2: a mean of -1.2, not 0.2

    found = decide_clusters(6, pairs_of(odd), scored(odd), decided())

    assert found.tolist() == [0, 0, 0, 0, 0, 5]


def test_a_clear_no_outweighs_what_is_alike():
    three = {(0, 1): 2.0, (0, 2): 2.0}

    likely = decide_clusters(3, pairs_of(three), scored(three | {(1, 2): -3.0}), decided())
    clear = decide_clusters(3, pairs_of(three), scored(three | {(1, 2): -5.0}), decided())

    assert likely.tolist() == [0, 0, 0]
    assert clear.tolist() == [0, 0, 2]


def test_a_weak_pair_alone_begins_no_event_but_is_enough_to_belong():
    weak = {(0, 1): 0.05}
    joined = weak | {(0, 2): 2.0, (1, 2): 2.0}

    assert decide_clusters(3, pairs_of(weak), scored(weak), decided()).tolist() == [0, 1, 2]
    assert decide_clusters(3, pairs_of(joined), scored(joined), decided()).tolist() == [0, 0, 0]


def test_a_giant_is_parted_by_stronger_links_first(monkeypatch):
    monkeypatch.setattr(event_clusters, "LARGEST", 2)
    links = {(0, 1): 3.0, (1, 2): 0.2, (2, 3): 3.0}

    found = decide_clusters(4, pairs_of(links), scored(links), decided())

    assert found.tolist() == [0, 0, 2, 2]


def test_a_giant_of_copies_stays_whole_but_for_what_was_taken_out(monkeypatch):
    monkeypatch.setattr(event_clusters, "LARGEST", 2)
    links = {(0, 1): 9.0, (1, 2): 9.0, (2, 3): 9.0}

    found = decide_clusters(4, pairs_of(links), scored(links), decided(apart=[(0, 2), (2, 0)]))

    assert found.tolist() == [0, 0, 2, 0]


@pytest.mark.parametrize("batch", [0, 50_000])
def test_components_scored_together_or_apart_come_out_alike(monkeypatch, batch):
    monkeypatch.setattr(event_clusters, "_PAIRS_AT_ONCE", batch)
    links = {(0, 1): 2.0, (2, 3): 2.0}

    assert decide_clusters(4, pairs_of(links), scored(links), decided()).tolist() == [0, 0, 2, 2]


@pytest.mark.parametrize("few", [0, 10_000])
def test_groups_are_numbered_alike_by_walking_and_by_scipy(monkeypatch, few):
    monkeypatch.setattr(event_clusters, "_FEW", few)
    members = np.array([3, 5, 8, 9, 12])

    found = connected(members, np.array([12, 9, 4]), np.array([5, 8, 3]))

    assert found.tolist() == [0, 1, 2, 2, 1]  # 4 is none of them


@given(st.integers(0, 10**6), st.integers(2, 9), st.integers(0, 2**9 - 1))
@settings(max_examples=200, deadline=None)
def test_whole_events_are_decided_alike_without_the_others(seed, count, chosen):
    drawn = np.random.default_rng(seed).uniform(-6, 2, (count, count))
    matrix = np.maximum(drawn, drawn.T)

    def score(i, j):
        return matrix[i, j]

    whole = decide_together(count, score, decided())
    kept = np.flatnonzero([chosen >> int(first) & 1 for first in whole])
    some = decide_together(len(kept), lambda i, j: matrix[kept[i], kept[j]], decided())

    assert kept[some].tolist() == whole[kept].tolist() if len(kept) else not len(some)


def test_decided_together_needs_no_links():
    scores = {(0, 1): -0.5, (1, 2): -0.5, (0, 2): -0.5}

    assert decide_together(3, scored(scores), decided()).tolist() == [0, 0, 0]
    assert decide_together(3, scored(scores), decided(apart=[(0, 2)])).tolist() == [0, 0, 2]
    assert decide_together(1, scored({}), decided()).tolist() == [0]


@given(st.integers(0, 10**6), st.integers(2, 24), st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_is_certain_is_joined_first_as_average_link_would(seed, count, with_decisions):
    rng = np.random.default_rng(seed)
    alike = rng.uniform(size=(count, count)) < rng.uniform(0.1, 0.8)
    drawn = np.where(alike, rng.choice([2.0, 3.0], alike.shape), rng.choice([1, -1.5, -6]))
    matrix = np.triu(drawn) + np.triu(drawn, 1).T
    same = rng.integers(0, count, (2, 2)) if with_decisions else ()

    found = decide_together(count, lambda i, j: matrix[i, j], decided(same=same))

    assert found.tolist() == plainly_linked(np.clip(matrix, -6, 2), same)


def plainly_linked(matrix, same):
    """Average link as it is told in books: join the closest two, the first of equals."""
    groups = [[row] for row in range(len(matrix))]
    for pair in same:
        one, other = sorted(next(g for g in groups if row in g) for row in pair)
        if one is not other:
            groups.remove(other)
            one += other
    while True:
        closeness = [
            (matrix[np.ix_(a, b)].mean(), -x, -y)
            for x, a in enumerate(groups)
            for y, b in enumerate(groups)
            if x < y
        ]
        best, x, y = max(closeness, default=(-9, 0, 0))
        if not best > -1.0:
            return [min(next(g for g in groups if row in g)) for row in range(len(matrix))]
        groups[-x] += groups.pop(-y)


def test_parts_tell_how_strong_a_link_held_them_together(monkeypatch):
    monkeypatch.setattr(event_clusters, "LARGEST", 3)
    links = {(0, 1): 2.0, (1, 2): 0.3, (2, 3): 2.0, (3, 4): 0.3, (5, 6): 0.3}

    found = decide_parts(8, pairs_of(links), scored(links), decided())

    told = sorted((part.members.tolist(), round(part.level, 3)) for part in found)
    assert told == [([0, 1], 0.6), ([2, 3], 0.6), ([4], 0.6), ([5, 6], 0.1)]


def test_a_part_that_was_cut_is_decided_from_its_own_level_on():
    links = {(0, 1): 2.0, (1, 2): 0.3}

    [part] = decide_parts(2, pairs_of({(0, 1): 2.0}), scored(links), decided(), level=0.6)
    [pair, alone] = decide_parts(3, pairs_of(links), scored(links), decided(), level=0.6)

    assert (part.members.tolist(), part.level) == ([0, 1], 0.6)
    assert (pair.members.tolist(), alone.members.tolist()) == ([0, 1], [2])
