"""What a dispatcher does on the board, one order or many at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.dispatch.actions.batches import (
    TIME_TO_UNDO,
    PlanRefusedError,
    is_going_out,
)
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.moving import (
    StaleOrderError,
    Step,
    StepRefusedError,
    lock_order,
    may_take,
    move_order,
    note_step,
)
from civicloop.apps.dispatch.models import (
    BatchState,
    DispatchBasis,
    DispatchItem,
    DispatchPlan,
    OrderPutOff,
    OrderState,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.board import UnitChoice
from civicloop.apps.jobs.actions import enqueue, note_progress
from civicloop.apps.jobs.declaring import job
from civicloop.apps.places.models import Unit

WAITING = (OrderState.TRIAGE, OrderState.OBJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What accepting a suggestion would do with one order; `refusal` says why nothing, or ""."""

    order: WorkOrder
    choice: UnitChoice | None
    refusal: str

    @property
    def lacks_place(self) -> bool:
        """Whether the unit is told neither area nor address."""
        return not (self.order.area_id or self.order.appeal.address)


def outlook(order: WorkOrder, choices: Sequence[UnitChoice], place: int, actor: User) -> Outlook:
    """The dry run of one order: `place` counts the suggestions from 0."""
    choice = choices[place] if place < len(choices) else None
    if not may_take(order, "dispatch", actor):
        refusal = _("It is %(state)s and cannot be dispatched.") % {
            "state": order.get_state_display()
        }
    elif choice is None:
        refusal = _("No unit is suggested: choose one by hand.")
    else:
        refusal = ""
    return Outlook(order=order, choice=choice, refusal=refusal)


def units_of(outlooks: Sequence[Outlook]) -> Counter[str]:
    """How many orders would go to each unit, by its name."""
    return Counter(one.choice.name for one in outlooks if one.choice and not one.refusal)


def _in_turn(going: Sequence[Outlook]) -> list[Outlook]:
    """The oldest order first: two who chose the same ones in other rows wait and do not block."""
    return sorted(going, key=lambda one: one.order.pk)


@transaction.atomic
def plan_dispatch(*, outlooks: Sequence[Outlook], actor: User, now: datetime) -> DispatchPlan:
    """Let orders go out after the time to undo it has passed.

    Raises:
        PlanRefusedError: no order can go, or somebody else is about to dispatch one of them.
        StaleOrderError: somebody has moved one since the actor saw it.
    """
    going = [one for one in outlooks if one.choice and not one.refusal]
    if not going:
        raise PlanRefusedError(_("None of the chosen orders can go out."))
    for one in _in_turn(going):
        lock_order(one.order.pk, seen_version=one.order.version)
    _refuse_planned([one.order.pk for one in going], now)
    plan = DispatchPlan.objects.create(
        planned_by=actor, planned_at=now, goes_out_at=now + TIME_TO_UNDO
    )
    codes = {one.choice.code for one in going if one.choice}
    units = Unit.objects.in_bulk(list(codes), field_name="code")
    DispatchItem.objects.bulk_create(
        DispatchItem(
            plan=plan,
            order=one.order,
            order_version=one.order.version,
            lead=units[one.choice.code],
            assisting=list(one.choice.assisting),
        )
        for one in going
        if one.choice
    )
    _record("dispatch_planned", plan, actor, now, len(going))
    enqueue(send_dispatch, plan.pk, now=now, after=TIME_TO_UNDO)
    return plan


def _refuse_planned(order_ids: Sequence[int], now: datetime) -> None:
    planned = DispatchItem.objects.filter(order__in=order_ids, plan__state=BatchState.SCHEDULED)
    other = planned.select_related("plan__planned_by", "order").first()
    if other is None:
        return
    seconds = round((now - other.plan.planned_at).total_seconds())
    raise PlanRefusedError(
        _("%(person)s gave No. %(number)s to a unit %(seconds)s s ago.")
        % {
            "person": other.plan.planned_by.get_full_name() or other.plan.planned_by.username,
            "number": other.order.number,
            "seconds": max(seconds, 0),
        }
    )


@transaction.atomic
def undo_dispatch(*, plan_id: int, actor: User, now: datetime) -> DispatchPlan:
    """Stop a plan of which nothing has gone out; its orders wait again.

    Raises:
        PlanRefusedError: it has gone out or begun to, was undone, or is another's or nobody's.
    """
    plan = DispatchPlan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None or plan.planned_by_id != actor.pk:
        raise PlanRefusedError(_("Only who planned it may undo it."))
    if plan.state != BatchState.SCHEDULED:
        raise PlanRefusedError(_("The plan is %(state)s.") % {"state": plan.get_state_display()})
    if gone := plan.items.exclude(is_sent=False, outcome="").count():
        raise PlanRefusedError(is_going_out(gone, plan.items.count()))
    plan.state = BatchState.UNDONE
    plan.save(update_fields=["state"])
    _record("dispatch_undone", plan, actor, now, plan.items.count())
    return plan


@job(is_atomic=False)
def send_dispatch(now: datetime, plan_id: int) -> None:
    """Send a plan's orders, each in a transaction of its own; begun again, it goes on."""
    plan = DispatchPlan.objects.select_related("planned_by").get(pk=plan_id)
    if plan.state != BatchState.SCHEDULED:
        return
    waiting = plan.items.filter(is_sent=False, outcome="").order_by("pk")
    for item_id in waiting.values_list("pk", flat=True):
        if not _send_one(plan, item_id, now):
            return
    with transaction.atomic():
        held = DispatchPlan.objects.select_for_update().get(pk=plan_id)
        if held.state == BatchState.SCHEDULED:
            held.state, held.sent_at = BatchState.SENT, now
            held.save(update_fields=["state", "sent_at"])
            _record("dispatch_sent", held, plan.planned_by, now, held.items.count())


@transaction.atomic
def _send_one(plan: DispatchPlan, item_id: int, now: datetime) -> bool:
    """Whether the plan still goes: it may be undone before the first of its orders."""
    held = DispatchPlan.objects.select_for_update().get(pk=plan.pk)
    if held.state != BatchState.SCHEDULED:
        return False
    item = DispatchItem.objects.select_related("order", "lead").get(pk=item_id)
    assisting = Unit.objects.in_bulk(item.assisting, field_name="code")
    try:
        with transaction.atomic():
            dispatch_order(
                order_id=item.order_id,
                lead=item.lead,
                assisting=list(assisting.values()),
                basis=DispatchBasis.PERSON,
                routing=item.order.routing,
                actor=plan.planned_by,
                now=now,
                seen_version=item.order_version,
            )
        item.is_sent = True
    except (StepRefusedError, StaleOrderError) as refusal:
        item.outcome = str(refusal)[:300]
    item.save(update_fields=["is_sent", "outcome"])
    note_progress()
    return True


@transaction.atomic
def put_off(
    *, order_id: int, until_at: datetime, actor: User, now: datetime, seen_version: int | None
) -> WorkOrder:
    """Look at an order later; its clock runs on.

    Raises:
        StepRefusedError: it does not wait for a dispatcher, or the time has passed.
        StaleOrderError: somebody has moved it.
    """
    order = lock_order(order_id, seen_version=seen_version)
    if order.state not in WAITING:
        raise StepRefusedError(_("It does not wait for a dispatcher."))
    if until_at <= now:
        raise StepRefusedError(_("Choose a time to come."))
    OrderPutOff.objects.update_or_create(
        order=order, defaults={"until_at": until_at, "put_off_by": actor, "put_off_at": now}
    )
    details = {"until": until_at.isoformat()}
    return note_step(order=order, step=Step(name="put_off", actor=actor, now=now, details=details))


@transaction.atomic
def bring_back(*, order_id: int, actor: User, now: datetime, seen_version: int | None) -> WorkOrder:
    """Look at an order now after all."""
    order = lock_order(order_id, seen_version=seen_version)
    OrderPutOff.objects.filter(order=order).delete()
    return note_step(order=order, step=Step(name="bring_back", actor=actor, now=now))


@transaction.atomic
def return_to_desk(
    *, order_id: int, note: str, actor: User, now: datetime, seen_version: int | None
) -> WorkOrder:
    """Something is missing: an operator asks the citizen.

    Raises:
        StepRefusedError: it is not said what, or the order is past dispatch.
        StaleOrderError: somebody has moved it.
    """
    step = Step(name="ask_for_more", actor=actor, now=now, seen_version=seen_version, note=note)
    return move_order(order_id=order_id, step=step)


def _record(action: str, plan: DispatchPlan, actor: User, now: datetime, orders: int) -> None:
    record_event(
        action=action,
        object_type="dispatch_plan",
        object_id=plan.pk,
        actor=actor,
        now=now,
        details={"orders": orders},
    )
