"""The clocks of an order, each of a unit of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from civicloop.apps.clocks.limits import limit_from_json
from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.clocks.queries import time_left_of
from civicloop.apps.clocks.wording import explain, word_due
from civicloop.apps.dispatch.models import OrderParty, WorkOrder
from civicloop.apps.dispatch.timing import OF_HANDLING, OWNER
from civicloop.engines.clocks import MissingCalendarYearError


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockShown:
    """A clock with its reckoning in words."""

    clock: Clock
    due: str
    explanation: str
    left: timedelta | None  # as the limit counts time; None once stopped or where not known
    is_worked: bool  # business hours alone are counted


def clocks_shown(
    order: WorkOrder, parties: Sequence[OrderParty], *, now: datetime
) -> list[ClockShown]:
    """The clocks of the units that have the order and of the centre, those that run first."""
    units = {party.unit_id for party in parties} | {None}
    clocks = Clock.objects.of_owner(OWNER, order.pk).select_related("unit")
    told = (clock for clock in clocks if clock.unit_id in units and not _has_lapsed(clock))
    shown = [clock_shown(clock, now=now) for clock in told]
    return sorted(shown, key=lambda one: one.clock.stopped_at is not None)


def _has_lapsed(clock: Clock) -> bool:
    """Not to object is no fault: a time to object that has ended says nothing more."""
    return clock.name == ClockName.OBJECT and clock.stopped_at is not None


def clock_shown(clock: Clock, *, now: datetime) -> ClockShown:
    """A clock of any owner with its reckoning in words."""
    try:
        left = time_left_of(clock, now=now)
    except MissingCalendarYearError:
        left = None
    return ClockShown(
        clock=clock,
        due=word_due(clock),
        explanation=explain(clock),
        left=left,
        is_worked=limit_from_json(clock.limit).unit.needs_worked_days,
    )


def handling_clock(party: OrderParty) -> Clock | None:
    """The clock by which the unit must have handled its part, while it is not stopped."""
    clocks = Clock.objects.of_owner(OWNER, party.order_id)
    return clocks.filter(unit=party.unit_id, name__in=OF_HANDLING, stopped_at=None).first()
