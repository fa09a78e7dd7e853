import random

import pytest

from civicloop.engines.text.events import (
    REASON_CODES,
    Constraint,
    EventInputError,
    Message,
    find_events,
)
from tests.engines.text.event_messages import city, message, same_parts


def test_one_matter_in_two_wordings_is_one_event_and_other_matters_are_not():
    messages, truth = city()

    found = find_events(messages).event_of

    joined = {(a, b) for a in found for b in found if a < b and found[a] == found[b]}
    true = {(a, b) for a in truth for b in truth if a < b and truth[a] == truth[b]}
    assert len(joined & true) >= 0.6 * len(true)
    assert len(joined - true) <= 0.1 * len(joined)


def test_every_message_gets_an_event_and_events_are_numbered_by_their_smallest_id():
    messages, _ = city()

    found = find_events(messages).event_of

    assert sorted(found) == [m.id for m in messages]
    first_seen = list(dict.fromkeys(found[number] for number in sorted(found)))
    assert first_seen == list(range(1, len(first_seen) + 1))


def test_order_of_input_does_not_matter():
    messages, _ = city()
    shuffled = list(messages)
    random.Random(7).shuffle(shuffled)

    one, other = find_events(shuffled), find_events(messages)

    assert one.event_of == other.event_of
    assert list(one.neighbours()) == list(other.neighbours())


def test_nothing_gives_nothing():
    clustering = find_events([])

    assert clustering.event_of == {}
    assert list(clustering.neighbours()) == []


def test_one_message_is_its_own_event():
    assert find_events([message(5, "", "楼下停水")]).event_of == {5: 1}


def test_hostile_texts_stand_alone_without_an_error():
    texts = ["", "），。！？……", "a" * 7000, "停" * 7000, "1" * 7000, "\x00\ud7ff", "😀" * 500]
    messages = [Message(id=n, subject="", text=text) for n, text in enumerate(texts)]

    found = find_events(messages).event_of

    assert len(set(found.values())) == len(texts)


def test_two_messages_with_one_id_are_refused():
    with pytest.raises(EventInputError, match="id 3 is given twice"):
        find_events([message(3, "a", "b"), message(3, "c", "d")])


def test_copies_are_one_event_until_an_operator_parts_them():
    text = "云栖湾小区三号楼电梯反复停运，住户被困，请督促物业更换。"
    messages = [message(n, "云栖湾小区电梯停运", text) for n in (1, 2, 3)] + city()[0][10:]

    together = find_events(messages).event_of
    parted = find_events(messages, constraints=[Constraint(first=1, second=3, same=False)]).event_of

    assert together[1] == together[2] == together[3]
    assert parted[1] != parted[3]


def test_an_operator_joins_what_is_not_alike():
    messages, _ = city()
    before = find_events(messages).event_of

    after = find_events(messages, constraints=[Constraint(first=1, second=30, same=True)]).event_of

    assert before[1] != before[30]
    assert after[1] == after[30]


def test_decisions_hold_when_joined_and_parted_messages_meet():
    messages, _ = city()
    constraints = [
        Constraint(first=1, second=30, same=True),
        Constraint(first=2, second=30, same=False),
        Constraint(first=999, second=1, same=True),
    ]

    found = find_events(messages, constraints=constraints).event_of

    assert found[1] == found[30]
    assert found[2] != found[30]
    assert 999 not in found


def test_decisions_against_each_other_are_refused():
    messages, _ = city()
    constraints = [
        Constraint(first=1, second=2, same=True),
        Constraint(first=2, second=3, same=True),
        Constraint(first=3, second=1, same=False),
    ]

    with pytest.raises(EventInputError, match="both one event and not"):
        find_events(messages, constraints=constraints)


def test_neighbours_are_told_with_reasons_in_and_across_events():
    messages, _ = city()

    clustering = find_events(messages)

    pairs = list(clustering.neighbours())
    assert {pair.same_event for pair in pairs} == {True, False}
    for pair in pairs:
        event_of = clustering.event_of
        assert pair.first < pair.second
        assert pair.same_event == (event_of[pair.first] == event_of[pair.second])
        assert 0 < pair.score < 1
        assert {reason.code for reason in pair.reasons} <= set(REASON_CODES)


def test_progress_is_told_by_stage():
    messages, _ = city()
    told = []

    find_events(messages, progress=lambda stage, done, total: told.append((stage, done <= total)))

    assert [stage for stage, _ in told] == ["read", "read", "pair", "compare", "join"]
    assert all(fine for _, fine in told)


def test_names_may_be_any_city_s():
    messages, _ = city()
    renamed = [
        Message(
            id=m.id,
            subject=m.subject.translate(_OTHER_NAMES),
            text=m.text.translate(_OTHER_NAMES),
            author=m.author,
            received_at=m.received_at,
        )
        for m in messages
    ]

    assert same_parts(find_events(renamed).event_of, find_events(messages).event_of)


_OTHER_NAMES = str.maketrans(
    "云栖湾墨兰庭鹿鸣听松望舒青禾白榆流萤", "沧溟澜绯樱阙鹤唳闻涛揽曜碧梧赤枫飞蝉"
)
