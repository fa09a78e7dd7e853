"""From a clock's facts to its due moment: the only place where the two meet."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from civicloop.apps.clocks.limits import limit_from_json, steps_as_json
from civicloop.apps.clocks.models import (
    Clock,
    ClockBasis,
)
from civicloop.engines.clocks import (
    Binding,
    Extension,
    Instruction,
    MissingCalendarYearError,
    Pause,
    TimeUnit,
    WorkCalendar,
    binding_limit,
    reminder_at,
)


def recount(clock: Clock, calendar: WorkCalendar, *, now: datetime, is_new: bool = False) -> None:
    """Set what follows from the clock's facts; a year that is missing leaves it waiting, not guessed.

    A clock that is not late any more may be reminded of, and be found late, once again.
    """
    clock.calendar_version_id = calendar.version
    pauses = [] if is_new else pauses_of(clock)
    try:
        found = _new_binding(clock, calendar) if is_new else _binding(clock, calendar, pauses)
        clock.near_due_at = reminder_at(
            found.limit.unit,
            found.deadline,
            calendar,
            zone=timezone.get_default_timezone(),
            pauses=pauses,
        )
    except MissingCalendarYearError as missing:
        clock.waits_for_year, clock.explanation = missing.year, []
        clock.basis, clock.due_at, clock.near_due_at = clock.limit_basis, None, None
    else:
        clock.waits_for_year, clock.due_at = None, found.deadline.due_at
        clock.basis = ClockBasis.LEADER if found.is_instructed else clock.limit_basis
        clock.explanation = steps_as_json(found.deadline.steps)
    if clock.due_at is None or clock.due_at >= now:
        clock.overdue_at = None
    if clock.near_due_at is None or clock.near_due_at >= now:
        clock.reminded_at = None


def _new_binding(clock: Clock, calendar: WorkCalendar) -> Binding:
    zone = timezone.get_default_timezone()
    return binding_limit(limit_from_json(clock.limit), clock.started_at, calendar, zone=zone)


def _binding(clock: Clock, calendar: WorkCalendar, pauses: Sequence[Pause]) -> Binding:
    return binding_limit(
        limit_from_json(clock.limit),
        clock.started_at,
        calendar,
        zone=timezone.get_default_timezone(),
        instruction=instruction_of(clock),
        pauses=pauses,
        extensions=extensions_of(clock, since=clock.limit_set_at),
    )


def pauses_of(clock: Clock) -> list[Pause]:
    return [
        Pause(from_at=each.from_at, to_at=each.to_at, evidence=each.evidence)
        for each in clock.pauses.all()
    ]


def extensions_of(clock: Clock, *, since: datetime) -> list[Extension]:
    """What was granted for a limit: an extension of an earlier limit does not lengthen a later one."""
    return [
        Extension(n=each.n, unit=TimeUnit(each.unit))
        for each in clock.extensions.all()
        if each.granted_at >= since
    ]


def last_day_of(due_at: datetime) -> date:
    """The local day on which it ends; 24:00 of a day is the next day's 00:00."""
    return timezone.localdate(due_at - timedelta(microseconds=1))


def instruction_of(clock: Clock) -> Instruction | None:
    if clock.leader_limit is None or clock.leader_given_at is None:
        return None
    return Instruction(
        limit=limit_from_json(clock.leader_limit),
        given_at=clock.leader_given_at,
        extensions=extensions_of(clock, since=clock.leader_given_at),
    )
