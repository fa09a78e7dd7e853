"""A year of the calendar, laid out by months and weeks, and its holidays one by one."""

import calendar as months
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from civicloop.apps.clocks.calendars import calendar_of, latest_version
from civicloop.apps.clocks.models import CalendarVersion, CalendarYear
from civicloop.engines.clocks import DayKind, WorkCalendar

MONTHS, VERSIONS_SHOWN = 12, 10


class DayShown(NamedTuple):
    """One cell of a month; `kind` is "" in a year that is not known."""

    day: date | None  # none: a cell before the first or after the last day
    kind: str
    name: str


class MonthShown(NamedTuple):
    first: date
    weeks: Sequence[Sequence[DayShown]]


class HolidayShown(NamedTuple):
    """A holiday: its days off in one run or more, and the days worked for it."""

    name: str
    off: Sequence[date]
    made_up: Sequence[date]

    @property
    def runs(self) -> list[tuple[date, date]]:
        """The first and the last day of each run of days off."""
        days = [(k, day) for k, day in enumerate(self.off)]
        grouped = groupby(days, key=lambda each: each[1] - timedelta(days=each[0]))
        found = [[day for _, day in group] for _, group in grouped]
        return [(run[0], run[-1]) for run in found]


class YearShown(NamedTuple):
    """What the page shows of one year."""

    year: int
    years: Sequence[int]  # those that are known
    is_known: bool
    version: CalendarVersion | None
    versions: Sequence[CalendarVersion]
    months: Sequence[MonthShown]
    holidays: Sequence[HolidayShown]
    worked_days: int


def year_shown(year: int) -> YearShown:
    version = latest_version()
    years = list(CalendarYear.objects.values_list("year", flat=True))
    known = calendar_of(version.number) if version and year in years else None
    found = CalendarVersion.objects.select_related("actor")[:VERSIONS_SHOWN]
    return YearShown(
        year=year,
        years=years,
        is_known=known is not None,
        version=version,
        versions=list(found),
        months=[_month(known, year, month) for month in range(1, MONTHS + 1)],
        holidays=[] if known is None else list(_holidays(known, year)),
        worked_days=0 if known is None else sum(map(known.is_worked, _days_of(year))),
    )


def _days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _month(known: WorkCalendar | None, year: int, month: int) -> MonthShown:
    weeks = [
        [_cell(known, date(year, month, number) if number else None) for number in week]
        for week in months.monthcalendar(year, month)
    ]
    return MonthShown(date(year, month, 1), weeks)


def _cell(known: WorkCalendar | None, day: date | None) -> DayShown:
    if day is None or known is None:
        return DayShown(day, "", "")
    return DayShown(day, known.kind_of(day).value, known.name_of(day))


def _holidays(known: WorkCalendar, year: int) -> Iterator[HolidayShown]:
    days = sorted(day for day in known.days if day.year == year)
    for name in dict.fromkeys(map(known.name_of, days)):
        own = [day for day in days if known.name_of(day) == name]
        yield HolidayShown(
            name=name,
            off=[day for day in own if known.kind_of(day) == DayKind.HOLIDAY],
            made_up=[day for day in own if known.kind_of(day) == DayKind.MAKE_UP],
        )
