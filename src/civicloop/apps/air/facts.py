"""The days of cities, from hours of stations or from published days."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from civicloop.analytics.air.city_days import CityDays, Column, city_days
from civicloop.analytics.air.indices import DayIndices, day_indices, indices_on
from civicloop.connectors.air.columns import Field, Shape
from civicloop.connectors.air.editions import aqi_edition, aqi_editions, day_rules
from civicloop.connectors.air.hours import read_hours
from civicloop.connectors.air.published import PublishedIndex, read_city_days
from civicloop.connectors.air.tables import AirFile
from civicloop.engines.air.blocks import QUANTUM, HourBlock
from civicloop.engines.air.city_days import REPORTED, UnknownControlSiteError
from civicloop.engines.air.exclusions import AirEvent
from civicloop.engines.air.station_days import DayRules, HourStamp

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How files are to be read and assessed."""

    day_rules: str = "standard"
    stamp: HourStamp | None = None  # None: as the rules say
    control_sites: frozenset[str] = frozenset()
    least_stations: int = 1
    edition: str = ""  # one edition of the index for all days; "": that in force on each
    named: Mapping[Field, str] = field(default_factory=dict)
    gaps: frozenset[Decimal] = frozenset()  # numbers that say that nothing was measured
    events: tuple[AirEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CityAir:
    """A city's days and their indices."""

    city: str
    stations: tuple[str, ...]  # () where days were published
    control_sites: tuple[str, ...]
    days: CityDays
    indices: DayIndices


def cities_of(file: AirFile, ways: Ways) -> Iterator[CityAir]:
    """Compute the days of each city in a file of hours or of days.

    Raises:
        AirFileError: a cell cannot be read.
        UnknownControlSiteError, DoubleHourError, ImpossibleHourError: the hours contradict themselves.
        NoEditionError: a day lies before all editions.
        UnsuitedEditionError: the edition asked for does not rate days.
    """
    if file.shape is Shape.CITY_DAYS:
        yield from _of_published(read_city_days(file), file.path, ways)
        return
    for block in blocks_of(file, ways):
        yield city_of_hours(block, ways)


def blocks_of(file: AirFile, ways: Ways) -> Iterator[HourBlock]:
    """Read the hours of each city, and refuse a control site that is in none of them.

    Raises:
        AirFileError: a cell cannot be read.
        UnknownControlSiteError: a control site is no station of any city; told after the last city.
    """
    met: set[str] = set()
    for block in read_hours(file, city=file.path.stem):
        met |= {said for name in block.stations for said in _sayings(block.city, name)}
        yield block
    if unknown := sorted(ways.control_sites - met):
        raise UnknownControlSiteError(", ".join(unknown))


def control_sites_of(block: HourBlock, ways: Ways) -> frozenset[str]:
    """Return which stations of a city are control sites, said as STATION or as CITY=STATION."""
    return frozenset(
        name for name in block.stations if ways.control_sites & _sayings(block.city, name)
    )


def _sayings(city: str, station: str) -> frozenset[str]:
    return frozenset({station, f"{city}={station}"})


def city_of_hours(block: HourBlock, ways: Ways) -> CityAir:
    """Compute the days of a city from its hours; the errors are those of `cities_of`."""
    aside = control_sites_of(block, ways)
    days = city_days(block, rules_of(ways), control_sites=aside, least_stations=ways.least_stations)
    return city_air(days, ways, block.stations, tuple(sorted(aside)))


def rules_of(ways: Ways) -> DayRules:
    """Return when hours make a day, with the end that stamps name."""
    rules = day_rules(ways.day_rules)
    return replace(rules, stamp=ways.stamp or rules.stamp)


def rows_by_city(rows: Iterable[PublishedIndex], path: Path) -> dict[str, list[PublishedIndex]]:
    """Part published days by city; a file without names is of the city that it is named after."""
    by_city: dict[str, list[PublishedIndex]] = {}
    for row in rows:
        by_city.setdefault(row.place or path.stem, []).append(row)
    return dict(sorted(by_city.items()))


def _of_published(rows: Sequence[PublishedIndex], path: Path, ways: Ways) -> Iterator[CityAir]:
    for city, own in rows_by_city(rows, path).items():
        yield city_air(days_of_rows(city, own), ways)


def days_of_rows(city: str, rows: Iterable[PublishedIndex]) -> CityDays:
    """Put published days where computed ones would stand; the last row of a day wins."""
    dated = {row.day: row.concentrations for row in rows}
    first = (min(dated) - _EPOCH).days
    length = (max(dated) - min(dated)).days + 1
    columns = {}
    for measure in REPORTED:
        total, known = np.zeros(length, np.int64), np.zeros(length, np.int64)
        for day, concentrations in dated.items():
            value = concentrations.get(measure)
            if value is not None:
                position = (day - _EPOCH).days - first
                total[position], known[position] = round(value * QUANTUM), 1
        columns[measure] = Column(total=total, stations=known, unit=QUANTUM)
    return CityDays(city=city, first_day=first, columns=columns)


def city_air(
    days: CityDays,
    ways: Ways,
    stations: tuple[str, ...] = (),
    control_sites: tuple[str, ...] = (),
) -> CityAir:
    """Give the days of a city their indices.

    Raises:
        NoEditionError: a day lies before all editions.
        UnsuitedEditionError: the edition asked for does not rate days.
    """
    if ways.edition:
        indices = indices_on(days, aqi_edition(ways.edition))
    else:
        indices = day_indices(days, aqi_editions())
    return CityAir(
        city=days.city, stations=stations, control_sites=control_sites, days=days, indices=indices
    )
