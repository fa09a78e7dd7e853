"""Keep what was assessed of a file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.air.city_areas import (
    ONLY_CITY,
    WrongAreaError,
    check_areas,
    city_named,
    name_areas_of_kept,
)
from civicloop.apps.air.facts import Ways
from civicloop.apps.air.kept_days import (
    TracedCity,
    days_to_keep,
    is_same,
    newest_days,
    traced_cities,
)
from civicloop.apps.air.kept_events import known_events, plain_event
from civicloop.apps.air.kept_periods import periods_to_keep
from civicloop.apps.air.models import AirCity, AirSource, AirStation, CityDay, CityPeriod
from civicloop.apps.audit.actions import record_event
from civicloop.connectors.air.columns import Shape
from civicloop.connectors.air.station_places import StationPlace
from civicloop.connectors.air.tables import open_air_file

BATCH = 500
KEPT_SHAPES = (Shape.HOURS, Shape.CITY_DAYS)


class NotKeptError(ValueError):
    """Only hours of stations and days of cities are kept, each day by the edition in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a file added."""

    source: AirSource
    is_new: bool  # False: the file had been kept before, nothing was added
    cities: int = 0
    days: int = 0
    revised: int = 0  # of these days, those that said something else before
    periods: int = 0


def keep_file(
    *,
    path: Path,
    ways: Ways,
    places: Mapping[str, StationPlace],
    areas: Mapping[str, str],
    actor: User | None,
    now: datetime,
) -> Kept:
    """Keep the days of a file beside what is known of them, and renew the periods they lie in.

    Args:
        path: the file.
        ways: how it is to be read and assessed.
        places: where stations stand.
        areas: codes of areas by the city's name, or by ONLY_CITY of a file of one city.
        actor: who keeps it.
        now: when.

    Raises:
        WrongAreaError: an area is no code, another city's, or of which city is not said.
        NotKeptError: the file holds neither hours nor days, or one edition is asked for all days.
        AirFileError, UnreadableFileError: the file, or a cell of it, cannot be read.
        UnknownControlSiteError, DoubleHourError, ImpossibleHourError: its hours contradict themselves.
        NoEditionError: a day lies before all editions.
    """
    check_areas(areas)
    file = open_air_file(path, ways.named, gaps=ways.gaps)
    if file.shape not in KEPT_SHAPES or ways.edition:
        raise NotKeptError(ways.edition or file.shape.value)
    with transaction.atomic():
        source, is_new = _source(path, ways, now)
        if not is_new:
            name_areas_of_kept(source, areas, now)
            return Kept(source=source, is_new=False)
        parts: dict[AirCity, _Part] = {}
        for traced in traced_cities(file, ways):
            city = city_named(traced.air.city, areas, now)
            if city in parts or (parts and ONLY_CITY in areas):
                raise WrongAreaError(areas.get(ONLY_CITY, city.area))
            parts[city] = _keep_city(traced, city, source, places)
        kept = Kept(
            source=source,
            is_new=True,
            cities=len(parts),
            days=sum(each.days for each in parts.values()),
            revised=sum(each.revised for each in parts.values()),
            periods=sum(each.periods for each in parts.values()),
        )
        record_event(
            action="keep_air",
            object_type="air_source",
            object_id=source.pk,
            actor=actor,
            now=now,
            details={
                "file": source.name,
                "sha256": source.sha256,
                "days": kept.days,
                "areas": dict(areas),
            },
        )
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    days: int
    revised: int
    periods: int


def _source(path: Path, ways: Ways, now: datetime) -> tuple[AirSource, bool]:
    said = _plain_ways(ways)
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    with path.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    return AirSource.objects.get_or_create(
        sha256=sha256,
        ways_sha256=digest,
        defaults={
            "name": path.name[:200],
            "ways": said,
            "dust_events": [plain_event(event) for event in ways.events],
            "recorded_at": now,
        },
    )


def _plain_ways(ways: Ways) -> dict[str, Any]:
    return {
        "day_rules": ways.day_rules,
        "stamp": ways.stamp and ways.stamp.value,
        "control_sites": sorted(ways.control_sites),
        "least_stations": ways.least_stations,
        "columns": {field.value: header for field, header in ways.named.items()},
        "dust": [plain_event(event) for event in ways.events],
    } | ({"gaps": sorted(map(str, ways.gaps))} if ways.gaps else {})


def _keep_city(
    traced: TracedCity, city: AirCity, source: AirSource, places: Mapping[str, StationPlace]
) -> _Part:
    _keep_stations(traced, city, places)
    known = newest_days(CityDay.objects.filter(city=city).order_by("pk"))
    added = [
        each
        for each in days_to_keep(traced, source)
        if each.day not in known or not is_same(each, known[each.day])
    ]
    for each in added:
        each.city = city
    CityDay.objects.bulk_create(added, batch_size=BATCH)
    revised = sum(each.day in known for each in added)
    known |= {each.day: each for each in added}
    periods = _renew_periods(city, known, source) if added else 0
    return _Part(days=len(added), revised=revised, periods=periods)


def _keep_stations(traced: TracedCity, city: AirCity, places: Mapping[str, StationPlace]) -> None:
    for name in traced.air.stations:
        said: dict[str, Any] = {"is_control_site": name in traced.air.control_sites}
        if name in places:
            said |= {"longitude": places[name].longitude, "latitude": places[name].latitude}
        AirStation.objects.update_or_create(city=city, name=name, defaults=said)


def _renew_periods(city: AirCity, days: Mapping[date, CityDay], source: AirSource) -> int:
    known = {
        (each.kind, each.first_day, each.last_day): each.figures
        for each in CityPeriod.objects.filter(city=city).order_by("pk")
    }
    added = [
        made
        for made in periods_to_keep(city, days, source, events=known_events())
        if known.get((made.kind, made.first_day, made.last_day)) != made.figures
    ]
    CityPeriod.objects.bulk_create(added, batch_size=BATCH)
    return len(added)
