import numpy as np
import pytest

from civicloop.engines.text.events import clusters as event_clusters
from civicloop.engines.text.events.clusters import Decisions, connected, decide_clusters


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
