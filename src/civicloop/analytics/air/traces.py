"""What a city's day leads back to: the rows of its file, and the highest station of each measure.

Other countries rate the highest monitor or the worst hour, which the mean of a city does not tell.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

import numpy as np

from civicloop.analytics.air.city_days import EPOCH, Bools, CityDays, Column, Reading
from civicloop.analytics.air.grids import layout_of, lines_of
from civicloop.analytics.air.station_days import Days, day_means, highest_hours, highest_windows
from civicloop.engines.air.blocks import HourBlock, Ints
from civicloop.engines.air.pollutants import Measure, Pollutant
from civicloop.engines.air.station_days import HOURS, DayRules, HourStamp

_READINGS: dict[Pollutant, dict[Measure, Reading]] = {
    Pollutant.SO2: {Measure.SO2_24H: day_means, Measure.SO2_1H: highest_hours},
    Pollutant.NO2: {Measure.NO2_1H: highest_hours},
    Pollutant.PM10: {Measure.PM10_24H: day_means, Measure.PM10_1H: highest_hours},
    Pollutant.PM25: {Measure.PM25_24H: day_means, Measure.PM25_1H: highest_hours},
    Pollutant.CO: {Measure.CO_8H: highest_windows},
    Pollutant.O3: {Measure.O3_8H: highest_windows, Measure.O3_1H: highest_hours},
}


def highest_of_stations(
    block: HourBlock, rules: DayRules, *, control_sites: Collection[str] = ()
) -> CityDays:
    """Return the highest station of each day, unrounded.

    Raises:
        DoubleHourError: a station has two rows of one hour that differ.
        ImpossibleHourError: a concentration is too high to be one.
    """
    layout = layout_of(block, rules.stamp)
    counts = _counted(block, control_sites)
    found: dict[Measure, list[Days]] = {}
    for pollutant, readings in _READINGS.items():
        for line in lines_of(block, pollutant, layout):
            for measure, read in readings.items():
                found.setdefault(measure, []).append(read(line, rules))
    columns = {measure: _highest(days, counts) for measure, days in found.items()}
    return CityDays(city=block.city, first_day=layout.first_day, columns=columns)


def rows_of_days(
    block: HourBlock, stamp: HourStamp, *, control_sites: Collection[str] = ()
) -> Mapping[date, str]:
    """Return which rows of the file each day was computed from, as "2-25, 8786-8809".

    Empty where the block does not know the numbers of its rows.
    """
    if block.number is None:
        return {}
    is_counted = _counted(block, control_sites)[block.station]
    shift = 1 if stamp is HourStamp.ENDS else 0
    day, row = ((block.hour - shift) // HOURS)[is_counted], block.number[is_counted]
    order = np.lexsort((row, day))
    day, row = day[order], row[order]
    begins = np.flatnonzero(_is_new_run(day, row))
    ends = np.append(begins[1:], len(row)) - 1
    found: dict[date, list[str]] = {}
    for first, last in zip(begins.tolist(), ends.tolist(), strict=True):
        runs = found.setdefault(EPOCH + timedelta(days=int(day[first])), [])
        runs.append(f"{row[first]}-{row[last]}" if first != last else f"{row[first]}")
    return {each: ", ".join(runs) for each, runs in found.items()}


def _is_new_run(day: Ints, row: Ints) -> Bools:
    return np.append(True, (np.diff(day) != 0) | (np.diff(row) != 1))[: len(row)]


def _counted(block: HourBlock, control_sites: Collection[str]) -> Bools:
    return np.array([name not in control_sites for name in block.stations])


def _highest(days: list[Days], counts: Bools) -> Column:
    values = np.stack([each.value for each in days])[counts]
    highest = values.max(axis=0, initial=-1)
    is_known = highest >= 0
    total = np.where(is_known, highest, 0)
    return Column(total=total, stations=is_known.astype(np.int64), unit=days[0].unit)
