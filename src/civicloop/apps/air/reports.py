"""One report for each file: what it is, its cities, its agreement with what was published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from civicloop.apps.air.anchors import (
    Compared,
    Indexed,
    Rated,
    by_year,
    compare_bulletins,
    compare_days,
    compare_indices,
    index_bulletins,
    rate_days,
    rate_releases,
)
from civicloop.apps.air.assessing import PeriodAir, Ranked, periods_of, ranking
from civicloop.apps.air.facts import CityAir, Ways, cities_of
from civicloop.connectors.air.columns import Shape
from civicloop.connectors.air.editions import aqi_editions
from civicloop.connectors.air.published import read_bulletins, read_city_days, read_snapshot
from civicloop.connectors.air.tables import AirFile, open_air_file
from civicloop.engines.air.agreement import Agreement
from civicloop.engines.air.editions import editions_between


@dataclass(frozen=True, slots=True, kw_only=True)
class CityReport:
    """A city, its periods, and how its days agree with published ones."""

    air: CityAir
    periods: tuple[PeriodAir, ...]
    compared: Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is known of one file."""

    file: Path
    shape: Shape
    editions: tuple[str, ...]  # of the index, that were used
    cities: tuple[CityReport, ...]
    ranks: tuple[Ranked, ...]
    rated: tuple[Rated, ...]  # published rows with the index computed
    indexed: tuple[Indexed, ...]
    compared: Compared
    years: Mapping[int, Agreement]  # agreement of the index by year


def assess_file(
    path: Path, ways: Ways, *, only: Mapping[str, str], against: Path | None = None
) -> Report:
    """Assess a file of hours, releases, days or bulletins.

    Raises:
        AirFileError, UnreadableFileError: the file, or a cell of it, cannot be read.
        UnknownControlSiteError, DoubleHourError, ImpossibleHourError: its hours contradict themselves.
        NoEditionError: a day lies before all editions.
        UnsuitedEditionError: the edition asked for does not rate days.
    """
    file = open_air_file(path, ways.named, only if against is None else None, ways.gaps)
    if file.shape is Shape.BULLETINS:
        indexed = tuple(index_bulletins(read_bulletins(file)))
        return _report(file, indexed=indexed, compared=compare_bulletins(indexed))
    if file.shape is Shape.SNAPSHOT:
        rated = tuple(rate_releases(read_snapshot(file), ways))
        return _report(
            file, rated=rated, compared=compare_indices(rated), editions=_editions(rated, ways)
        )
    return _assess_cities(file, ways, only=only, against=against)


def _assess_cities(
    file: AirFile, ways: Ways, *, only: Mapping[str, str], against: Path | None
) -> Report:
    published = read_city_days(open_air_file(against, only=only)) if against is not None else []
    cities = []
    for air in cities_of(file, ways):
        rows = [row for row in published if row.place in {"", air.city}]
        compared = compare_days(air, rows) if rows else {}
        cities.append(CityReport(air=air, periods=tuple(periods_of(air, ways)), compared=compared))
    rated: tuple[Rated, ...] = ()
    if file.shape is Shape.CITY_DAYS:
        rated = tuple(rate_days(read_city_days(file), ways))
    is_published = any(each.row.aqi is not None for each in rated)
    return _report(
        file,
        cities=tuple(cities),
        ranks=tuple(ranking([(each.air.city, each.periods) for each in cities]))
        if len(cities) > 1
        else (),
        rated=rated,
        compared=compare_indices(rated) if is_published else {},
        years=by_year(rated) if is_published else {},
        editions=_editions_of_cities(cities, ways),
    )


def _report(
    file: AirFile,
    *,
    cities: tuple[CityReport, ...] = (),
    ranks: tuple[Ranked, ...] = (),
    rated: tuple[Rated, ...] = (),
    indexed: tuple[Indexed, ...] = (),
    compared: Compared | None = None,
    years: Mapping[int, Agreement] | None = None,
    editions: tuple[str, ...] = (),
) -> Report:
    return Report(
        file=file.path,
        shape=file.shape,
        cities=cities,
        ranks=ranks,
        rated=rated,
        indexed=indexed,
        compared=compared or {},
        years=years or {},
        editions=editions,
    )


def _editions(rated: Sequence[Rated], ways: Ways) -> tuple[str, ...]:
    return _codes([each.row.day for each in rated], ways)


def _editions_of_cities(cities: Sequence[CityReport], ways: Ways) -> tuple[str, ...]:
    days = [
        each.air.days.day(position) for each in cities for position in (0, len(each.air.days) - 1)
    ]
    return _codes(days, ways)


def _codes(days: Sequence[date], ways: Ways) -> tuple[str, ...]:
    if ways.edition:
        return (ways.edition,)
    used = editions_between(min(days), max(days), aqi_editions())
    return tuple(each.code for each in used)
