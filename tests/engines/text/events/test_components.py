import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.engines.text.events import components
from civicloop.engines.text.events.clusters import Decisions
from civicloop.engines.text.events.components import Component, Pairs, components_of

NONE = np.empty((0, 2), np.int64)


def pairs_of(scores):
    sides = np.array(list(scores), np.int64).reshape(-1, 2)
    return Pairs.of((sides[:, 0], sides[:, 1], np.array(list(scores.values()), float)))


def scores_in(pairs):
    sides = zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
    return dict(zip(sides, pairs.log_odds.tolist(), strict=True))


def parts(count, links, scores=None, same=()):
    decisions = Decisions(same=np.array(same, np.int64).reshape(-1, 2), apart=NONE)
    ids = np.arange(count) * 10
    return list(components_of(ids, pairs_of(links), pairs_of(scores or {}), decisions))


def test_what_a_strong_link_or_a_decision_joins_hangs_together():
    found = parts(7, {(0, 2): 1.0, (2, 3): 0.0, (5, 1): 4.0}, same=[(1, 6)])

    assert [one.members.tolist() for one in found] == [[0, 20], [10, 50, 60]]
    assert [scores_in(one.links) for one in found] == [{(0, 1): 1.0}, {(0, 1): 4.0}]


def test_scores_go_with_their_members():
    found = parts(4, {(0, 3): 1.0, (1, 2): 2.0}, {(0, 3): -1.5, (0, 1): 9.0, (1, 2): 2.0})

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
        links=pairs_of({(0, last): 1.5}),
        scores=pairs_of({(0, 1): -2.5, (0, last): 1.5}),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(components, "_SHORT", 1 if is_long else 100)
        again = Component.unpacked(one.packed())

    assert again.members.tolist() == members.tolist()
    assert scores_in(again.links) == scores_in(one.links)
    assert scores_in(again.scores) == scores_in(one.scores)
