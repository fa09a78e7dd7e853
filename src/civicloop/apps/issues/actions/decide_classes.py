"""What people decide about classes: name, take out, add, undo. The engine keeps to it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.issues.actions.decide import DecisionRefusedError
from civicloop.apps.issues.class_facts import add_up, read_event_facts
from civicloop.apps.issues.models import (
    ClassDecision,
    ClassDecisionKind,
    Event,
    EventClass,
    EventClassMember,
    MembershipBasis,
)


@transaction.atomic
def name_class(*, event_class: EventClass, name: str, actor: User, now: datetime) -> ClassDecision:
    """Give a class the name that people know it by; an empty one leaves it to its words."""
    event_class = _locked(event_class.pk)
    name = name.strip()
    if name == event_class.name:
        raise DecisionRefusedError(_("The class has this name already."))
    decision = _decide(ClassDecisionKind.NAME, event_class, None, event_class.name, actor, now)
    event_class.name = name
    event_class.save(update_fields=["name"])
    return decision


@transaction.atomic
def take_event_out(
    *, event_class: EventClass, event: Event, actor: User, now: datetime
) -> ClassDecision:
    """Say that an event is of another cause; the engine never puts it back."""
    event_class = _locked(event_class.pk)
    member = EventClassMember.objects.filter(event=event, event_class=event_class).first()
    if member is None:
        raise DecisionRefusedError(_("This event is not of this class."))
    decision = _decide(ClassDecisionKind.TAKE_OUT, event_class, event, event_class.pk, actor, now)
    member.delete()
    _count_again(event_class)
    return decision


@transaction.atomic
def add_event_to_class(
    *, event_class: EventClass, event: Event, actor: User, now: datetime
) -> ClassDecision:
    """Say that an event is of this cause; the engine never takes it away."""
    event_class = _locked(event_class.pk)
    before = _class_id_of(event)
    if before == event_class.pk:
        raise DecisionRefusedError(_("This event is of this class already."))
    decision = _decide(ClassDecisionKind.ADD, event_class, event, before, actor, now)
    _put(event, event_class.pk, MembershipBasis.PERSON)
    _count_again(event_class)
    if before is not None:
        _count_again(_locked(before))
    return decision


@transaction.atomic
def undo_class_decision(*, decision: ClassDecision, actor: User, now: datetime) -> None:
    """Take a decision back: the name, or the event's class, is what it was before."""
    decision = ClassDecision.objects.select_for_update().get(pk=decision.pk)
    if decision.undone_at is not None:
        raise DecisionRefusedError(_("This decision is already undone."))
    later = ClassDecision.objects.filter(pk__gt=decision.pk, undone_at=None)
    event_class = _locked(decision.event_class_id)
    if decision.event is None:
        _refuse_if_any(later.filter(kind=ClassDecisionKind.NAME, event_class=event_class))
        event_class.name = str(decision.before)
        event_class.save(update_fields=["name"])
    else:
        _refuse_if_any(later.filter(event=decision.event))
        touched = [
            _class_id_of(decision.event),
            _put_back(decision, decision.event),
            event_class.pk,
        ]
        known = {class_id for class_id in touched if class_id is not None}
        for other in EventClass.objects.select_for_update().filter(pk__in=known).order_by("pk"):
            _count_again(other)
    decision.undone_at = now
    decision.save(update_fields=["undone_at"])
    _record("undone", decision, actor, now)


def _refuse_if_any(later: QuerySet[ClassDecision]) -> None:
    if later.exists():
        raise DecisionRefusedError(_("A later decision changed the same. Undo that one first."))


def _locked(class_id: int) -> EventClass:
    found = EventClass.objects.select_for_update().filter(pk=class_id).first()
    if found is None:
        raise DecisionRefusedError(_("This class is gone: its events are now of other classes."))
    return found


def _class_id_of(event: Event) -> int | None:
    members = EventClassMember.objects.filter(event=event)
    return members.values_list("event_class_id", flat=True).first()


def _put(event: Event, class_id: int, basis: MembershipBasis) -> None:
    EventClassMember.objects.filter(event=event).delete()
    EventClassMember.objects.create(event=event, event_class_id=class_id, basis=basis)


def _put_back(decision: ClassDecision, event: Event) -> int | None:
    """Give an event the class it had before a decision, if that class is still there."""
    before = EventClass.objects.filter(pk=decision.before or 0).first()
    if before is None:
        EventClassMember.objects.filter(event=event).delete()
        return None
    added = ClassDecision.objects.filter(
        kind=ClassDecisionKind.ADD, event=event, event_class=before, undone_at=None
    )
    is_persons = added.exclude(pk=decision.pk).exists()
    _put(event, before.pk, MembershipBasis.PERSON if is_persons else MembershipBasis.ENGINE)
    return before.pk


def _count_again(event_class: EventClass) -> None:
    events = event_class.members.values_list("event_id", flat=True)
    counted = add_up(list(read_event_facts(events).values()))
    event_class.event_count, event_class.appeal_count = counted.event_count, counted.appeal_count
    event_class.people_count, event_class.place_count = counted.people_count, counted.place_count
    event_class.first_at, event_class.last_at = counted.first_at, counted.last_at
    event_class.topic_id, event_class.topic_share = counted.topic_id, counted.topic_share
    event_class.save()


def _decide(
    kind: ClassDecisionKind,
    event_class: EventClass,
    event: Event | None,
    before: str | int | None,
    actor: User,
    now: datetime,
) -> ClassDecision:
    decision = ClassDecision.objects.create(
        kind=kind,
        event_class=event_class,
        event=event,
        before=before,
        actor=actor,
        decided_at=now,
    )
    _record(kind.value, decision, actor, now)
    return decision


def _record(action: str, decision: ClassDecision, actor: User, now: datetime) -> None:
    details: dict[str, Json] = {"decision": decision.pk, "before": decision.before}
    if decision.event_id is not None:
        details["event"] = decision.event_id
    record_event(
        action=action,
        object_type="event_class",
        object_id=decision.event_class_id,
        actor=actor,
        now=now,
        details=details,
    )
