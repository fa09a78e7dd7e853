"""A person says that one order is a complex matter, or one of water, power, gas or heat, or neither.

Else the topic says it. Which cases have a limit of their own is the city's to say: its preset.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.clocks.actions import change_limit, record_caller_told
from civicloop.apps.clocks.models import Clock, ClockBasis
from civicloop.apps.clocks.presets import knows_case
from civicloop.apps.dispatch.actions.handling import refuse_unless_in
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, note_step
from civicloop.apps.dispatch.models import OrderLimitCase, WorkOrder
from civicloop.apps.dispatch.queries.order_clocks import handling_clock
from civicloop.apps.dispatch.timing import limit_of_handling, take_due_times
from civicloop.apps.dispatch.transitions import AT_UNIT, BEFORE_DISPATCH

OPEN_TO_IT = BEFORE_DISPATCH | AT_UNIT


def cases_to_choose() -> list[OrderLimitCase]:
    """The cases in which the city gives a matter another limit, and the usual one; none where it has none."""
    preset = settings.CLOCK_PRESET
    own = [case for case in OrderLimitCase if knows_case(preset, case)]
    return [*own, OrderLimitCase.USUAL] if own else []


@transaction.atomic
def choose_limit_case(
    *,
    order_id: int,
    case: OrderLimitCase,
    reason: str,
    is_caller_told: bool,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Give one order the limit of its case, whatever its topic says.

    Before dispatch the units will have that limit; where they have the order already it counts from when they
    got it, and time granted for the limit before ends with it.

    Raises:
        StepRefusedError: the limit stays the same, has run out or would have, or rests on a statute; more time
            is not explained to the citizen; no reason is given.
        StaleOrderError: somebody else has moved the order.
    """
    order = lock_order(order_id, seen_version=seen_version)
    if not may(actor, Action.DISPATCH_ORDERS):
        raise StepRefusedError(_("Your role may not take this step."))
    refuse_unless_in(order, OPEN_TO_IT)
    if not reason.strip():
        raise StepRefusedError(_("Say why: this step needs a reason."))
    before = limit_of_handling(order)
    order.limit_case = case
    if case not in cases_to_choose() or limit_of_handling(order) == before:
        raise StepRefusedError(_("The order would have the same limit as now."))
    if order.state in AT_UNIT:
        _count_anew(order, actor, now, is_caller_told=is_caller_told)
    note = f"{case.label} · {reason.strip()}"
    step = Step(name="limit_case", actor=actor, now=now, note=note, details={"case": case})
    return note_step(order=order, step=step)


def _count_anew(order: WorkOrder, actor: User, now: datetime, *, is_caller_told: bool) -> None:
    limit = limit_of_handling(order)
    if limit is None:
        raise StepRefusedError(_("The order would have the same limit as now."))
    for clock in _running(order):
        _refuse_unless_running(clock, now)
        changed = change_limit(clock=clock, chosen=limit, actor=actor, now=now)
        if changed.due_at is not None and changed.due_at <= now:
            raise StepRefusedError(_("By that limit the time would be over already."))
        if _is_later(changed.due_at, clock.due_at) and not is_caller_told:
            raise StepRefusedError(_("Explain the delay to the citizen first, and say so here."))
        if is_caller_told:
            record_caller_told(clock=changed, actor=actor, now=now)
    take_due_times(order)


def _running(order: WorkOrder) -> Iterator[Clock]:
    for party in order.parties.filter(is_open=True).order_by("-role", "pk"):
        if clock := handling_clock(party):
            yield clock


def _refuse_unless_running(clock: Clock, now: datetime) -> None:
    if clock.limit_basis == ClockBasis.STATUTE:
        raise StepRefusedError(
            _("The limit rests on a statute: the city's limits do not change it.")
        )
    if clock.due_at is not None and now > clock.due_at:
        raise StepRefusedError(_("The time is over: its case must be said before."))


def _is_later(end: datetime | None, before: datetime | None) -> bool:
    return end is None or (before is not None and end > before)
