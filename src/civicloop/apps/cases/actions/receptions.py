"""The roster of leaders' reception days: planned, published, swapped with notice, held."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.cases.actions.records import (
    CaseRefusedError,
    StaleCaseError,
    changes_of,
)
from civicloop.apps.cases.models import (
    PetitionCase,
    Reception,
    ReceptionCase,
    ReceptionState,
    ReceptionSwap,
)
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.places.models import Area

DAYS_OF_NOTICE = 5  # usual practice; a swap asked for later is allowed and marked


@transaction.atomic
def plan_reception(
    *, leader: User, area: Area, day: date, place: str, actor: User, now: datetime
) -> Reception:
    """Put a leader on the roster.

    Raises:
        CaseRefusedError: the day is past, or the leader receives on that day already.
    """
    if day < timezone.localdate(now):
        raise CaseRefusedError(_("The day is past."))
    _refuse_taken(leader, day)
    reception = Reception.objects.create(
        area=area, day=day, place=place, planned_leader=leader, leader=leader
    )
    _record("reception_planned", reception, actor, now, leader=leader.pk)
    return reception


@transaction.atomic
def swap_reception(
    *,
    reception_id: int,
    to_leader: User,
    reason: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> ReceptionSwap:
    """Another leader takes the day; less than five days before, the swap is marked as late.

    Raises:
        CaseRefusedError: the day is over or cancelled, no reason, or the other leader is taken.
        StaleCaseError: somebody has changed it since the actor looked.
    """
    reception = _planned(reception_id, seen_version)
    if not reason.strip():
        raise CaseRefusedError(_("Say why the day is swapped."))
    _refuse_taken(to_leader, reception.day)
    swap = ReceptionSwap.objects.create(
        reception=reception,
        from_leader=reception.leader,
        to_leader=to_leader,
        reason=reason,
        at=now,
        actor=actor,
        is_late=reception.day - timezone.localdate(now) < timedelta(days=DAYS_OF_NOTICE),
    )
    reception.leader = to_leader
    reception.save(update_fields=["leader"])
    _record("reception_swapped", reception, actor, now, to=to_leader.pk, late=swap.is_late)
    return swap


@transaction.atomic
def hold_reception(
    *, reception_id: int, note: str, actor: User, now: datetime, seen_version: int | None = None
) -> Reception:
    """The leader received on the day.

    Raises:
        CaseRefusedError: the day has not come, or it is over or cancelled.
    """
    reception = _planned(reception_id, seen_version)
    if reception.day > timezone.localdate(now):
        raise CaseRefusedError(_("The day has not come yet."))
    reception.state, reception.note = ReceptionState.HELD, note
    reception.save(update_fields=["state", "note"])
    _record("reception_held", reception, actor, now)
    return reception


@transaction.atomic
def cancel_reception(
    *, reception_id: int, reason: str, actor: User, now: datetime, seen_version: int | None = None
) -> Reception:
    """The day does not take place, with a reason that stays on the roster."""
    reception = _planned(reception_id, seen_version)
    if not reason.strip():
        raise CaseRefusedError(_("Say why the day is cancelled."))
    reception.state, reception.note = ReceptionState.CANCELLED, reason
    reception.save(update_fields=["state", "note"])
    _record("reception_cancelled", reception, actor, now)
    return reception


@transaction.atomic
def hear_case(
    *,
    reception_id: int,
    instruction: str,
    actor: User,
    now: datetime,
    order: WorkOrder | None = None,
    petition: PetitionCase | None = None,
    is_taken_over: bool = False,
    seen_version: int | None = None,
) -> ReceptionCase:
    """Keep a matter heard; a petition the leader takes over is followed by the leader to its end.

    Raises:
        CaseRefusedError: the day was cancelled, neither or both are named, the matter was heard on
            that day already, or the leader is recused.
    """
    reception = _locked(reception_id, seen_version)
    if reception.state == ReceptionState.CANCELLED:
        raise CaseRefusedError(_("The day was cancelled."))
    if (order is None) == (petition is None):
        raise CaseRefusedError(_("Name one work order or one petition."))
    if reception.cases.filter(order=order, petition=petition).exists():
        raise CaseRefusedError(_("The matter was heard on that day already."))
    if petition and petition.recusals.filter(user=reception.leader).exists():
        raise CaseRefusedError(_("The leader is recused from this petition."))
    case = ReceptionCase.objects.create(
        reception=reception,
        order=order,
        petition=petition,
        instruction=instruction,
        is_taken_over=is_taken_over,
    )
    if petition and is_taken_over:
        petition.package_leader = reception.leader
        petition.save(update_fields=["package_leader"])
    _record("reception_case", reception, actor, now, case=case.pk)
    return case


def _locked(reception_id: int, seen_version: int | None) -> Reception:
    """The day, held until the transaction ends, as the actor saw it."""
    reception = Reception.objects.select_for_update().get(pk=reception_id)
    if seen_version is not None and changes_of(reception) != seen_version:
        raise StaleCaseError(str(reception))
    return reception


def _planned(reception_id: int, seen_version: int | None) -> Reception:
    reception = _locked(reception_id, seen_version)
    if reception.state != ReceptionState.PLANNED:
        raise CaseRefusedError(
            _("The day is %(state)s.") % {"state": reception.get_state_display()}
        )
    return reception


def _refuse_taken(leader: User, day: date) -> None:
    there = Reception.objects.filter(leader=leader, day=day)
    if there.exclude(state=ReceptionState.CANCELLED).exists():
        raise CaseRefusedError(_("The leader receives on that day already."))


def _record(action: str, reception: Reception, actor: User, now: datetime, **details: Json) -> None:
    record_event(
        action=action,
        object_type="reception",
        object_id=reception.pk,
        actor=actor,
        now=now,
        details=details,
    )
