"""The demo's air: hours of the sample city's stations, days of its neighbours."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from civicloop.apps.air.actions import keep_file
from civicloop.apps.air.facts import Ways
from civicloop.connectors.air.air_events import read_air_events
from civicloop.connectors.air.station_places import read_station_places
from civicloop.connectors.sample_city import CityPlan
from civicloop.connectors.sample_city.air import write_sample_air

DAYS_OF_SMALL = 45


@transaction.atomic
def load_sample_air(plan: CityPlan, folder: Path, *, is_small: bool) -> int:
    """Keep the air since the year before the last day's, of a small city some weeks; gives the days."""
    first = date(plan.last_day.year - 1, 1, 1)
    if is_small:
        first = plan.last_day - timedelta(days=DAYS_OF_SMALL - 1)
    files = write_sample_air(plan, folder, first_day=first)
    places = read_station_places(files.stations)
    now = timezone.make_aware(datetime.combine(plan.last_day + timedelta(days=1), time(8)))
    events = read_air_events(files.events)
    of_hours = Ways(control_sites=frozenset({files.control_site}), events=events)
    kept = [
        keep_file(path=path, ways=ways, places=places, areas=files.areas, actor=None, now=now)
        for path, ways in ((files.hours, of_hours), (files.days, Ways(events=events)))
    ]
    return sum(each.days for each in kept)
