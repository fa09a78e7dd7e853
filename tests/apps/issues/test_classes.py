from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product

import pytest

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.issues.actions.decide import DecisionRefusedError, merge_events
from civicloop.apps.issues.actions.decide_classes import (
    add_event_to_class,
    name_class,
    take_event_out,
    undo_class_decision,
)
from civicloop.apps.issues.actions.find_classes import find_event_classes
from civicloop.apps.issues.class_queries import class_details, class_of, classes_found
from civicloop.apps.issues.models import ClassDecision, Event, EventClass, EventClassMember

MakeEvent = Callable[..., Event]
PLACES = ("青禾苑", "梧桐里", "望江府", "锦绣城", "南湖湾")
CAUSES = {
    "heating": "小区暖气不热，室内只有十三度，供热公司不管",
    "stalls": "门口流动摊贩占道经营，行人走不过去，城管不管",
    "wages": "工地拖欠农民工工资，包工头跑了，讨薪无门",
}


@pytest.fixture
def events(make_event: MakeEvent) -> dict[tuple[str, str], Event]:
    """Three causes in five places."""
    return {
        (cause, place): make_event(text=f"{place}{CAUSES[cause]}")
        for place, cause in product(PLACES, CAUSES)
    }


def membership() -> dict[int, int]:
    return dict(EventClassMember.objects.values_list("event_id", "event_class_id"))


def class_among(events: dict[tuple[str, str], Event], cause: str) -> EventClass:
    found = class_of(events[cause, PLACES[0]])
    assert found is not None
    return found


def test_events_of_one_cause_are_one_class_with_their_counts(events, now):
    found = find_event_classes(now=now)

    assert (found.class_count, found.event_count, found.looked_at) == (3, 15, 15)
    for cause in CAUSES:
        assert {class_of(events[cause, place]) for place in PLACES} == {class_among(events, cause)}
    wages = class_among(events, "wages")
    assert (wages.event_count, wages.appeal_count, wages.people_count) == (5, 10, 10)
    assert wages.respondent in {"employer", "builder"}
    assert any("工资" in term for term in wages.terms)


def test_looking_again_changes_nothing_but_the_history(events, now):
    find_event_classes(now=now)
    before, classes = membership(), list(EventClass.objects.values())

    find_event_classes(now=now)

    assert membership() == before
    assert list(EventClass.objects.values()) == classes
    assert AuditEvent.objects.filter(action="classes_found").count() == 2


def test_a_class_keeps_its_number_and_name_when_an_event_joins_it(
    events, make_event, dispatcher, now
):
    find_event_classes(now=now)
    heating = class_among(events, "heating")
    name_class(event_class=heating, name="供暖不热", actor=dispatcher, now=now)
    new = make_event(text=f"滨河新村{CAUSES['heating']}")

    find_event_classes(now=now)

    assert class_of(new) == heating
    assert str(class_of(new)) == "供暖不热"


def test_what_a_person_took_out_stays_out_for_ever(events, dispatcher, now):
    find_event_classes(now=now)
    heating, odd = class_among(events, "heating"), events["heating", PLACES[1]]

    take_event_out(event_class=heating, event=odd, actor=dispatcher, now=now)
    taken_out = class_of(odd)
    find_event_classes(now=now)

    assert taken_out is None
    assert class_of(odd) is None
    assert class_among(events, "heating").event_count == 4


def test_what_a_person_added_stays_for_ever(events, dispatcher, now):
    find_event_classes(now=now)
    heating, odd = class_among(events, "heating"), events["wages", PLACES[1]]

    add_event_to_class(event_class=heating, event=odd, actor=dispatcher, now=now)
    find_event_classes(now=now)

    assert class_of(odd) == heating
    assert EventClassMember.objects.get(event=odd).basis == "person"
    assert class_among(events, "wages").event_count == 4


def test_undo_puts_an_event_back_and_frees_the_engine(events, dispatcher, now):
    find_event_classes(now=now)
    before = membership()
    heating, odd = class_among(events, "heating"), events["wages", PLACES[1]]
    decision = add_event_to_class(event_class=heating, event=odd, actor=dispatcher, now=now)

    undo_class_decision(decision=decision, actor=dispatcher, now=now)
    at_once = membership()
    find_event_classes(now=now)

    assert at_once == before
    assert membership() == before
    assert class_among(events, "wages").event_count == 5


def test_undo_gives_the_name_back(events, dispatcher, now):
    find_event_classes(now=now)
    heating = class_among(events, "heating")
    first = name_class(event_class=heating, name="供暖", actor=dispatcher, now=now)
    second = name_class(event_class=heating, name="暖气不热", actor=dispatcher, now=now)

    with pytest.raises(DecisionRefusedError):
        undo_class_decision(decision=first, actor=dispatcher, now=now)
    undo_class_decision(decision=second, actor=dispatcher, now=now)

    heating.refresh_from_db()
    assert heating.name == "供暖"
    with pytest.raises(DecisionRefusedError):
        undo_class_decision(decision=second, actor=dispatcher, now=now)


def test_decisions_that_change_nothing_are_refused(events, dispatcher, now):
    find_event_classes(now=now)
    heating, stalls = class_among(events, "heating"), class_among(events, "stalls")
    event = events["heating", PLACES[0]]

    with pytest.raises(DecisionRefusedError):
        add_event_to_class(event_class=heating, event=event, actor=dispatcher, now=now)
    with pytest.raises(DecisionRefusedError):
        take_event_out(event_class=stalls, event=event, actor=dispatcher, now=now)
    with pytest.raises(DecisionRefusedError):
        name_class(event_class=heating, name=" ", actor=dispatcher, now=now)
    assert not ClassDecision.objects.exists()


def test_every_decision_leaves_its_audit_event(events, dispatcher: User, now: datetime):
    find_event_classes(now=now)
    heating = class_among(events, "heating")
    decision = take_event_out(
        event_class=heating, event=events["heating", PLACES[0]], actor=dispatcher, now=now
    )
    undo_class_decision(decision=decision, actor=dispatcher, now=now)

    written = AuditEvent.objects.filter(object_type="event_class", object_id=str(heating.pk))
    assert list(written.order_by("id").values_list("action", flat=True)) == ["take_out", "undone"]


def test_a_class_without_events_goes_unless_a_person_spoke_of_it(events, dispatcher, now):
    find_event_classes(now=now)
    named, unnamed = class_among(events, "heating"), class_among(events, "stalls")
    name_class(event_class=named, name="供暖", actor=dispatcher, now=now)
    Event.objects.filter(class_member__event_class__in=[named, unnamed]).delete()

    find_event_classes(now=now)

    assert EventClass.objects.filter(pk=named.pk).exists()
    assert not EventClass.objects.filter(pk=unnamed.pk).exists()
    assert named not in classes_found()


def test_a_word_on_an_event_holds_for_the_event_it_is_merged_into(
    events, make_event, dispatcher, now
):
    find_event_classes(now=now)
    heating, odd = class_among(events, "heating"), events["wages", PLACES[1]]
    add_event_to_class(event_class=heating, event=odd, actor=dispatcher, now=now)
    large = make_event(size=4, text=f"{PLACES[1]}{CAUSES['wages']}")

    merge_events(events=[odd, large], actor=dispatcher, now=now)
    find_event_classes(now=now)

    assert class_of(large) == heating


def test_no_events_make_no_classes(db, now):
    assert find_event_classes(now=now).class_count == 0


def test_a_dissection_tells_places_months_and_what_looks_alike(events, make_event, now):
    decoy = make_event(text="工地拖欠砂石材料款，包工头跑了，商家要不到货款")
    find_event_classes(now=now)
    wages = class_among(events, "wages")

    details = class_details(wages.pk)

    assert sum(len(place.members) for place in details.by_place) == wages.event_count
    assert sum(began for _month, began, _expected in details.months) == wages.event_count
    assert len(details.months) == 12
    beside = {near.event_id for near in details.counter_examples}
    assert beside.isdisjoint(wages.members.values_list("event_id", flat=True))
    assert class_of(decoy) == wages or all(near.shared for near in details.counter_examples)


def test_classes_are_searched_by_name_and_words(events, dispatcher, now: datetime):
    find_event_classes(now=now + timedelta(days=1))
    heating = class_among(events, "heating")
    name_class(event_class=heating, name="冬天冷", actor=dispatcher, now=now)

    assert list(classes_found(search="冬天")) == [heating]
    assert list(classes_found(search="没有这样的词")) == []
