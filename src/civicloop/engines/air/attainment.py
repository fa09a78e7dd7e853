"""A year against the limits of a class of areas: pollutants, and days of each, within their limits.

Class 1: nature reserves and scenic areas, where control sites stand; class 2: where people live.
Sources: GB 3095-2026, table 1 (both classes); HJ 663-2013 as quoted by others (a year is within the
limits if the mean, where a year has a limit, and the percentile of the days are). Values are rounded
as they are published before they are compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from civicloop.engines.air.city_days import CityDay
from civicloop.engines.air.composite import PUBLISHED_DECIMALS
from civicloop.engines.air.editions import ClassLimits
from civicloop.engines.air.periods import Period, PollutantFigures
from civicloop.engines.air.pollutants import DAY_FIGURES, Pollutant
from civicloop.values.rounding import round_half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysWithin:
    """Days of one pollutant within the limit of a day."""

    within: int
    measured: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One pollutant over a year; None: there is no such limit, or no such value."""

    mean: Decimal | None
    year_limit: Decimal | None
    percentile: Decimal | None
    day_limit: Decimal
    is_within: bool | None  # None: too few days


def judge_year(
    figures: Mapping[Pollutant, PollutantFigures], limits: ClassLimits
) -> dict[Pollutant, Judged]:
    """Hold a year's figures against the limits."""
    return {
        pollutant: _judged(figures[pollutant], pollutant, limits)
        for pollutant in DAY_FIGURES
        if pollutant in limits.day
    }


def is_attained(judged: Mapping[Pollutant, Judged]) -> bool | None:
    """Tell whether all pollutants are within their limits; None if one of the rest cannot be judged."""
    verdicts = {each.is_within for each in judged.values()}
    if False in verdicts:
        return False
    return None if None in verdicts or not verdicts else True


def days_within(
    days: Mapping[date, CityDay], period: Period, limits: ClassLimits
) -> dict[Pollutant, DaysWithin]:
    """Count the days of a period within the limits of a day."""
    found = {}
    for pollutant, measure in DAY_FIGURES.items():
        values = [
            value
            for day, figures in days.items()
            if period.first_day <= day <= period.last_day
            and (value := figures.get(measure)) is not None
        ]
        if pollutant in limits.day:
            within = sum(_published(each, pollutant) <= limits.day[pollutant] for each in values)
            found[pollutant] = DaysWithin(within=within, measured=len(values))
    return found


def _judged(figures: PollutantFigures, pollutant: Pollutant, limits: ClassLimits) -> Judged:
    mean = None if figures.mean is None else _published(figures.mean, pollutant)
    percentile = None if figures.percentile is None else _published(figures.percentile, pollutant)
    year_limit, day_limit = limits.year.get(pollutant), limits.day[pollutant]
    asked = [(percentile, day_limit)]
    if year_limit is not None:
        asked.append((mean, year_limit))
    is_known = figures.is_valid and all(value is not None for value, _ in asked)
    return Judged(
        mean=mean,
        year_limit=year_limit,
        percentile=percentile,
        day_limit=day_limit,
        is_within=all(value is not None and value <= limit for value, limit in asked)
        if is_known
        else None,
    )


def _published(value: Fraction, pollutant: Pollutant) -> Decimal:
    return round_half_even(value, PUBLISHED_DECIMALS.get(pollutant, 0))
