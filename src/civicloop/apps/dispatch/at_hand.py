"""What the operator's desk looks up with every call: read by a process, then kept a little while."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone

from civicloop.apps.dispatch.directory_facts import CityUnits, read_units
from civicloop.apps.dispatch.routing_facts import Router, read_router
from civicloop.apps.intake.models import Channel, Topic
from civicloop.apps.intake.queries.choices import channels, topic_choices
from civicloop.apps.issues.actions.readings import city_gazetteer, kinds_in_use
from civicloop.apps.issues.likely_topics import topic_model_in_use
from civicloop.apps.issues.messages import PlaceNames, place_names
from civicloop.apps.places.models import Area, AreaLevel, Unit
from civicloop.apps.places.queries import area_choices
from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.kinds import KindModel
from civicloop.engines.text.topics import TopicModel

KEPT_FOR = timedelta(seconds=30)  # after so long a renamed unit is seen by every process


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AtHand:
    """The city's lists; areas, topics and units by what an operator writes for them."""

    channels: Sequence[Channel]
    areas: Mapping[str, Area]
    topics: Mapping[str, Topic]
    units: Mapping[str, Unit]
    city_units: CityUnits
    gazetteer: Gazetteer
    places: PlaceNames
    kinds: KindModel
    topic_model: TopicModel | None

    def router(self, now: datetime) -> Router:
        """The directory of the day and the unit model in use, with the units at hand."""
        return _router_of(self, timezone.localdate(now))


def at_hand(*, now: datetime) -> AtHand:
    """The lists, half a minute old at most."""
    return lists_of_slot(int(now.timestamp() // KEPT_FOR.total_seconds()))


@lru_cache(maxsize=2)
def _router_of(lists: AtHand, day: date) -> Router:
    """Read with the lists, and as old as they are: a version approved since is used within half a minute."""
    return read_router(day, units=lists.city_units)


@lru_cache(maxsize=1)
def lists_of_slot(_slot: int) -> AtHand:
    """The lists as they are read first in a slot of time; kept until the next slot."""
    return AtHand(
        channels=list(channels()),
        areas=dict(_named_areas(area_choices())),
        topics={topic.path: topic for topic in topic_choices()},
        units=dict(_named_units(Unit.objects.order_by("code"))),
        city_units=read_units(),
        gazetteer=city_gazetteer(),
        places=place_names(),
        kinds=kinds_in_use(),
        topic_model=topic_model_in_use(),
    )


def _named_areas(areas: Iterable[Area]) -> Iterable[tuple[str, Area]]:
    county: Area | None = None
    for area in areas:
        if area.level == AreaLevel.COUNTY:
            county = area
            yield area.name, area
            continue
        if county and county.pk == area.parent_id:
            area.parent = county  # so that nobody needs to ask
        yield f"{county or ''} {area.name}".strip(), area


def _named_units(units: Iterable[Unit]) -> Iterable[tuple[str, Unit]]:
    """Each unit by its name; of units of one name all but the first by name and code."""
    names: set[str] = set()
    for unit in units:
        yield (f"{unit.name} {unit.code}" if unit.name in names else unit.name), unit
        names.add(unit.name)
