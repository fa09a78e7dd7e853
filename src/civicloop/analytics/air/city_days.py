"""The fast path from hours to city days: dense arrays, whole numbers, one city at a time.

It gives what `engines.air` gives, one for one: a mean is kept as numerator and denominator, never
as a float, and rounded once.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from civicloop.analytics.air.grids import Layout, layout_of, lines_of
from civicloop.analytics.air.station_days import (
    Days,
    day_means,
    half_even,
    highest_hours,
    highest_windows,
    whole_numbers,
)
from civicloop.engines.air.blocks import Floats, HourBlock, Ints
from civicloop.engines.air.city_days import UnknownControlSiteError
from civicloop.engines.air.pollutants import DAY_MEANS, Measure, Pollutant
from civicloop.engines.air.station_days import DayRules

EPOCH = date(1970, 1, 1)

Bools = NDArray[np.bool_]
Reading = Callable[[Floats, DayRules], Days]

_READINGS: dict[Pollutant, dict[Measure, Reading]] = {
    **{pollutant: {measure: day_means} for pollutant, measure in DAY_MEANS.items()},
    Pollutant.O3: {Measure.O3_8H: highest_windows, Measure.O3_1H: highest_hours},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One measure of a city's days: total / (unit · stations), where stations is not 0.

    The totals are int64, or Python's own integers where they would not fit.
    """

    total: Ints
    stations: Ints  # that have a value on the day; 0: the city has none
    unit: int

    @property
    def is_known(self) -> Bools:
        """On which days there is a value."""
        return self.stations > 0

    def rounded(self, decimals: int) -> Ints:
        """Return the values in steps of 10**-decimals, half to even; -1 where there is none."""
        total = np.where(self.is_known, self.total, -1)
        return half_even(total, self.unit * np.maximum(self.stations, 1), decimals)

    def rounded_at(self, position: int, decimals: int) -> int:
        """Return the value of one day as `rounded` does."""
        one = slice(position, position + 1)
        alone = Column(total=self.total[one], stations=self.stations[one], unit=self.unit)
        return int(alone.rounded(decimals)[0])

    def exact(self, position: int) -> Fraction | None:
        """Return the value of one day."""
        stations = int(self.stations[position])
        return Fraction(int(self.total[position]), self.unit * stations) if stations else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CityDays:
    """All days of a city from its first hour to its last."""

    city: str
    first_day: int  # days since 1970-01-01
    columns: Mapping[Measure, Column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())).stations)

    @property
    def days(self) -> list[date]:
        return [self.day(position) for position in range(len(self))]

    def day(self, position: int) -> date:
        return EPOCH + timedelta(days=self.first_day + position)

    def position(self, day: date) -> int:
        return (day - EPOCH).days - self.first_day


def city_days(
    block: HourBlock,
    rules: DayRules,
    *,
    control_sites: Collection[str] = (),
    least_stations: int = 1,
) -> CityDays:
    """Compute the days of a city as `days_of_city` of the engine does.

    Raises:
        UnknownControlSiteError: a control site is no station of the city.
        DoubleHourError: a station has two rows of one hour that differ.
        ImpossibleHourError: a concentration is too high to be one.
    """
    if unknown := sorted(set(control_sites) - set(block.stations)):
        raise UnknownControlSiteError(", ".join(unknown))
    layout = layout_of(block, rules.stamp)
    counts = np.array([name not in control_sites for name in block.stations])
    columns = {}
    for pollutant, readings in _READINGS.items():
        for measure, days in _of_stations(block, pollutant, readings, layout, rules).items():
            columns[measure] = averaged(days, counts, least_stations)
    return CityDays(city=block.city, first_day=layout.first_day, columns=columns)


def _of_stations(
    block: HourBlock,
    pollutant: Pollutant,
    readings: Mapping[Measure, Reading],
    layout: Layout,
    rules: DayRules,
) -> dict[Measure, Days]:
    """Return the days of all stations, shape (stations, days), rounded if the rules say so."""
    found: dict[Measure, list[Days]] = {measure: [] for measure in readings}
    for line in lines_of(block, pollutant, layout):
        for measure, read in readings.items():
            found[measure].append(read(line, rules))
    stacked = {
        measure: Days(np.stack([each.value for each in days]), days[0].unit)
        for measure, days in found.items()
    }
    return {measure: rounded(days, pollutant, rules) for measure, days in stacked.items()}


def rounded(days: Days, pollutant: Pollutant, rules: DayRules) -> Days:
    """Round the days of stations if the rules say so."""
    decimals = rules.decimals.get(pollutant)
    if decimals is None:
        return days
    return Days(half_even(days.value, days.unit, decimals), 10**decimals)


def averaged(days: Days, counts: Bools, least_stations: int) -> Column:
    """Average the stations that have a value; fewer than `least_stations` make none."""
    values = days.value[counts]
    is_known = values >= 0
    stations = is_known.sum(axis=0)
    highest = int(values.max(initial=0))
    values = whole_numbers(values, highest * max(len(values), 1))
    total = np.where(is_known, values, 0).sum(axis=0)
    is_enough = stations >= max(least_stations, 1)
    return Column(total=total, stations=np.where(is_enough, stations, 0), unit=days.unit)
