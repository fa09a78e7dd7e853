"""The calendar in use, any earlier version of it, and whether a year that will be needed is missing."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from civicloop.apps.clocks.models import (
    CalendarDay,
    CalendarDayKind,
    CalendarVersion,
    CalendarYear,
)
from civicloop.engines.clocks import BusinessHours, DayKind, SpecialDay, WorkCalendar

WARNED_AHEAD_DAYS = 60  # limits of 45 working days reach further, most do not
VERSIONS_KEPT_READ = 8
# Written out: every order that is opened asks it, and building it anew takes Django three times as long.
_NEWEST = "SELECT MAX(number) FROM clocks_calendarversion"


class CalendarEntry(NamedTuple):
    """A special day as a notice names it."""

    day: date
    kind: CalendarDayKind
    name: str


class NoCalendarError(LookupError):
    """No calendar has been loaded yet."""


def latest_version() -> CalendarVersion | None:
    return CalendarVersion.objects.order_by("-number").first()


def calendar_in_use() -> WorkCalendar:
    """The newest version.

    Raises:
        NoCalendarError: there is none yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        [number] = cursor.fetchone()
    if number is None:
        raise NoCalendarError
    return calendar_of(number)


@lru_cache(maxsize=VERSIONS_KEPT_READ)  # a version never changes
def calendar_of(number: int) -> WorkCalendar:
    """The calendar as it was in this version."""
    version = CalendarVersion.objects.get(number=number)
    return WorkCalendar(
        years=frozenset(
            CalendarYear.objects.filter(since__lte=number).values_list("year", flat=True)
        ),
        days={
            found.day: SpecialDay(kind=DayKind(found.kind), name=found.name)
            for found in days_in_version(number)
        },
        version=number,
        hours=BusinessHours(spans=tuple((first, last) for first, last in version.hours)),
    )


def days_in_version(number: int) -> QuerySet[CalendarDay]:
    is_valid = Q(until=None) | Q(until__gt=number)
    return CalendarDay.objects.filter(is_valid, since__lte=number)


def missing_year(now: datetime, *, ahead_days: int = WARNED_AHEAD_DAYS) -> int | None:
    """The first year that clocks started now may need and that is not known."""
    today = timezone.localdate(now)
    last = today + timedelta(days=ahead_days)
    years = range(today.year, last.year + 1)
    known = set(CalendarYear.objects.filter(year__in=years).values_list("year", flat=True))
    return next((year for year in years if year not in known), None)
