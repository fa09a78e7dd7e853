import pytest

from civicloop.engines.text.event_terms import event_terms
from civicloop.engines.text.events import EventIndex, EventInputError, find_events
from tests.engines.text.event_messages import city, message


def test_messages_placed_one_by_one_find_what_is_found_in_one_go_and_nothing_false():
    messages, truth = city()
    whole = find_events(messages).event_of
    late = messages[1:36:2]
    known = [m for m in messages if m not in late]
    index = EventIndex.build(known, {m.id: whole[m.id] for m in known})
    arrived = {m.id: whole[m.id] for m in known}

    for new in late:
        event = index.place(new).event
        arrived[new.id] = max(arrived.values()) + 1000 if event is None else event
        index.add(new, arrived[new.id])

    def pairs(event_of):
        return {(a, b) for a in event_of for b in event_of if a < b and event_of[a] == event_of[b]}

    assert pairs(whole) <= pairs(arrived) <= pairs(truth)


def test_a_message_like_none_begins_a_new_event():
    messages, event_of = city()
    index = EventIndex.build(messages, event_of)

    placement = index.place(message(900, "zzz", "qqq"))

    assert placement.event is None
    assert placement.reasons == ()
    assert placement.neighbours == ()


def test_a_placed_message_says_why():
    messages, event_of = city()
    index = EventIndex.build(messages, event_of)

    placement = index.place(message(900, messages[4].subject, messages[4].text))

    assert placement.event == event_of[messages[4].id]
    assert placement.score > 0.5
    assert placement.reasons
    assert placement.neighbours[0].same_event


def test_a_message_in_the_index_is_not_its_own_neighbour():
    messages, event_of = city()
    index = EventIndex.build(messages, event_of)

    placement = index.place(messages[0])

    assert all(messages[0].id in {p.first, p.second} for p in placement.neighbours)
    assert all(p.first != p.second for p in placement.neighbours)


def test_an_empty_index_takes_its_first_message():
    index = EventIndex.build([], {})

    assert index.place(message(1, "停水", "没有水")).event is None
    index.add(message(1, "停水", "没有水"), 1)
    with pytest.raises(EventInputError, match="given twice"):
        index.add(message(1, "停水", "没有水"), 1)


def test_a_message_without_event_is_refused():
    with pytest.raises(EventInputError, match="message 1 has no event"):
        EventIndex.build([message(1, "a", "b")], {})


def test_terms_tell_an_event_from_the_others():
    messages, event_of = city()
    index = EventIndex.build(messages, event_of)
    members = [m for m in messages if event_of[m.id] == event_of[1]]

    terms = event_terms([f"{m.subject}\n{m.text}" for m in members], index, count=4)

    assert len(terms) == 4
    assert any("云栖" in term for term in terms)
    assert not any(one != other and one in other for one in terms for other in terms)


def test_terms_of_one_message_need_not_recur():
    messages, event_of = city()
    index = EventIndex.build(messages, event_of)

    assert event_terms(["霁月台小区停电"], index, count=3)
    assert event_terms(["，。"], index, count=3) == ()
