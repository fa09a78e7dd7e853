"""Air that is kept: two cities alike and one worse, one of them with stations and their places."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from tests.apps.air.files import days_file, hours_file

from civicloop.apps.air.actions import Kept, keep_file
from civicloop.apps.air.facts import Ways
from civicloop.apps.air.models import CityDay
from civicloop.connectors.air.station_places import read_station_places

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
PLACES = """station,longitude,latitude
centre,111.2,37.5
east,111.3,37.55
"""


def keep(path: Path, *, now: datetime = NOW, places=None, areas=None, **ways) -> Kept:
    return keep_file(
        path=path, ways=Ways(**ways), places=places or {}, areas=areas or {}, actor=None, now=now
    )


def keep_hours(folder: Path, **file) -> Kept:
    """Keep hours of the city "hours", whose station "reservoir" does not count and has no place."""
    places = folder / "places.csv"
    places.write_text(PLACES, encoding="utf-8")
    path = hours_file(folder, **file)
    return keep(path, places=read_station_places(places), control_sites=frozenset({"reservoir"}))


def keep_some_air() -> CityDay:
    """Keep days of three cities and hours of one; gives a day of the latter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keep_hours(folder, first=date(2026, 5, 2), days=1)
        keep(days_file(folder, first=date(2026, 4, 28), last=date(2026, 5, 2)))
    return CityDay.objects.filter(city__name="hours").earliest("pk")
