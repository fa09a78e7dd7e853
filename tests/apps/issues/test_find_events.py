import random
from datetime import timedelta

import pytest
from tests.engines.text.event_messages import city

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions import find_events
from civicloop.apps.issues.actions.decide import split_event
from civicloop.apps.issues.actions.find_events import (
    background_of,
    find_events_in_history,
    place_few_appeals,
    place_new_appeals,
)
from civicloop.apps.issues.housekeeping import learn_events_anew
from civicloop.apps.issues.looked_at import not_looked_at, ranges_of
from civicloop.apps.issues.models import (
    Event,
    EventMember,
    EventRun,
    GramFilings,
    SimilarAppeal,
    SimilarityBasis,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_city(make_appeal, monkeypatch):
    """Make the appeals of a small invented city, in some order; learn anew only when asked to."""
    monkeypatch.setattr(find_events, "RENEWED_AT", 10.0)

    def make(messages):
        return [
            make_appeal(m.text, subject=m.subject, caller_key=m.author, received_at=m.received_at)
            for m in messages
        ]

    return make


def stored_pairs() -> set[tuple[str, str]]:
    """The subjects' texts of every two appeals that are one event."""
    members: dict[int, list[str]] = {}
    for event_id, text in EventMember.objects.values_list("event_id", "appeal__text"):
        members.setdefault(event_id, []).append(text)
    return {(a, b) for texts in members.values() for a in texts for b in texts if a < b}


def test_appeals_that_come_later_are_joined_as_if_they_had_always_been_there(make_city, now):
    messages, truth = city()
    shuffled = random.Random(3).sample(messages, len(messages))
    make_city(shuffled)
    find_events_in_history(now=now)
    in_one_go = stored_pairs()
    Appeal.objects.all().delete()
    make_city(shuffled[:200])
    find_events_in_history(now=now, learns_anew=True)
    make_city(shuffled[200:])

    run = place_new_appeals(now=now)

    assert (run.appeal_count, run.is_incremental) == (76, True)
    event_of = {m.text: truth[m.id] for m in messages}
    wrong = {pair for pair in stored_pairs() if event_of[pair[0]] != event_of[pair[1]]}
    assert len(stored_pairs() - wrong) >= 0.9 * len(in_one_go) >= 9
    assert len(wrong) <= 1


@pytest.mark.django_db(transaction=True)
def test_placing_needs_no_transaction_around_it(make_city, now):
    messages, _ = city()
    make_city(messages[:-1])
    find_events_in_history(now=now)
    make_city(messages[-1:])

    run = place_new_appeals(now=now)

    assert (run.appeal_count, run.is_incremental) == (1, True)
    recorded = AuditEvent.objects.filter(action="events_found", object_id=str(run.pk))
    assert recorded.count() == 1


def test_what_is_placed_is_not_placed_again(make_city, now):
    make_city(city()[0])
    find_events_in_history(now=now)

    assert place_new_appeals(now=now).appeal_count == 0


def test_an_appeal_that_is_committed_late_under_a_low_number_is_not_lost(make_city, now):
    appeals = make_city(city()[0])
    late = appeals[1]
    values = {field.attname: getattr(late, field.attname) for field in Appeal._meta.concrete_fields}
    late.delete()
    find_events_in_history(now=now)
    assert not EventMember.objects.filter(appeal_id=values["id"]).exists()

    Appeal.objects.create(**values)
    run = place_new_appeals(now=now)

    assert run.appeal_count == 1
    assert EventMember.objects.get(appeal_id=values["id"]).event == (
        EventMember.objects.get(appeal_id=appeals[0].pk).event
    )


def test_a_broken_placing_leaves_nothing_behind_and_is_made_good(make_city, now, monkeypatch):
    messages, _ = city()
    make_city(messages[1:])
    find_events_in_history(now=now)
    before = list(GramFilings.objects.values_list("shelf", "filings"))
    [new] = make_city(messages[:1])

    def dies(ids):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(find_events, "refresh_same_event", dies)
        with pytest.raises(KeyboardInterrupt):
            place_new_appeals(now=now)

    assert [(s, bytes(f)) for s, f in GramFilings.objects.values_list("shelf", "filings")] == [
        (s, bytes(f)) for s, f in before
    ]
    assert not SimilarAppeal.objects.filter(appeal=new).exists()
    assert place_new_appeals(now=now).appeal_count == 1
    assert EventMember.objects.filter(appeal=new).exists()


def test_what_a_person_parted_stays_parted_when_more_comes(make_city, dispatcher, now):
    messages, truth = city()
    twins = [m for m in messages if truth[m.id] == truth[1]]
    make_city(messages)
    find_events_in_history(now=now)
    event = EventMember.objects.get(appeal__text=twins[0].text).event
    parted = Appeal.objects.get(text=twins[1].text)
    split_event(event=event, appeals=[parted], actor=dispatcher, now=now)

    make_city([twins[0]])
    place_new_appeals(now=now)

    assert (twins[0].text, twins[1].text) not in stored_pairs()
    assert (twins[1].text, twins[0].text) not in stored_pairs()
    assert Event.objects.filter(members__appeal__text=twins[0].text).exists()


def test_many_new_appeals_are_reason_to_learn_anew(make_city, now, monkeypatch):
    monkeypatch.setattr(find_events, "RENEWED_AT", 0.03)
    messages, _ = city()
    make_city(messages[:260])
    find_events_in_history(now=now)
    make_city(messages[260:])

    run = place_new_appeals(now=now)

    assert not run.is_incremental
    assert SimilarityBasis.objects.get().appeal_count == 276


def test_a_few_at_a_time_become_many_and_are_reason_to_learn_anew(make_city, now, monkeypatch):
    monkeypatch.setattr(find_events, "RENEWED_AT", 0.03)
    messages, _ = city()
    make_city(messages[:260])
    find_events_in_history(now=now)
    make_city(messages[260:264])
    assert place_new_appeals(now=now).is_incremental
    make_city(messages[264:268])
    by_itself = place_few_appeals(now=now)
    assert by_itself is not None
    assert by_itself.is_incremental

    run = place_new_appeals(now=now)

    assert (run.is_incremental, run.appeal_count) == (False, 268)
    assert SimilarityBasis.objects.get().appeal_count == 268


def test_a_look_at_all_keeps_what_is_common_while_few_came_since(make_city, now, monkeypatch):
    monkeypatch.setattr(find_events, "RENEWED_AT", 0.03)
    messages, _ = city()
    make_city(messages[:260])
    find_events_in_history(now=now)
    before = SimilarityBasis.objects.get()
    make_city(messages[260:266])
    place_new_appeals(now=now)
    one_by_one = stored_pairs()
    later = now + timedelta(hours=1)

    find_events_in_history(now=later)

    kept = SimilarityBasis.objects.get()
    assert (kept.learned_at, kept.appeal_count) == (before.learned_at, before.appeal_count)
    assert bytes(kept.payload) == bytes(before.payload)
    assert not_looked_at(kept.looked_at) == []
    assert stored_pairs() == one_by_one
    find_events_in_history(now=later, learns_anew=True)
    learned = SimilarityBasis.objects.get()
    assert (learned.learned_at, learned.appeal_count) == (later, 266)
    assert bytes(learned.payload) != bytes(before.payload)


def test_a_look_at_all_learns_anew_when_many_came_or_went(make_city, now, monkeypatch):
    monkeypatch.setattr(find_events, "RENEWED_AT", 0.03)
    messages, _ = city()
    make_city(messages[:250])
    find_events_in_history(now=now)
    make_city(messages[250:258])

    find_events_in_history(now=now)

    assert SimilarityBasis.objects.get().appeal_count == 258
    Appeal.objects.filter(id__in=Appeal.objects.order_by("id").values("id")[:8]).delete()
    find_events_in_history(now=now)
    assert SimilarityBasis.objects.get().appeal_count == 250


def test_what_is_common_of_another_version_is_learned_anew(make_city, now):
    make_city(city()[0])
    find_events_in_history(now=now)
    SimilarityBasis.objects.update(payload=b"of another version")

    find_events_in_history(now=now)

    assert background_of(SimilarityBasis.objects.get().pk).messages == 276


def test_at_night_all_are_looked_at_again_only_when_many_came(make_city, now, monkeypatch):
    monkeypatch.setattr(find_events, "RENEWED_AT", 0.03)
    learn_events_anew.func(now)
    without_appeals = SimilarityBasis.objects.count()
    messages, _ = city()
    make_city(messages[:260])
    learn_events_anew.func(now)
    first = SimilarityBasis.objects.get()
    make_city(messages[260:264])
    learn_events_anew.func(now)
    place_few_appeals(now=now)
    few = SimilarityBasis.objects.get()
    make_city(messages[264:268])
    place_few_appeals(now=now)

    learn_events_anew.func(now)

    assert without_appeals == 0
    assert (first.appeal_count, few.pk) == (260, first.pk)
    assert SimilarityBasis.objects.get().appeal_count == 268
    assert not EventRun.objects.latest("id").is_incremental


def test_without_appeals_there_is_nothing_to_find(db, now):
    assert find_events_in_history(now=now).appeal_count == 0
    assert place_new_appeals(now=now).appeal_count == 0


def test_looked_at_are_ranges_and_gaps_are_looked_into(make_appeal):
    ids = [make_appeal().pk for _ in range(5)]

    ranges = ranges_of([ids[0], ids[1], ids[3]])

    assert ranges == [[ids[0], ids[1]], [ids[3], ids[3]]]
    assert not_looked_at(ranges) == [ids[2], ids[4]]
    assert not_looked_at(ranges_of([ids[2], ids[4]], ranges)) == []
    assert not_looked_at([]) == ids


def test_old_gaps_are_forgotten():
    ranges = ranges_of(range(0, 4000, 2))

    assert len(ranges) == 501
    assert ranges[0] == [0, 2998]


def test_few_new_appeals_are_placed_in_the_background_many_are_left_to_the_command(
    make_city, now, monkeypatch
):
    messages, _ = city()
    make_city(messages[:-4])
    before_any_look = place_few_appeals(now=now)
    find_events_in_history(now=now)
    nothing_new = place_few_appeals(now=now)
    make_city(messages[-4:-1])
    few = place_few_appeals(now=now)
    make_city(messages[-1:])
    monkeypatch.setattr(find_events, "RENEWED_AT", 0.0)

    assert place_few_appeals(now=now) is None
    assert (before_any_look, nothing_new) == (None, None)
    assert (few.appeal_count, few.is_incremental) == (3, True)
