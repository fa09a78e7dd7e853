"""The centre lets an order rest (挂起) for a listed cause, with evidence, and lets it go on."""

from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.clocks.models import PauseReason
from civicloop.apps.dispatch.actions.moving import Step, move_order
from civicloop.apps.dispatch.models import WorkOrder


@transaction.atomic
def suspend_order(
    *,
    order_id: int,
    cause: PauseReason,
    evidence: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Let the order rest; the step's reason is the cause and its note the evidence.

    Raises:
        StepRefusedError: no evidence, or the order is not being handled.
        StaleOrderError: somebody else has changed the order.
    """
    step = Step(
        name="suspend",
        actor=actor,
        now=now,
        seen_version=seen_version,
        reason=cause,
        note=evidence,
    )
    return move_order(order_id=order_id, step=step)


@transaction.atomic
def resume_order(
    *,
    order_id: int,
    note: str = "",
    actor: User | None,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """The cause is gone; the order is handled on."""
    step = Step(name="resume", actor=actor, now=now, seen_version=seen_version, note=note)
    return move_order(order_id=order_id, step=step)
