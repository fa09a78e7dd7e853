import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.engines.text.events import components
from civicloop.engines.text.events.components import Component, Decided, Pairs, components_of


def pairs_of(scores):
    sides = np.array(list(scores), np.int64).reshape(-1, 2)
    return Pairs.of((sides[:, 0], sides[:, 1], np.array(list(scores.values()), float)))


def scores_in(pairs):
    sides = zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
    return dict(zip(sides, pairs.log_odds.tolist(), strict=True))


def parts(count, links, scores=None, cluster=None, part=None, level=()):
    nothing = [-1] * count
    decided = Decided(
        cluster=np.array(cluster or range(count), np.int64),
        part=np.array(part or nothing, np.int64),
        level=np.array(level, float),
    )
    ids = np.arange(count) * 10
    return list(components_of(ids, pairs_of(links), pairs_of(scores or {}), decided))


def test_what_was_decided_together_is_kept_with_its_links_and_events():
    found = parts(
        7,
        {(0, 2): 1.0, (2, 3): 0.0, (5, 1): 4.0, (0, 5): 9.0, (1, 6): 0.4},
        cluster=[0, 1, 0, 3, 4, 5, 1],
        part=[0, 1, 0, -1, -1, 1, 1],
        level=[0.1, 0.6],
    )

    assert [one.members.tolist() for one in found] == [[0, 20], [10, 50, 60]]
    assert [one.level for one in found] == [0.1, 0.6]
    assert [one.cluster.tolist() for one in found] == [[0, 0], [0, 1, 0]]
    assert [scores_in(one.links) for one in found] == [{(0, 1): 1.0}, {(0, 1): 4.0}]
    assert found[1].event_of(60).tolist() == [10, 60]


def test_one_cut_out_of_a_giant_is_kept_with_the_level_it_was_cut_at():
    [found] = parts(2, {(0, 1): 0.5}, part=[-1, 0], level=[0.6])

    assert (found.members.tolist(), found.level) == ([10], 0.6)


def test_scores_go_with_their_members():
    found = parts(
        4,
        {(0, 3): 1.0, (1, 2): 2.0},
        {(0, 3): -1.5, (0, 1): 9.0, (1, 2): 2.0},
        part=[0, 1, 1, 0],
        level=[0.1, 0.1],
    )

    assert [scores_in(one.scores) for one in found] == [{(0, 1): -1.5}, {(0, 1): 2.0}]


def test_nothing_hangs_together_where_nothing_is():
    assert parts(0, {}) == []
    assert parts(3, {(0, 1): 0.05}) == []


def test_pairs_move_with_their_members_and_go_with_the_one_that_goes():
    moved = pairs_of({(0, 1): 1.0, (1, 2): 2.0}).moved(np.array([-1, 5, 3]))

    assert scores_in(moved) == {(3, 5): 2.0}


@given(st.sets(st.integers(1, 2**40), min_size=2, max_size=6), st.booleans())
@settings(max_examples=30)
def test_a_component_is_read_as_it_was_packed(ids, is_long):
    members = np.array(sorted(ids), np.int64)
    last = len(members) - 1
    one = Component(
        members=members,
        level=1.6,
        cluster=np.minimum(np.arange(len(members)), 1),
        links=pairs_of({(0, last): 1.5}),
        scores=pairs_of({(0, 1): -2.5, (0, last): 1.5}),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(components, "_SHORT", 1 if is_long else 100)
        again = Component.unpacked(one.packed())

    assert again.members.tolist() == members.tolist()
    assert (again.level, again.cluster.tolist()) == (1.6, one.cluster.tolist())
    assert scores_in(again.links) == scores_in(one.links)
    assert scores_in(again.scores) == scores_in(one.scores)
