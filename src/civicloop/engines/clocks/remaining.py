"""How much time is left, and when to remind of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction

from civicloop.engines.clocks.calendar import WorkCalendar
from civicloop.engines.clocks.spans import (
    business_spans,
    closed_spans,
    counted_time,
    in_utc,
    next_opening,
    run_on,
)
from civicloop.engines.clocks.values import Deadline, Pause, TimeUnit

LEFT_AT_REMINDER = Fraction(1, 5)


def time_left(
    unit: TimeUnit, now: datetime, due_at: datetime, calendar: WorkCalendar, *, zone: tzinfo
) -> timedelta:
    """The time from now to the end; what is overdue is below zero.

    Args:
        unit: working units are measured in business hours, all others round the clock.
        now: the moment of asking.
        due_at: the end.
        calendar: the worked days and hours.
        zone: where the days are.

    Raises:
        MissingCalendarYearError: business hours of a year that is not known are asked.
    """
    is_worked = unit.needs_worked_days
    if in_utc(now) <= in_utc(due_at):
        return counted_time(now, due_at, calendar, zone=zone, is_worked=is_worked)
    return -counted_time(due_at, now, calendar, zone=zone, is_worked=is_worked)


def reminder_at(
    unit: TimeUnit,
    found: Deadline,
    calendar: WorkCalendar,
    *,
    zone: tzinfo,
    pauses: Sequence[Pause] = (),
    share_left: Fraction = LEFT_AT_REMINDER,
) -> datetime:
    """When to remind: so much of the time is left, and never at night unless hours run at night.

    Args:
        unit: the unit of the limit.
        found: its deadline.
        calendar: the worked days and hours.
        zone: where the days are.
        pauses: as given to `deadline`.
        share_left: the part of the counted time that is left, between 0 and 1.

    Returns:
        A moment from the beginning of the count to the end, in `zone`. For working units and
        calendar days it lies in business hours whenever the count has any.

    Raises:
        MissingCalendarYearError: a year in between is not known and business hours are asked.
    """
    begin, end = in_utc(found.counted_from), in_utc(found.due_at)
    stops = closed_spans(pauses)
    is_worked = unit.needs_worked_days
    total = counted_time(begin, end, calendar, zone=zone, is_worked=is_worked)
    for stop in stops:
        total -= counted_time(
            max(stop.from_at, begin),
            min(stop.to_at, end),
            calendar,
            zone=zone,
            is_worked=is_worked,
        )
    passed = total * (1 - share_left).numerator / (1 - share_left).denominator
    if not passed:
        return end.astimezone(zone)
    moment = run_on(begin, passed, calendar, zone=zone, unit=unit, pauses=stops)
    if unit not in {TimeUnit.HOUR, TimeUnit.MINUTE}:
        moment = _in_business_hours(moment, begin, end, calendar, zone)
    return moment.astimezone(zone)


def _in_business_hours(
    moment: datetime, begin: datetime, end: datetime, calendar: WorkCalendar, zone: tzinfo
) -> datetime:
    """The next opening before the end, else the last opening before the moment."""
    opening = next_opening(moment, calendar, zone)
    if opening < end:
        return opening
    last = begin
    for span in business_spans(begin, calendar, zone):
        if span.from_at >= moment:
            return last
        last = span.from_at
    raise AssertionError("time does not end")  # pragma: no cover
