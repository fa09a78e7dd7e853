"""Months, years to date, quarters and years; written as SDMX writes them."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_MONTHS = 12
_FORMS = re.compile(
    r"(?P<year>[12][0-9]{3})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|01/P(?P<months>[1-9]|1[0-2])M))?"
)


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    TO_DATE = "ytd"  # from 1 January to the end of a month
    QUARTER = "quarter"
    YEAR = "year"


class NotAPeriodError(ValueError):
    """A text names no period."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year."""

    year: int
    month: int

    @property
    def number(self) -> int:
        """Months since year 0."""
        return self.year * _MONTHS + self.month - 1

    @staticmethod
    def numbered(number: int) -> "Month":
        """Return the month with that number."""
        return Month(number // _MONTHS, number % _MONTHS + 1)

    @staticmethod
    def of(day: date) -> "Month":
        """Return the month of a day."""
        return Month(day.year, day.month)

    @property
    def last_day(self) -> date:
        """The last day, also in February."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole months of one year, both included."""

    kind: PeriodKind
    first: Month
    last: Month

    def __str__(self) -> str:
        """As SDMX writes it: 2023-10, 2023-01/P10M, 2023-Q3, 2023."""
        year = f"{self.first.year:04}"
        return {
            PeriodKind.MONTH: f"{year}-{self.first.month:02}",
            PeriodKind.TO_DATE: f"{year}-01/P{self.last.month}M",
            PeriodKind.QUARTER: f"{year}-Q{self.last.month // 3}",
            PeriodKind.YEAR: year,
        }[self.kind]

    @property
    def months(self) -> tuple[Month, ...]:
        """Its months, the first one first."""
        return tuple(map(Month.numbered, range(self.first.number, self.last.number + 1)))

    @property
    def first_day(self) -> date:
        """First day."""
        return date(self.first.year, self.first.month, 1)

    @property
    def last_day(self) -> date:
        """Last day; the same months of a leap year have one day more."""
        return self.last.last_day

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last_day - self.first_day).days + 1

    @property
    def year_before(self) -> "Period":
        """The same months a year before."""
        return Period(
            kind=self.kind,
            first=Month(self.first.year - 1, self.first.month),
            last=Month(self.last.year - 1, self.last.month),
        )


def period_ending(kind: PeriodKind, last: Month) -> Period | None:
    """Return the period of a kind that ends with a month, if one does."""
    length = {
        PeriodKind.MONTH: 1,
        PeriodKind.TO_DATE: last.month,
        PeriodKind.QUARTER: 3,
        PeriodKind.YEAR: _MONTHS,
    }[kind]
    if last.month % length:
        return None
    return Period(kind=kind, first=Month(last.year, last.month - length + 1), last=last)


def read_period(text: str) -> Period:
    """Read 2023-10, 2023-01/P10M, 2023-Q3 or 2023.

    Raises:
        NotAPeriodError: it is none of these.
    """
    match = _FORMS.fullmatch(text)
    if match is None:
        raise NotAPeriodError(text[:40])
    year = int(match["year"])
    if match["month"]:
        month = Month(year, int(match["month"]))
        return Period(kind=PeriodKind.MONTH, first=month, last=month)
    if match["quarter"]:
        last = Month(year, 3 * int(match["quarter"]))
        return Period(kind=PeriodKind.QUARTER, first=Month(year, last.month - 2), last=last)
    if match["months"]:
        last = Month(year, int(match["months"]))
        return Period(kind=PeriodKind.TO_DATE, first=Month(year, 1), last=last)
    return Period(kind=PeriodKind.YEAR, first=Month(year, 1), last=Month(year, _MONTHS))


def periods_between(first: Month, last: Month, kinds: frozenset[PeriodKind]) -> Iterator[Period]:
    """Give every period of these kinds that ends from the first month to the last."""
    for number in range(first.number, last.number + 1):
        for kind in PeriodKind:
            period = period_ending(kind, Month.numbered(number)) if kind in kinds else None
            if period is not None:
                yield period
