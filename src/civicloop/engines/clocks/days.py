"""Counting whole days and months, and what lay between them."""

import calendar as months
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from civicloop.engines.clocks.calendar import DayKind, WorkCalendar
from civicloop.engines.clocks.values import RollRule, Step, StepKind, TimeUnit

ONE_DAY = timedelta(days=1)


def count_on(day: date, n: int, unit: TimeUnit, calendar: WorkCalendar) -> date:
    """The n-th day or month after this day; the day itself is not counted.

    Raises:
        MissingCalendarYearError: working days reach a year that is not known.
    """
    if unit == TimeUnit.CALENDAR_MONTH:
        return _same_day_later(day, n)
    if unit == TimeUnit.CALENDAR_DAY:
        return day + timedelta(days=n)
    for _ in range(n):
        day = calendar.worked_day_from(day + ONE_DAY)
    return day


def _same_day_later(day: date, n: int) -> date:
    """The same number n months later; where there is none, the month's last (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def roll(day: date, rule: RollRule, calendar: WorkCalendar) -> date:
    """The day on which the period ends when this is its last (Civil Code 203).

    Raises:
        MissingCalendarYearError: the year of the day, or of one it rolls to, is not known.
    """
    if rule == RollRule.AFTER_REST_DAY:
        return calendar.worked_day_from(day)
    if rule == RollRule.AFTER_HOLIDAY:
        while calendar.kind_of(day) == DayKind.HOLIDAY:
            day += ONE_DAY
    return day


def special_days(first: date, last: date, calendar: WorkCalendar) -> Iterator[Step]:
    """The holidays and the make-up days from one day to another, both included, in order."""
    days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    for kind, run in groupby(days, key=calendar.kind_of):
        group = list(run)
        if kind == DayKind.HOLIDAY:
            yield Step(
                kind=StepKind.HOLIDAY,
                n=Decimal(len(group)),
                from_day=group[0],
                to_day=group[-1],
                name="、".join(dict.fromkeys(map(calendar.name_of, group))),
            )
        elif kind == DayKind.MAKE_UP:
            for day in group:
                yield Step(kind=StepKind.MAKE_UP, from_day=day, name=calendar.name_of(day))
