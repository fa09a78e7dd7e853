"""Another limit for an order's handling: a leader's, which may only shorten, or a statute's."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.clocks.actions import record_caller_told, replace_limit, shorten_clock
from civicloop.apps.clocks.actions.recounting import Recounted
from civicloop.apps.clocks.limits import SourcedLimit, limit_from_json
from civicloop.apps.clocks.models import Clock, ClockBasis
from civicloop.apps.clocks.presets import statutes_of_orders
from civicloop.apps.clocks.wording import word_count
from civicloop.apps.dispatch.actions.handling import refuse_unless_in
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, note_step
from civicloop.apps.dispatch.actions.parties import SHEET_OWNER
from civicloop.apps.dispatch.models import PartyRole, SupervisionSheet, WorkOrder
from civicloop.apps.dispatch.queries.order_clocks import handling_clock
from civicloop.apps.dispatch.timing import OWNER, take_due_times
from civicloop.apps.dispatch.transitions import AT_UNIT
from civicloop.engines.clocks import (
    InvalidLimitError,
    LeaderMayOnlyShortenError,
    Limit,
    MissingCalendarYearError,
    StartRule,
    TimeUnit,
)


class LimitUnit(models.TextChoices):
    """What a leader or a statute counts in."""

    HOUR = TimeUnit.HOUR, gettext_lazy("hours")
    WORKING_DAY = TimeUnit.WORKING_DAY, gettext_lazy("working days")
    CALENDAR_DAY = TimeUnit.CALENDAR_DAY, gettext_lazy("days")


@transaction.atomic
def shorten_time(
    *,
    order_id: int,
    n: int,
    unit: LimitUnit,
    leader: str,
    reason: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Put a leader's instruction on the lead unit's time; it counts from now.

    An assisting unit whose time would end later has no longer than its lead.

    Raises:
        StepRefusedError: it would end no earlier, no leader is named, or no unit handles the order.
        StaleOrderError: somebody else has moved the order.
    """
    order, clock = _held(order_id, actor, seen_version)
    if not leader.strip() or not reason.strip():
        raise StepRefusedError(_("Name the leader, and say what was instructed."))
    shortened = partial(shorten_clock, leader=leader, given_at=now, actor=actor, now=now)
    try:
        shortened(clock=clock, limit=_limit(clock, n, unit))
        for other in _clocks_of_assisting(order):
            with suppress(LeaderMayOnlyShortenError):  # it ends earlier already
                shortened(clock=other, limit=_limit(other, n, unit))
    except LeaderMayOnlyShortenError as longer:
        raise StepRefusedError(
            _("A leader may only shorten: the limit that binds ends no later.")
        ) from longer
    except MissingCalendarYearError as missing:
        raise StepRefusedError(
            _("The holidays of the year in which it would end are not loaded yet.")
        ) from missing
    take_due_times(order)
    note = f"{leader} · {word_count(Decimal(n), TimeUnit(unit))} · {reason}"
    return note_step(order=order, step=Step(name="shorten_time", actor=actor, now=now, note=note))


@transaction.atomic
def set_statute_limit(
    *,
    order_id: int,
    n: int,
    unit: LimitUnit,
    statute: str,
    is_caller_told: bool,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Put a statute's limit in place of the city's, longer or shorter; it counts from the dispatch.

    Raises:
        StepRefusedError: no rule of law is named, the citizen is not told, or no unit handles it.
        StaleOrderError: somebody else has moved the order.
    """
    order, clock = _held(order_id, actor, seen_version)
    if not statute.strip():
        raise StepRefusedError(_("Name the rule of law and its article."))
    limit = SourcedLimit(
        limit=_limit(clock, n, unit), basis=ClockBasis.STATUTE, source=statute.strip()
    )
    return _replace(order, clock, limit, actor, now, is_caller_told=is_caller_told)


@transaction.atomic
def apply_known_statute(
    *,
    order_id: int,
    key: str,
    is_caller_told: bool,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """The same by one of the shipped statutes, with the extensions that it allows.

    Raises:
        StepRefusedError: there is none with this key, the citizen is not told, or no unit handles it.
        StaleOrderError: somebody else has moved the order.
    """
    order, clock = _held(order_id, actor, seen_version)
    known = statutes_of_orders().get(key)
    if known is None:
        raise StepRefusedError(_("Name the rule of law and its article."))
    return _replace(order, clock, known.sourced, actor, now, is_caller_told=is_caller_told)


def _replace(
    order: WorkOrder,
    clock: Clock,
    statute: SourcedLimit,
    actor: User,
    now: datetime,
    *,
    is_caller_told: bool,
) -> WorkOrder:
    if not is_caller_told:
        raise StepRefusedError(_("Tell the citizen the legal limit first, and say so here."))
    clock = replace_limit(clock=clock, statute=statute, actor=actor, now=now)
    record_caller_told(clock=clock, actor=actor, now=now)
    take_due_times(order)
    note = f"{statute.source} · {word_count(statute.limit.n, statute.limit.unit)}"
    return note_step(order=order, step=Step(name="statute_limit", actor=actor, now=now, note=note))


def _held(order_id: int, actor: User, seen_version: int | None) -> tuple[WorkOrder, Clock]:
    order = lock_order(order_id, seen_version=seen_version)
    if not may(actor, Action.DISPATCH_ORDERS):
        raise StepRefusedError(_("Your role may not take this step."))
    refuse_unless_in(order, AT_UNIT)
    lead = order.parties.filter(is_open=True, role=PartyRole.LEAD).first()
    clock = handling_clock(lead) if lead else None
    if clock is None:
        raise StepRefusedError(_("The unit's time has ended already."))
    return order, clock


def _clocks_of_assisting(order: WorkOrder) -> list[Clock]:
    parties = order.parties.filter(is_open=True).exclude(role=PartyRole.LEAD)
    return [clock for party in parties if (clock := handling_clock(party)) is not None]


def _limit(clock: Clock, n: int, chosen: LimitUnit) -> Limit:
    """So much time; days roll and end as those of the clock's own limit do."""
    own, unit = limit_from_json(clock.limit), TimeUnit(chosen)
    start = StartRule.FROM_EVENT if unit == TimeUnit.HOUR else StartRule.NEXT_DAY
    try:
        if unit == TimeUnit.HOUR or own.is_running:
            return Limit(n=Decimal(n), unit=unit, start=start)
        return replace(own, n=Decimal(n), unit=unit, start=start)
    except InvalidLimitError as wrong:
        raise StepRefusedError(_("This is no limit that can be counted.")) from wrong


@transaction.atomic
def follow_recount(moved: Sequence[Recounted], *, actor: User | None, now: datetime) -> None:
    """Orders and sheets are due when their clocks are, after the calendar has moved these."""
    owners = {each.clock.owner_id for each in moved if each.clock.owner_type == OWNER}
    for order_id in sorted(owners):
        order = lock_order(order_id)
        take_due_times(order)
        note_step(order=order, step=Step(name="recount", actor=actor, now=now))
    for each in moved:
        if each.clock.owner_type == SHEET_OWNER:
            sheets = SupervisionSheet.objects.filter(pk=each.clock.owner_id)
            sheets.update(due_at=each.due_at)
