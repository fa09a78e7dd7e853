"""Every step of a work order: checked against the table, written with its history and audit event."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.clocks.actions.several import keep_counted_clocks
from civicloop.apps.dispatch.actions.parties import end_parties
from civicloop.apps.dispatch.guards import broken_guard
from civicloop.apps.dispatch.models import CloseType, OrderParty, OrderState, OrderStep, WorkOrder
from civicloop.apps.dispatch.step import StaleOrderError, Step, StepRefusedError
from civicloop.apps.dispatch.timing import count_new_order, keep_time
from civicloop.apps.dispatch.transitions import TRANSITIONS, Transition
from civicloop.apps.intake.models import create_notes

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


class Move(NamedTuple):
    """A step that was taken, as the history keeps it."""

    step: Step
    before: str  # an OrderState; "" for the first
    after: str
    version: int


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
    _check_guards(order, step, transition)
    keep_time(order, step)
    _take(order, step, transition)
    _write(order, [Move(step, before, order.state, order.version)])
    if before == OrderState.CONSULTATION:
        order.consultations.filter(concluded_at=None).update(concluded_at=step.now)
    if order.state == OrderState.CLOSED:
        end_parties(order, now=step.now)
        _end_merged(order, step)
    return order


def _check_guards(order: WorkOrder, step: Step, transition: Transition) -> None:
    for guard in transition.guards:
        if words := broken_guard(guard, order, step.actor):
            raise StepRefusedError(words)


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
    return not why_not_take(order, name, actor)


def why_not_take(order: WorkOrder, name: str, actor: User | None) -> str:
    """Why state or role do not allow the step, or "" where they do."""
    return _refusal(order, TRANSITIONS[name], actor)


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


def _write(order: WorkOrder, moves: Sequence[Move]) -> None:
    steps = [
        OrderStep(
            order=order,
            version=move.version,
            name=move.step.name,
            from_state=move.before,
            to_state=move.after,
            at=move.step.now,
            actor=move.step.actor,
            unit_id=move.step.actor.unit_id if move.step.actor else None,
            reason=move.step.reason,
            note=move.step.note,
            details=dict(move.step.details),
        )
        for move in moves
    ]
    create_notes(steps)
    for move in moves:
        record_event(
            action=f"order_{move.step.name}",
            object_type="work_order",
            object_id=order.pk,
            actor=move.step.actor,
            now=move.step.now,
            details={"from": move.before, "to": move.after, "reason": move.step.reason},
        )


@transaction.atomic
def note_step(*, order: WorkOrder, step: Step) -> WorkOrder:
    """Write what happened to an order that a caller holds locked and whose state stays.

    The version grows, so whoever looked at the order before sees that something has changed.
    """
    keep_time(order, step)
    order.version += 1
    order.save()
    _write(order, [Move(step, order.state, order.state, order.version)])
    return order


@transaction.atomic(savepoint=False)
def open_order(
    *, order: WorkOrder, steps: Sequence[Step], parties: Sequence[OrderParty] = ()
) -> WorkOrder:
    """Keep a new order with its first step, and those that it takes in the same moment.

    The same table and guards as in `move_order`, but however many steps, the statements of one.
    The order and its parties are not saved yet; a step that is not in the table is only noted.

    Raises:
        StepRefusedError: the table does not allow one of the steps.
    """
    moves = [Move(steps[0], "", order.state, 1)]
    for version, step in enumerate(steps[1:], start=2):
        before = order.state
        if step.name in TRANSITIONS:
            _refuse_unless_allowed(order, step, TRANSITIONS[step.name])
            order.state = TRANSITIONS[step.name].target
        moves.append(Move(step, before, order.state, version))
    order.version = len(steps)
    opened = steps[0]
    clocks = count_new_order(order, parties, now=opened.now)
    order.save(force_insert=True)
    keep_counted_clocks(clocks=clocks, owner_id=order.pk, actor=opened.actor, now=opened.now)
    if parties:
        OrderParty.objects.bulk_create(parties)
    for step in steps:
        if step.name in TRANSITIONS:
            _check_guards(order, step, TRANSITIONS[step.name])
    _write(order, moves)
    return order
