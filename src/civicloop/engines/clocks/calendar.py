"""Which days are worked and which hours of them: the State Council's yearly notice as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise

MINUTES_OF_A_DAY = 24 * 60
MONDAY_TO_FRIDAY = frozenset(range(5))


class MissingCalendarYearError(LookupError):
    """The holidays of this year are not known, so no day of it can be said to be worked or not."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"the holidays and make-up days of {year} are not known")


class InvalidHoursError(ValueError):
    """Business hours overlap, run backwards or are none."""


class DayKind(StrEnum):
    """What a day is to those who work."""

    WORKING = "working"
    REST = "rest"  # an ordinary weekend day
    HOLIDAY = "holiday"  # off by the yearly notice, a weekend day inside the holiday too
    MAKE_UP = "make_up"  # a weekend day that is worked (调休上班)

    @property
    def is_worked(self) -> bool:
        """Whether people are at work on such a day."""
        return self in {DayKind.WORKING, DayKind.MAKE_UP}


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """The open spans of a worked day, in minutes after midnight; a lunch break lies between two.

    Raises:
        InvalidHoursError: no span, one of no length, one outside 0 to 1440, or two that overlap.
    """

    spans: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        is_in_order = all(first <= later for first, later in pairwise(edges))
        has_length = all(first < last for first, last in self.spans)
        if not edges or not is_in_order or not has_length:
            raise InvalidHoursError(self.spans)
        if edges[0] < 0 or edges[-1] > MINUTES_OF_A_DAY:
            raise InvalidHoursError(self.spans)

    @property
    def minutes(self) -> int:
        """The length of one worked day, minutes."""
        return sum(last - first for first, last in self.spans)


ROUND_THE_CLOCK = BusinessHours(spans=((0, MINUTES_OF_A_DAY),))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A day that is not what its weekday says: a holiday or a make-up day, with the holiday's name."""

    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """One version of the calendar; it refuses to speak of years it does not know.

    Args:
        years: the years whose holidays and make-up days are in `days`.
        days: the special days.
        version: the number under which this state of the calendar can be found again.
        hours: the business hours of every worked day.
        weekdays: the weekdays that are worked, Monday 0.
    """

    years: frozenset[int]
    days: Mapping[date, SpecialDay]
    version: int
    hours: BusinessHours
    weekdays: frozenset[int] = field(default=MONDAY_TO_FRIDAY)

    def kind_of(self, day: date) -> DayKind:
        """What this day is.

        Raises:
            MissingCalendarYearError: the day's year is not known.
        """
        if day.year not in self.years:
            raise MissingCalendarYearError(day.year)
        if day in self.days:
            return self.days[day].kind
        return DayKind.WORKING if day.weekday() in self.weekdays else DayKind.REST

    def is_worked(self, day: date) -> bool:
        """Whether this day is worked; raises as `kind_of` does."""
        return self.kind_of(day).is_worked

    def name_of(self, day: date) -> str:
        """The holiday that this day belongs to or makes up for, "" without one."""
        return self.days[day].name if day in self.days else ""

    def worked_day_from(self, day: date) -> date:
        """This day if it is worked, or the next that is; raises as `kind_of` does."""
        while not self.is_worked(day):
            day += timedelta(days=1)
        return day

    def close_of(self, day: date) -> int:
        """When the day's business ends, minutes after midnight; a day of rest ends at 24:00."""
        return self.hours.spans[-1][1] if self.is_worked(day) else MINUTES_OF_A_DAY


def moment_of(day: date, minute: int, zone: tzinfo) -> datetime:
    """The moment of a minute of a local day; minute 1440 is the next day's 00:00."""
    day += timedelta(days=minute // MINUTES_OF_A_DAY)
    hour, minute = divmod(minute % MINUTES_OF_A_DAY, 60)
    return datetime.combine(day, time(hour, minute), zone)
