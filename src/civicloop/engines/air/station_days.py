"""From the hours of one station to its days: daily means, the highest 8-hour mean, the highest hour.

Sources: GB 3095-2026, 3 and table 4 (a day's mean needs 20 hourly means, an 8-hour mean 6 of 8);
HJ 663, 6.1.2 as quoted by others (the highest 8-hour mean needs 14 running means; with fewer it
is valid if it exceeds the limit).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from civicloop.engines.air.pollutants import (
    DAY_MEANS,
    Exact,
    Measure,
    NegativeConcentrationError,
    Pollutant,
)
from civicloop.values.rounding import round_half_even

HOURS = 24
WINDOW = 8

Hours = Sequence[Exact | None]  # the 24 hours of a day in order
Reading = Mapping[Pollutant, Exact | None]
StationDay = Mapping[Measure, Fraction | None]


class HourStamp(StrEnum):
    """Which end of the hour a stamp names: 08:00 ends 07–08 or begins 08–09."""

    ENDS = "ends"  # a day is the stamps 01:00 … 24:00, the practice of the Chinese network
    BEGINS = "begins"  # a day is the stamps 00:00 … 23:00


class Windows(StrEnum):
    """Which 8-hour windows count for a day's highest mean."""

    WITHIN = "within"  # the 17 that lie within the day, ending at 08:00 … 24:00
    ENDING = "ending"  # all 24 that end within it; the first 7 reach into the day before


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRules:
    """When a day's figure is valid."""

    stamp: HourStamp = HourStamp.ENDS
    least_hours: int = 20  # of 24, for means and the highest hour
    windows: Windows = Windows.WITHIN
    least_of_window: int = 6  # hours of 8
    least_windows: int = 14
    valid_above: Decimal | None = Decimal(160)  # with fewer windows, valid if above; None: never
    decimals: Mapping[Pollutant, int] = field(default_factory=dict)  # of a station's day; {}: exact

    def __post_init__(self) -> None:
        """Refuse rules that would make a mean of nothing."""
        if not 1 <= self.least_hours <= HOURS or not 1 <= self.least_of_window <= WINDOW:
            raise ValueError("a mean needs 1 to 24 hours of a day and 1 to 8 of a window")


def hour_of(at: datetime, stamp: HourStamp) -> tuple[date, int]:
    """Return the day that an hour belongs to and its place in the day, 0 to 23."""
    begins = at - timedelta(hours=1) if stamp is HourStamp.ENDS else at
    return begins.date(), begins.hour


def days_of_station(
    readings: Mapping[datetime, Reading], rules: DayRules
) -> dict[date, StationDay]:
    """Compute every day of a station on which it has an hour.

    Args:
        readings: by local time of the full hour; a pollutant that is absent or None was not measured.
        rules: what the stamps mean and what makes a figure valid.

    Raises:
        NegativeConcentrationError: a concentration is below zero.
    """
    grid: dict[date, dict[Pollutant, list[Exact | None]]] = {}
    for at, reading in readings.items():
        day, hour = hour_of(at, rules.stamp)
        hours = grid.setdefault(day, {each: [None] * HOURS for each in Pollutant})
        for pollutant, value in reading.items():
            hours[pollutant][hour] = _checked(value, pollutant, at)
    nothing: dict[Pollutant, list[Exact | None]] = {each: [None] * HOURS for each in Pollutant}
    return {
        day: station_day(grid[day], grid.get(day - timedelta(days=1), nothing), rules)
        for day in sorted(grid)
    }


def station_day(
    hours: Mapping[Pollutant, Hours], before: Mapping[Pollutant, Hours], rules: DayRules
) -> StationDay:
    """Compute one day of one station from its hours and those of the day before."""
    figures = {
        measure: mean_of(hours[pollutant], least=rules.least_hours)
        for pollutant, measure in DAY_MEANS.items()
    }
    ozone = hours[Pollutant.O3]
    figures[Measure.O3_8H] = highest_window(ozone, before[Pollutant.O3], rules)
    figures[Measure.O3_1H] = highest_hour(ozone, least=rules.least_hours)
    return {measure: _rounded(value, measure, rules) for measure, value in figures.items()}


def mean_of(hours: Hours, *, least: int) -> Fraction | None:
    """Return the mean of the hours that were measured, None of fewer than `least`."""
    values = [Fraction(value) for value in hours if value is not None]
    return sum(values, Fraction()) / len(values) if len(values) >= least else None


def highest_hour(hours: Hours, *, least: int) -> Fraction | None:
    """Return the highest hour, None if fewer than `least` were measured."""
    values = [Fraction(value) for value in hours if value is not None]
    return max(values) if len(values) >= least else None


def highest_window(hours: Hours, before: Hours, rules: DayRules) -> Fraction | None:
    """Return the highest 8-hour running mean of a day (MDA8)."""
    stretch = [
        *before[HOURS - WINDOW + 1 :],
        *hours,
    ]  # the window that ends with hour i begins at i
    first = WINDOW - 1 if rules.windows is Windows.WITHIN else 0
    means = [
        mean_of(stretch[end : end + WINDOW], least=rules.least_of_window)
        for end in range(first, HOURS)
    ]
    valid = [mean for mean in means if mean is not None]
    highest = max(valid, default=None)
    if highest is None or len(valid) >= rules.least_windows:
        return highest
    limit = rules.valid_above
    return highest if limit is not None and highest > limit else None


def _rounded(value: Fraction | None, measure: Measure, rules: DayRules) -> Fraction | None:
    decimals = rules.decimals.get(measure.pollutant)
    if value is None or decimals is None:
        return value
    return Fraction(round_half_even(value, decimals))


def _checked(value: Exact | None, pollutant: Pollutant, at: datetime) -> Exact | None:
    if value is not None and value < 0:
        raise NegativeConcentrationError(f"{pollutant} of {value} at {at} is below zero")
    return value
