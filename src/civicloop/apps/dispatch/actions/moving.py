"""Every step of a work order: checked against the table, written with its history and audit event."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.dispatch.actions.parties import end_parties
from civicloop.apps.dispatch.guards import broken_guard
from civicloop.apps.dispatch.models import CloseType, OrderState, OrderStep, WorkOrder
from civicloop.apps.dispatch.step import StaleOrderError, Step, StepRefusedError
from civicloop.apps.dispatch.timing import keep_time
from civicloop.apps.dispatch.transitions import TRANSITIONS, Transition

__all__ = [
    "StaleOrderError",
    "Step",
    "StepRefusedError",
    "lock_order",
    "may_take",
    "move_order",
    "note_step",
    "open_order",
]

Effect = Callable[[WorkOrder], None]


@transaction.atomic
def move_order(*, order_id: int, step: Step, effect: Effect | None = None) -> WorkOrder:
    """Take one step, or raise; `effect` changes the locked order before its guards are asked.

    Raises:
        StaleOrderError: the order is not at the version that the actor saw.
        StepRefusedError: the table does not allow the step here and now.
    """
    order = lock_order(order_id, seen_version=step.seen_version)
    transition = TRANSITIONS[step.name]
    _refuse_unless_allowed(order, step, transition)
    before = OrderState(order.state)
    if effect:
        effect(order)
    for guard in transition.guards:
        if words := broken_guard(guard, order, step.actor):
            raise StepRefusedError(words)
    keep_time(order, step)
    _take(order, step, transition)
    _write(order, step, before)
    if order.state == OrderState.CLOSED:
        end_parties(order, now=step.now)
        _end_merged(order, step)
    return order


def _end_merged(master: WorkOrder, step: Step) -> None:
    """Whoever is merged into an order that ends was answered with it, or is an order of its own again."""
    merged = list(master.merged_orders.filter(state=OrderState.MERGED).order_by("pk"))
    if master.answers.filter(round=master.round).exists():
        ended = Step(
            name="end_with_master", actor=None, now=step.now, close_type=CloseType.WITH_MASTER
        )
        for order in merged:
            move_order(order_id=order.pk, step=ended)
    elif merged:
        _part_first(merged, step)


def _part_first(merged: Sequence[WorkOrder], step: Step) -> None:
    first, others = merged[0], merged[1:]

    def stand_alone(order: WorkOrder) -> None:
        order.master = None

    parted = Step(name="part", actor=None, now=step.now, reason="master_unanswered")
    new_master = move_order(order_id=first.pk, step=parted, effect=stand_alone)
    WorkOrder.objects.filter(pk__in=[order.pk for order in others]).update(master=new_master)


def lock_order(order_id: int, *, seen_version: int | None = None) -> WorkOrder:
    """The order, held until the transaction ends; raises StaleOrderError for an older version."""
    order = WorkOrder.objects.select_for_update(of=("self",)).select_related("appeal")
    locked = order.get(pk=order_id)
    if seen_version is not None and locked.version != seen_version:
        since = locked.steps.filter(version__gt=seen_version).select_related("actor", "unit")
        raise StaleOrderError(locked, list(since))
    return locked


def may_take(order: WorkOrder, name: str, actor: User | None) -> bool:
    """Whether state and role allow the step; guards are asked when it is taken."""
    return not _refusal(order, TRANSITIONS[name], actor)


def _refuse_unless_allowed(order: WorkOrder, step: Step, transition: Transition) -> None:
    if words := _refusal(order, transition, step.actor):
        raise StepRefusedError(words)
    if transition.asks_reason and not (step.reason or step.note.strip()):
        raise StepRefusedError(_("Say why: this step needs a reason."))


def _refusal(order: WorkOrder, transition: Transition, actor: User | None) -> str:
    if order.state not in transition.sources:
        return _("The order is %(state)s; this step starts from: %(sources)s.") % {
            "state": order.get_state_display(),
            "sources": ", ".join(sorted(str(source.label) for source in transition.sources)),
        }
    if actor is None:
        return "" if transition.by_platform else _("A person must take this step.")
    if not actor.is_active or actor.role not in transition.actors:
        return _("Your role may not take this step.")
    return ""


def _take(order: WorkOrder, step: Step, transition: Transition) -> None:
    order.state = transition.target
    order.version += 1
    if transition.target == OrderState.CLOSED:
        order.closed_at = step.now
        order.close_type = step.close_type or ""
    elif transition.target != OrderState.ARCHIVED:
        order.closed_at, order.close_type = None, ""
    order.save()


def _write(order: WorkOrder, step: Step, before: OrderState | None) -> None:
    OrderStep.objects.create(
        order=order,
        version=order.version,
        name=step.name,
        from_state=before or "",
        to_state=order.state,
        at=step.now,
        actor=step.actor,
        unit_id=step.actor.unit_id if step.actor else None,
        reason=step.reason,
        note=step.note,
        details=dict(step.details),
    )
    record_event(
        action=f"order_{step.name}",
        object_type="work_order",
        object_id=order.pk,
        actor=step.actor,
        now=step.now,
        details={"from": before or "", "to": order.state, "reason": step.reason},
    )


@transaction.atomic
def note_step(*, order: WorkOrder, step: Step) -> WorkOrder:
    """Write what happened to an order that a caller holds locked and whose state stays.

    The version grows, so whoever looked at the order before sees that something has changed.
    """
    keep_time(order, step)
    order.version += 1
    order.save()
    _write(order, step, OrderState(order.state))
    return order


@transaction.atomic(savepoint=False)
def open_order(*, order: WorkOrder, step: Step) -> WorkOrder:
    """Keep a new order with its first step; `order` is not saved yet."""
    order.version = 1
    order.save()
    keep_time(order, step)
    order.save(update_fields=["due_at"])
    _write(order, step, None)
    return order
