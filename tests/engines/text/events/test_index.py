import random
from dataclasses import replace

import numpy as np
import pytest

from civicloop.engines.text.events import (
    Constraint,
    EventIndex,
    EventInputError,
    MemoryStore,
    explain_pair,
    find_events,
)
from civicloop.engines.text.events import clusters as event_clusters
from civicloop.engines.text.events import index as event_index
from civicloop.engines.text.events.components import Component, Pairs
from civicloop.engines.text.events.pairs import evidence_of
from tests.engines.text.event_messages import city, message


def arrived(messages, background, constraints=()):
    """Let messages come one by one; gives each one's event as it stands in the end."""
    store = MemoryStore()
    index = EventIndex(background, store, constraints)
    event_of = {}
    for new in messages:
        store.know(new)
        index.arrive(new)
        event_of |= index.settle([new.id])
    return event_of


class Forgetful(MemoryStore):
    """One of whose messages are no more."""

    def __init__(self):
        super().__init__()
        self.gone = set()

    def readings(self, ids):
        return super().readings(set(ids) - self.gone)


def fill(store, whole, messages):
    """Keep what a look at all found, as the database does."""
    ids = sorted(m.id for m in messages)
    for one in messages:
        store.know(one)
    for place, (number, reading) in enumerate(zip(ids, whole.readings(), strict=True)):
        mine = whole.filings.gram[whole.filings.owner == place]
        store.file(number, mine.astype(np.int64))
        store.keep_reading(number, reading)
    for one in whole.components():
        first = int(one.members[0])
        store.keep_components([], {first: one.packed()}, dict.fromkeys(one.members.tolist(), first))


def pairs(event_of):
    return {(a, b) for a in event_of for b in event_of if a < b and event_of[a] == event_of[b]}


@pytest.fixture(scope="module")
def whole():
    return find_events(city()[0])


@pytest.fixture(scope="module")
def background(whole):
    return whole.background


@pytest.mark.parametrize("order", [1, 2, 3])
def test_in_whatever_order_messages_come_they_find_what_is_found_in_one_go(order, whole):
    messages, truth = city()
    shuffled = random.Random(order).sample(messages, len(messages))

    found = arrived(shuffled, whole.background)

    in_one_go = pairs(whole.event_of)  # of so few, in a handful of wordings, order matters more
    assert pairs(found) | in_one_go <= pairs(truth)
    assert 2 * len(pairs(found) & in_one_go) >= 0.7 * (len(pairs(found)) + len(in_one_go))


@pytest.mark.parametrize(("few", "largest"), [(0, 200), (0, 3), (20, 3)])
def test_what_is_large_is_decided_near_an_arrival_alone_and_cut_as_in_a_look_at_all(
    few, largest, monkeypatch
):
    monkeypatch.setattr(event_index, "_FEW", few)
    for module in (event_index, event_clusters):
        monkeypatch.setattr(module, "LARGEST", largest)
    messages, truth = city()
    whole = find_events(messages)

    found = arrived(random.Random(4).sample(messages, len(messages)), whole.background)

    in_one_go = pairs(whole.event_of)
    assert pairs(found) <= pairs(truth)
    assert 2 * len(pairs(found) & in_one_go) >= 0.7 * (len(pairs(found)) + len(in_one_go))


def two_events_that_hang_together(store, whole, level):
    """Keep the events of messages 1 and 2, 5 and 6 as one component."""
    messages = city()[0]
    fill(store, whole, messages)
    scores = {(0, 1): 5.0, (2, 3): 5.0, (1, 2): 0.7} | dict.fromkeys([(0, 2), (0, 3), (1, 3)], -5.0)
    sides = np.array(list(scores)).T
    pairs = Pairs.of((*sides, np.array(list(scores.values()))))
    component = Component(
        members=np.array([1, 2, 5, 6]),
        level=level,
        cluster=np.array([0, 0, 2, 2]),
        links=pairs.at(np.flatnonzero(pairs.log_odds > level)),
        scores=pairs,
    )
    held = dict.fromkeys(component.members.tolist(), 1)
    store.keep_components([5], {1: component.packed()}, held)


def arrive_like(number, store, whole):
    new = replace(city()[0][number - 1], id=900)
    store.know(new)
    index = EventIndex(whole.background, store)
    index.arrive(new)
    return index.settle([900])


@pytest.mark.parametrize("level", [0.1, 0.6])
def test_an_arrival_leaves_the_events_that_it_does_not_come_near_to(level, whole, monkeypatch):
    monkeypatch.setattr(event_index, "_FEW", 0)
    store = MemoryStore()
    two_events_that_hang_together(store, whole, level)

    found = arrive_like(5, store, whole)

    assert found == dict.fromkeys([5, 6, 900], 5)
    now = Component.unpacked(store.components([1])[1])
    assert now.members.tolist() == [1, 2, 5, 6, 900]
    assert now.cluster.tolist() == [0, 0, 2, 2, 2]
    assert now.level == level
    assert {number for _, number in store.readings([1, 2, 5, 6, 900]).values()} == {1}
    known = set(zip(now.scores.first.tolist(), now.scores.second.tolist(), strict=True))
    assert known == {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4)}


def test_where_few_hang_together_all_are_decided_anew(whole):
    store = MemoryStore()
    two_events_that_hang_together(store, whole, 0.1)

    assert arrive_like(5, store, whole) == {1: 1, 2: 1} | dict.fromkeys([5, 6, 900], 5)


def test_what_grows_too_large_is_cut_by_stronger_links(whole, monkeypatch):
    for module in (event_index, event_clusters):
        monkeypatch.setattr(module, "LARGEST", 4)
    store = MemoryStore()
    two_events_that_hang_together(store, whole, 0.6)

    found = arrive_like(5, store, whole)

    assert found == {1: 1, 2: 1} | dict.fromkeys([5, 6, 900], 5)
    held = {number: held for number, (_, held) in store.readings([1, 2, 5, 6, 900]).items()}
    assert held == {1: 1, 2: 1, 5: 5, 6: 5, 900: 5}
    assert Component.unpacked(store.components([5])[5]).level == pytest.approx(1.1)


def test_a_weak_link_to_what_was_cut_by_stronger_ones_joins_nothing(whole):
    store = MemoryStore()
    two_events_that_hang_together(store, whole, 50.0)

    assert arrive_like(5, store, whole) == {900: 900}
    assert Component.unpacked(store.components([900])[900]).level == 50.0


def test_one_that_is_no_more_is_left_out(whole):
    messages, truth = city()
    store = Forgetful()
    fill(store, whole, messages)
    new = replace(messages[0], id=900)
    twin = next(m.id for m in messages[1:] if truth[m.id] == truth[messages[0].id])
    store.gone.add(twin)
    store.know(new)
    index = EventIndex(whole.background, store)
    index.arrive(new)

    found = index.settle([900])

    assert twin not in found
    assert found[900] == found[messages[0].id]


def test_decisions_hold_while_messages_come(background):
    messages, truth = city()
    first, second = sorted(pairs(truth))[0]
    strangers = (messages[0].id, next(m.id for m in messages if truth[m.id] != truth[1]))
    decided = [
        Constraint(first=first, second=second, same=False),
        Constraint(first=strangers[0], second=strangers[1], same=True),
    ]

    found = pairs(arrived(messages, background, decided))

    assert (first, second) not in found
    assert tuple(sorted(strangers)) in found


@pytest.mark.parametrize("few", [0, 20])
def test_where_an_arrival_belongs_to_two_events_all_of_both_is_decided_anew(
    whole, few, monkeypatch
):
    monkeypatch.setattr(event_index, "_FEW", few)
    messages, _ = city()
    store = MemoryStore()
    fill(store, whole, messages)
    events = [part.event_of(int(part.members[0])).tolist() for part in whole.components()]
    one, other = [event for event in events if len(event) > 1][:2]
    decided = [Constraint(first=event[0], second=900, same=True) for event in (one, other)]
    new = replace(messages[0], id=900, subject="", text="请帮忙", author="")
    store.know(new)
    index = EventIndex(whole.background, store, decided)
    index.arrive(new)

    found = index.settle([900])

    assert found.keys() >= {*one, *other}  # each of both is decided anew
    assert found[900] == found[one[0]] == found[other[0]]


def test_what_is_settled_together_is_settled_as_if_singly(whole):
    messages, _ = city()
    store = MemoryStore()
    index = EventIndex(whole.background, store)
    for new in messages:
        store.know(new)
        index.arrive(new)

    together = index.settle([one.id for one in messages])

    singly = {}
    for one in messages:
        singly |= index.settle([one.id])
    assert together == singly
    assert len(set(together.values())) < len(messages)


def test_what_was_compared_is_not_compared_again(whole, monkeypatch):
    messages, truth = city()
    twins = [m for m in messages if truth[m.id] == truth[1]]
    store = MemoryStore()
    for new in [*twins, *(replace(twins[0], id=900 + n) for n in range(5))]:
        store.know(new)
        index = EventIndex(whole.background, store)
        index.arrive(new)
        index.settle([new.id])
    compared = []

    def counted(corpus, background, first, second):
        compared.append(len(first))
        return evidence_of(corpus, background, first, second)

    monkeypatch.setattr("civicloop.engines.text.events.index.evidence_of", counted)
    again = EventIndex(whole.background, store)

    assert len(set(again.settle([900]).values())) == 1
    assert compared == []


def test_an_arrival_is_compared_with_a_large_event_in_one_go_and_decided_alike(monkeypatch):
    copies = [
        message(
            n, "春江花园二期消防通道被占", f"春江花园二期消防通道一直被车占着，第{n}次反映，请处理"
        )
        for n in range(1, 31)
    ]
    others = [replace(m, id=m.id + 100) for m in city()[0]]
    known, new = [*copies[:-1], *others], replace(copies[-1], id=999)
    whole = find_events(known)
    asked, found = [], []

    def counted(corpus, background, first, second):
        asked[-1] += 1
        return evidence_of(corpus, background, first, second)

    for often in (event_index._OFTEN, 99):
        asked.append(0)
        with monkeypatch.context() as changed:
            store = MemoryStore()
            fill(store, whole, known)
            store.know(new)
            changed.setattr(event_index, "_OFTEN", often)
            changed.setattr(event_index, "evidence_of", counted)
            index = EventIndex(whole.background, store)
            index.arrive(new)
            event_of = index.settle([999])
            found.append((event_of, store.components({event_of[999]})))

    assert asked == [1, 2]
    assert found[0] == found[1]
    assert sum(event == found[0][0][999] for event in found[0][0].values()) == 30


def test_what_an_undone_decision_held_together_falls_apart(whole):
    strangers = [city()[0][0], message(900, "zzz", "qqq")]
    decided = [Constraint(first=strangers[0].id, second=900, same=True)]
    store = MemoryStore()
    for new in strangers:
        store.know(new)
        index = EventIndex(whole.background, store, decided)
        index.arrive(new)
        together = index.settle([new.id])

    apart = EventIndex(whole.background, store).settle([900])

    assert together == dict.fromkeys([strangers[0].id, 900], strangers[0].id)
    assert apart == {strangers[0].id: strangers[0].id, 900: 900}
    assert EventIndex(whole.background, store).settle([900]) == {900: 900}


def test_a_message_like_none_stands_alone(background):
    store = MemoryStore()
    index = EventIndex(background, store)
    store.know(message(900, "zzz", "qqq"))

    index.arrive(message(900, "zzz", "qqq"))

    assert index.settle([900]) == {900: 900}
    assert list(index.told()) == []


def test_an_arrival_says_what_it_is_like_and_why(background):
    messages, _ = city()
    store = MemoryStore()
    for known in [*messages, message(900, messages[4].subject, messages[4].text)]:
        store.know(known)
        index = EventIndex(background, store)
        index.arrive(known)
    told = list(index.told())

    assert 900 in {told[0].first, told[0].second}
    assert messages[4].id in {number for pair in told for number in (pair.first, pair.second)}
    assert told[0].score > 0.5
    assert told[0].same_event
    assert told[0].reasons


def test_a_look_tells_what_an_arrival_would_and_keeps_nothing(background):
    messages = city()[0][::-1]
    store = MemoryStore()
    index = EventIndex(background, store)
    for one in messages[:-1]:
        store.know(one)
        index.arrive(one)

    index = EventIndex(background, store)
    looked = [list(index.look(messages[-1])), list(index.look(messages[-1]))]
    store.know(messages[-1])
    index.arrive(messages[-1])
    arrived_last = list(index.told())

    assert looked == [arrived_last, arrived_last]
    assert arrived_last


def test_a_message_that_comes_again_is_not_its_own_neighbour(background):
    messages, _ = city()
    store = MemoryStore()
    index = EventIndex(background, store)
    store.know(messages[0])
    index.arrive(messages[0])
    index.arrive(messages[0])

    assert list(index.told()) == []


def test_an_id_is_given_once():
    store = MemoryStore()
    store.know(message(1, "停水", "没有水"))

    with pytest.raises(EventInputError, match="given twice"):
        store.know(message(1, "停水", "没有水"))


def test_a_pair_is_told_alike_from_both_sides(background):
    messages, _ = city()

    assert explain_pair(messages[0], messages[1], background) == explain_pair(
        messages[1], messages[0], background
    )
