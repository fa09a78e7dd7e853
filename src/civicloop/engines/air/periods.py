"""Months, quarters and years of a city: means, percentiles, good days, and whether they are valid.

Sources: GB 3095-2026, 3 and table 4 (a year's mean is that of its daily means and needs 324 of them,
27 in each month, 25 in February); HJ 663-2013 (which percentile belongs to which pollutant).
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from civicloop.engines.air.city_days import CityDay
from civicloop.engines.air.index import AirIndex
from civicloop.engines.air.pollutants import DAY_FIGURES, Pollutant
from civicloop.values.rounding import round_half_even


class PeriodKind(StrEnum):
    """A stretch of the calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TO_DATE = "to_date"  # from 1 January to a day


Month = tuple[int, int]  # year, month

_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Period:
    """A stretch of days, both ends included."""

    first_day: date
    last_day: date
    kind: PeriodKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRules:
    """Which percentile is asked, and how many days make a figure valid."""

    percentiles: Mapping[Pollutant, Fraction]  # 95/100 …
    least_of_month: int = 27
    least_of_february: int = 25
    least_of_year: int = 324


@dataclass(frozen=True, slots=True, kw_only=True)
class PollutantFigures:
    """One pollutant over a period, unrounded."""

    days: int  # with a value that counts
    set_aside: int  # days left out on purpose, e.g. sand-dust
    mean: Fraction | None
    percentile: Fraction | None
    is_valid: bool  # enough days; those set aside count as measured


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """How the days of a period fared."""

    valid: int  # days with an index
    good: int
    levels: tuple[int, ...]  # days of each level, the best first

    @property
    def good_rate(self) -> Decimal | None:
        """Good days of the valid ones in %, one decimal; None of none."""
        if not self.valid:
            return None
        return round_half_even(Fraction(100 * self.good, self.valid), 1)


def period_around(day: date, kind: PeriodKind) -> Period:
    """Return the period of a kind that a day lies in; TO_DATE ends on the day itself."""
    if kind is PeriodKind.TO_DATE:
        return Period(first_day=date(day.year, 1, 1), last_day=day, kind=kind)
    months = _MONTHS[kind]
    first = (day.month - 1) // months * months + 1
    last = first + months - 1
    return Period(
        first_day=date(day.year, first, 1),
        last_day=date(day.year, last, monthrange(day.year, last)[1]),
        kind=kind,
    )


def year_before(period: Period) -> Period:
    """Return the same period a year earlier; 29 February becomes 28, 28 stays."""
    whole = period.kind is not PeriodKind.TO_DATE
    return Period(
        first_day=_earlier(period.first_day),
        last_day=period_around(_earlier(period.first_day), period.kind).last_day
        if whole
        else _earlier(period.last_day),
        kind=period.kind,
    )


def reaches_across(period: Period, day: date) -> bool:
    """Tell whether a period and the same one a year before lie on both sides of a day."""
    return year_before(period).first_day < day <= period.last_day


def pollutant_figures(
    days: Mapping[date, CityDay],
    period: Period,
    rules: PeriodRules,
    *,
    set_aside: Mapping[date, Collection[Pollutant]] | None = None,
) -> dict[Pollutant, PollutantFigures]:
    """Compute means and percentiles of a period from unrounded days.

    Args:
        days: the city's days.
        period: the stretch.
        rules: percentiles and validity.
        set_aside: what is left out of which day.
    """
    return {
        pollutant: _figures(
            {
                day: value
                for day, figures in days.items()
                if period.first_day <= day <= period.last_day
                and (value := figures.get(measure)) is not None
            },
            {day for day, left_out in (set_aside or {}).items() if pollutant in left_out},
            pollutant,
            period,
            rules,
        )
        for pollutant, measure in DAY_FIGURES.items()
    }


def percentile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """Return a percentile by linear interpolation between the two neighbours (HJ 663-2013, A.6).

    With the values in ascending order and k = 1 + (n - 1) share, it is
    X(s) + (X(s + 1) - X(s)) (k - s) for s the whole part of k.

    Raises:
        ValueError: there are no values, or the share is outside 0 to 1.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError("a percentile needs values and a share from 0 to 1")
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def count_days(
    indices: Mapping[date, AirIndex],
    period: Period,
    *,
    good_up_to: int = 100,
    levels: int = 6,
    left_out: Collection[date] = (),
) -> DayCounts:
    """Count the days of each level; days without an index, or left out, count nowhere."""
    found = [
        (index.value, index.level)
        for day, index in indices.items()
        if period.first_day <= day <= period.last_day
        and day not in left_out
        and index.value is not None
        and index.level is not None
    ]
    per_level = [0] * levels
    for _, level in found:
        per_level[level - 1] += 1
    good = sum(value <= good_up_to for value, _ in found)
    return DayCounts(valid=len(found), good=good, levels=tuple(per_level))


def is_enough(per_month: Mapping[Month, int], period: Period, rules: PeriodRules) -> bool:
    """Tell whether a period is valid by the days measured in each month; half a month never is."""
    is_each_month = all(
        per_month.get((year, month), 0)
        >= (rules.least_of_february if month == 2 else rules.least_of_month)
        for year, month in months_of(period)
    )
    is_year = period.kind is PeriodKind.YEAR
    return is_each_month and (not is_year or sum(per_month.values()) >= rules.least_of_year)


def months_of(period: Period) -> list[Month]:
    """Return the months that a period touches."""
    first, last = (day.year * 12 + day.month - 1 for day in (period.first_day, period.last_day))
    return [(month // 12, month % 12 + 1) for month in range(first, last + 1)]


def _figures(
    values: Mapping[date, Fraction],
    left_out: Collection[date],
    pollutant: Pollutant,
    period: Period,
    rules: PeriodRules,
) -> PollutantFigures:
    kept = [value for day, value in values.items() if day not in left_out]
    share = rules.percentiles.get(pollutant)
    return PollutantFigures(
        days=len(kept),
        set_aside=len(values) - len(kept),
        mean=sum(kept, Fraction()) / len(kept) if kept else None,
        percentile=percentile(kept, share) if kept and share is not None else None,
        is_valid=is_enough(Counter((day.year, day.month) for day in values), period, rules),
    )


def _earlier(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, day.month, 28 if is_leap_day else day.day)
