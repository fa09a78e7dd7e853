"""Several orders about one matter become one that is handled; every citizen keeps an own order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.moving import (
    Step,
    StepRefusedError,
    lock_order,
    move_order,
    note_step,
    why_not_take,
)
from civicloop.apps.dispatch.actions.parties import release_parties
from civicloop.apps.dispatch.guards import broken_guard
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.dispatch.transitions import Guard


@transaction.atomic
def merge_orders(
    *,
    master_id: int,
    order_ids: Sequence[int],
    reason: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
    seen_joining: Mapping[int, int] | None = None,
) -> WorkOrder:
    """Merge orders into a main order; all of them or, where one may not be merged, none.

    What had been merged into one of them follows it. The main order's history says who joined.

    Raises:
        StepRefusedError: an order may not be merged, or the main order has ended or is merged.
        StaleOrderError: somebody has moved the main order, or one of `seen_joining`, since the
            actor saw it.
    """
    joining = [pk for pk in dict.fromkeys(order_ids) if pk != master_id]
    _lock_in_turn([master_id, *joining])
    master = lock_order(master_id, seen_version=seen_version)
    if master.state == OrderState.MERGED or master.is_ended:
        raise StepRefusedError(
            _("No. %(number)s is %(state)s and cannot be a main order.")
            % {"number": master.number, "state": master.get_state_display()}
        )
    if words := _why_not_join(master):
        raise StepRefusedError(words)
    if not joining:
        raise StepRefusedError(_("Choose at least one other order to merge."))

    def follow(order: WorkOrder) -> None:
        order.master = master
        order.merged_orders.update(master=master)
        release_parties(order, now=now)

    step = Step(name="merge", actor=actor, now=now, reason=reason, details={"master": master_id})
    seen = seen_joining or {}
    for order_id in joining:
        move_order(
            order_id=order_id, step=replace(step, seen_version=seen.get(order_id)), effect=follow
        )
    joined = Step(name="joined", actor=actor, now=now, details={"orders": [*joining]})
    return note_step(order=master, step=joined)


def why_not_merge(order: WorkOrder, *, master: WorkOrder, actor: User) -> str:
    """Why the order would not be merged into the main order, or "" where it would; changes nothing."""
    refusal = why_not_take(order, "merge", actor) or _why_not_join(master)
    if refusal:
        return refusal
    before, order.master = order.master, master
    refusal = broken_guard(Guard.ALONE_IN_KIND, order, actor)
    order.master = before
    return refusal


def _why_not_join(master: WorkOrder) -> str:
    if not master.answers.filter(round=master.round).exists():
        return ""
    words = _("No. %(number)s has been answered already: whoever joined now would not be told.")
    return words % {"number": master.number}


def _lock_in_turn(order_ids: Sequence[int]) -> None:
    """Hold all the orders, the oldest first: two who merge crosswise wait and do not block."""
    held = WorkOrder.objects.filter(pk__in=order_ids).order_by("pk")
    list(held.select_for_update(of=("self",)).values_list("pk", flat=True))


@transaction.atomic
def part_order(
    *, order_id: int, reason: str, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """Take an order out of its main order; it waits for dispatch on its own."""

    def stand_alone(order: WorkOrder) -> None:
        order.master = None

    step = Step(name="part", actor=actor, now=now, note=reason, seen_version=seen_version)
    return move_order(order_id=order_id, step=step, effect=stand_alone)
