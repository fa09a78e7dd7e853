"""What people decide about events: merge, split, confirm, undo. The engine keeps to it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions.store_events import refresh_same_event
from civicloop.apps.issues.event_facts import describe_event, read_member_facts
from civicloop.apps.issues.models import (
    ClassDecision,
    DecisionKind,
    Event,
    EventClass,
    EventClassMember,
    EventConstraint,
    EventDecision,
    EventMember,
    HotIssue,
    MembershipBasis,
)

Pairs = Iterable[tuple[int, int]]


class DecisionRefusedError(ValueError):
    """The decision makes no sense as things stand; the message tells the person why."""


@transaction.atomic
def merge_events(*, events: Sequence[Event], actor: User, now: datetime) -> EventDecision:
    """Make one event of several; the largest keeps its number, title and address."""
    distinct = _locked({event.pk for event in events})
    if len(distinct) < 2:  # one is no merge
        raise DecisionRefusedError(_("Choose two different events to merge."))
    kept, *merged = sorted(distinct.values(), key=lambda event: (-event.appeal_count, event.pk))
    before = _memberships(distinct)
    anchor = min(member for member, event in before.items() if event == kept.pk)
    decision = _decide(DecisionKind.MERGE, before, kept, actor, now)
    moved = [member for member, event in before.items() if event != kept.pk]
    _keep(decision, ((anchor, member) for member in before if member != anchor), is_same=True)
    _move(moved, kept)
    _refresh(kept)
    decision.attached = _attached([event.pk for event in merged])
    decision.save(update_fields=["attached"])
    HotIssue.objects.filter(event__in=merged).update(event=kept)
    ClassDecision.objects.filter(event__in=merged).update(event=kept)
    Event.objects.filter(pk__in=[event.pk for event in merged]).delete()
    refresh_same_event(before)
    return decision


def _attached(event_ids: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """What hangs on events, so that an undo can hang it there again."""
    known = {"event__in": event_ids}
    places = EventClassMember.objects.filter(**known)
    return {
        "hot_issues": [
            dict(row) for row in HotIssue.objects.filter(**known).values("pk", "event_id")
        ],
        "class_decisions": [
            dict(row) for row in ClassDecision.objects.filter(**known).values("pk", "event_id")
        ],
        "classes": [
            dict(row) for row in places.values("event_id", "event_class_id", "basis", "closeness")
        ],
    }


def _attach(attached: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    for model, key in ((HotIssue, "hot_issues"), (ClassDecision, "class_decisions")):
        for row in attached.get(key, []):
            model.objects.filter(pk=row["pk"]).update(event_id=row["event_id"])
    for row in attached.get("classes", []):
        if EventClass.objects.filter(pk=row["event_class_id"]).exists():
            EventClassMember.objects.get_or_create(event_id=row["event_id"], defaults=row)


@transaction.atomic
def split_event(
    *, event: Event, appeals: Sequence[Appeal], actor: User, now: datetime
) -> EventDecision:
    """Make an event of its own of some members; one appeal alone then belongs to no event."""
    event = _locked({event.pk})[event.pk]
    before = _memberships([event.pk])
    chosen = {appeal.pk for appeal in appeals}
    if chosen - before.keys():
        raise DecisionRefusedError(
            _("Some of the chosen appeals are no longer in this event. Look at it again.")
        )
    leaving = sorted(chosen)
    staying = sorted(before.keys() - set(leaving))
    if not leaving or not staying:
        raise DecisionRefusedError(
            _("Choose some of the event's appeals, but not all of them, to split off.")
        )
    target = _new_event(leaving, event) if len(leaving) > 1 else None
    decision = _decide(DecisionKind.SPLIT, before, target, actor, now)
    _keep(decision, product(leaving, staying), is_same=False)
    _keep(decision, ((leaving[0], member) for member in leaving[1:]), is_same=True)
    if target is None:
        EventMember.objects.filter(appeal_id__in=leaving).delete()
    else:
        _move(leaving, target)
    if len(staying) > 1:
        _refresh(event)
    else:
        event.delete()
    refresh_same_event(before)
    return decision


@transaction.atomic
def confirm_event(*, event: Event, actor: User, now: datetime) -> EventDecision:
    """Hold an event's present members together, whatever the engine comes to think of them."""
    event = _locked({event.pk})[event.pk]
    before = _memberships([event.pk])
    if len(before) < 2:  # an event always has two
        raise DecisionRefusedError(_("There is nothing to confirm: the event has no appeals."))
    confirmed = EventDecision.objects.filter(kind=DecisionKind.CONFIRM, undone_at=None, event=event)
    if any(before.keys() == set(map(int, other.before)) for other in confirmed):
        raise DecisionRefusedError(_("These appeals are confirmed as one matter already."))
    decision = _decide(DecisionKind.CONFIRM, before, event, actor, now)
    anchor = min(before)
    _keep(decision, ((anchor, member) for member in before if member != anchor), is_same=True)
    _move(list(before), event)
    return decision


@transaction.atomic
def join_appeal(*, appeal: Appeal, other: Appeal, actor: User, now: datetime) -> EventDecision:
    """Say of an appeal that has just come in that it is the matter of another; undone, the engine says."""
    known = EventMember.objects.filter(appeal=other).first()
    if known is None:
        event = _described([other.pk, appeal.pk], terms=[])
        event.save()
        _move([other.pk, appeal.pk], event)
    else:
        event = _locked({known.event_id})[known.event_id]
        _move([appeal.pk], event)
        _refresh(event)
    before = {other.pk: event.pk, appeal.pk: event.pk}
    decision = _decide(DecisionKind.CONFIRM, before, event, actor, now)
    _keep(decision, [(other.pk, appeal.pk)], is_same=True)
    refresh_same_event(before)
    return decision


@transaction.atomic
def undo_decision(*, decision: EventDecision, actor: User, now: datetime) -> None:
    """Put every appeal back where it was before the decision, and forget its constraints."""
    decision = EventDecision.objects.select_for_update().get(pk=decision.pk)
    if decision.undone_at is not None:
        raise DecisionRefusedError(_("This decision is already undone."))
    before = {int(member): event for member, event in decision.before.items()}
    _refuse_if_decided_since(decision, before.keys())
    if decision.kind == DecisionKind.CONFIRM:
        _leave_to_engine(decision, before)
    else:
        _put_back(before)
        _attach(decision.attached)
        refresh_same_event(before)
    decision.undone_at = now
    decision.save(update_fields=["undone_at"])
    _record("undone", decision, actor, now)


def _leave_to_engine(decision: EventDecision, members: Iterable[int]) -> None:
    """Say of appeals that no other decision holds that the engine placed them."""
    others = EventConstraint.objects.filter(decision__undone_at=None).exclude(decision=decision)
    wanted = EventMember.objects.filter(appeal_id__in=list(members))
    for side in ("first_id", "second_id"):
        wanted = wanted.exclude(appeal_id__in=others.values(side))
    wanted.update(basis=MembershipBasis.ENGINE)


def _put_back(before: Mapping[int, int]) -> None:
    """Give every appeal the event it had; events that came of the decision are counted anew."""
    after = set(EventMember.objects.filter(appeal_id__in=before).values_list("event_id", flat=True))
    EventMember.objects.filter(appeal_id__in=before).delete()
    for event_id in sorted(set(before.values())):
        members = [member for member, event in before.items() if event == event_id]
        event = Event.objects.filter(pk=event_id).first()
        if event is None:
            event = _described(members, terms=[])
            event.pk = event_id
            event.save(force_insert=True)
        _move(members, event)
        _refresh(event)
    for event in Event.objects.filter(pk__in=after - set(before.values())):
        _refresh_or_delete(event)


def _locked(event_ids: set[int]) -> dict[int, Event]:
    """The events as they stand now, held until the decision is written."""
    events = Event.objects.select_for_update().filter(pk__in=event_ids).order_by("pk")
    found = {event.pk: event for event in events}
    if found.keys() != event_ids:
        raise DecisionRefusedError(
            _("One of these events is gone: somebody else has just merged or split it.")
        )
    return found


def _refuse_if_decided_since(decision: EventDecision, members: Iterable[int]) -> None:
    wanted = {str(member) for member in members}
    later = EventDecision.objects.filter(pk__gt=decision.pk, undone_at=None)
    if any(wanted & other.before.keys() for other in later):
        raise DecisionRefusedError(
            _("A later decision changed these appeals. Undo that one first.")
        )


def _memberships(event_ids: Iterable[int]) -> dict[int, int]:
    members = EventMember.objects.filter(event_id__in=list(event_ids))
    return dict(members.order_by("appeal_id").values_list("appeal_id", "event_id"))


def _decide(
    kind: DecisionKind, before: dict[int, int], event: Event | None, actor: User, now: datetime
) -> EventDecision:
    decision = EventDecision.objects.create(
        kind=kind, actor=actor, decided_at=now, before=before, event=event
    )
    _record(kind.value, decision, actor, now)
    return decision


def _record(action: str, decision: EventDecision, actor: User, now: datetime) -> None:
    event_ids = {*decision.before.values(), *([decision.event_id] if decision.event_id else [])}
    for event_id in sorted(event_ids):
        record_event(
            action=action,
            object_type="event",
            object_id=event_id,
            actor=actor,
            now=now,
            details={"decision": decision.pk, "appeals": list(decision.before)},
        )


def _keep(decision: EventDecision, pairs: Pairs, *, is_same: bool) -> None:
    EventConstraint.objects.bulk_create(
        [
            EventConstraint(decision=decision, first_id=first, second_id=second, is_same=is_same)
            for first, second in pairs
        ],
        batch_size=1_000,
    )


def _move(members: Sequence[int], event: Event) -> None:
    EventMember.objects.bulk_create(
        [
            EventMember(appeal_id=member, event=event, basis=MembershipBasis.PERSON)
            for member in members
        ],
        update_conflicts=True,
        unique_fields=["appeal"],
        update_fields=["event", "basis"],
    )


def _described(members: Sequence[int], *, terms: Sequence[str]) -> Event:
    facts = read_member_facts(members)
    return describe_event([facts[member] for member in sorted(facts)], terms)


def _new_event(members: Sequence[int], parent: Event) -> Event:
    facts = read_member_facts(members)
    texts = "\n".join(f"{fact.subject}\n{fact.text}" for fact in facts.values())
    event = _described(members, terms=[term for term in parent.terms if term in texts])
    event.save()
    return event


def _refresh(event: Event) -> None:
    """Count again; the title stays, people know the event by it."""
    described = _described(list(_memberships([event.pk])), terms=event.terms)
    described.pk = event.pk
    described.title = event.title
    described.save()


def _refresh_or_delete(event: Event) -> None:
    if event.members.count() > 1:
        _refresh(event)
    else:
        event.delete()
