"""Days as they are kept, and kept days as the arrays that figures are computed from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import lcm
from typing import Any

import numpy as np

from civicloop.analytics.air.city_days import EPOCH, CityDays, Column
from civicloop.analytics.air.traces import highest_of_stations, rows_of_days
from civicloop.apps.air.facts import (
    CityAir,
    Ways,
    blocks_of,
    city_air,
    city_of_hours,
    control_sites_of,
    days_of_rows,
    rows_by_city,
    rules_of,
)
from civicloop.apps.air.models import AirSource, CityDay
from civicloop.apps.air.plain import day_row
from civicloop.apps.air.profiles import profiles_of
from civicloop.connectors.air.columns import Shape
from civicloop.connectors.air.editions import aqi_editions
from civicloop.connectors.air.published import read_city_days
from civicloop.connectors.air.tables import AirFile
from civicloop.engines.air.city_days import REPORTED
from civicloop.engines.air.editions import edition_on
from civicloop.engines.air.pollutants import DAY_FIGURES

Exact = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCity:
    """A city of a file, each day with the rows that it came from."""

    air: CityAir
    rows: Mapping[date, str]
    highest: CityDays | None  # None where days were published


def traced_cities(file: AirFile, ways: Ways) -> Iterator[TracedCity]:
    """Compute the cities of a file of hours or days; the errors are those of `cities_of`."""
    if file.shape is Shape.CITY_DAYS:
        for city, own in rows_by_city(read_city_days(file), file.path).items():
            rows: Mapping[date, str] = {each.day: str(each.row) for each in own}
            air = city_air(days_of_rows(city, own), ways)
            yield TracedCity(air=air, rows=rows, highest=None)
        return
    rules = rules_of(ways)
    for block in blocks_of(file, ways):
        air, aside = city_of_hours(block, ways), control_sites_of(block, ways)
        highest = highest_of_stations(block, rules, control_sites=aside)
        rows = rows_of_days(block, rules.stamp, control_sites=aside)
        yield TracedCity(air=air, rows=rows, highest=highest)


def days_to_keep(traced: TracedCity, source: AirSource) -> Iterator[CityDay]:
    """Make, without writing, a day for each that has any figure."""
    air, profiles = traced.air, profiles_of(traced.air, traced.highest)
    for position in range(len(air.days)):
        exact = _exact(air, position)
        if not exact:
            continue
        plain = day_row(air, position)
        day = air.days.day(position)
        yield CityDay(
            source=source,
            day=day,
            exact=exact,
            published={pollutant.value: plain[pollutant.value] for pollutant in DAY_FIGURES},
            aqi=plain["aqi"],
            level=plain["level"],
            primary=plain["primary"],
            edition=edition_on(day, aqi_editions()).code,
            profiles=profiles[position],
            rows=traced.rows.get(day, ""),
            recorded_at=source.recorded_at,
        )


def is_same(one: CityDay, other: CityDay) -> bool:
    """Whether two files say the same of a day."""
    return (one.exact, one.aqi, one.edition) == (other.exact, other.aqi, other.edition)


def newest_days(days: Iterable[CityDay]) -> dict[date, CityDay]:
    """Of the days in the order in which they were kept, the last of each."""
    return {each.day: each for each in days}


def kept_city(name: str, days: Mapping[date, CityDay], ways: Ways) -> CityAir:
    """Put kept days where computed ones would stand."""
    first, length = min(days), (max(days) - min(days)).days + 1
    columns = {}
    for measure in REPORTED:
        known = {
            (day - first).days: kept.exact[measure.value]
            for day, kept in days.items()
            if measure.value in kept.exact
        }
        columns[measure] = _column(known, length)
    found = CityDays(city=name, first_day=(first - EPOCH).days, columns=columns)
    return city_air(found, ways)


def _exact(air: CityAir, position: int) -> dict[str, Any]:
    found = {}
    for measure, column in air.days.columns.items():
        if stations := int(column.stations[position]):
            found[measure.value] = [int(column.total[position]), stations, column.unit]
    return found


def _column(known: Mapping[int, Sequence[int]], length: int) -> Column:
    """Bring days of files with different steps to one."""
    unit = lcm(*{each[2] for each in known.values()})
    total, stations = np.zeros(length, np.int64), np.zeros(length, np.int64)
    for position, (own_total, own_stations, own_unit) in known.items():
        total[position] = own_total * (unit // own_unit)
        stations[position] = own_stations
    return Column(total=total, stations=stations, unit=unit)
