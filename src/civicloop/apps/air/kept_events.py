"""Events of nature as they are kept with the file that they came with."""

from datetime import date
from typing import Any

from civicloop.apps.air.models import AirSource
from civicloop.engines.air.exclusions import DUST, AirEvent, EventKind
from civicloop.engines.air.pollutants import Pollutant


def plain_event(event: AirEvent) -> dict[str, Any]:
    """Write an event; of sand-dust only what was said, as files kept before have it."""
    plain: dict[str, Any] = {
        "code": event.code,
        "city": event.city,
        "first_day": str(event.first_day),
        "last_day": str(event.last_day),
        "source": event.source,
    }
    if event.kind is not EventKind.SAND_DUST:
        plain["kind"] = event.kind.value
    if event.pollutants != DUST:
        plain["pollutants"] = [each.value for each in event.pollutants]
    if event.evidence:
        plain["evidence"] = event.evidence
    return plain


def event_of(plain: dict[str, Any]) -> AirEvent:
    """Read an event that was written."""
    changed: dict[str, Any] = {
        "first_day": date.fromisoformat(plain["first_day"]),
        "last_day": date.fromisoformat(plain["last_day"]),
    }
    if "kind" in plain:
        changed["kind"] = EventKind(plain["kind"])
    if "pollutants" in plain:
        changed["pollutants"] = tuple(map(Pollutant, plain["pollutants"]))
    return AirEvent(**plain | changed)


def known_events(until: AirSource | None = None) -> tuple[AirEvent, ...]:
    """Return the events that came with any kept file, up to one or the last, each as it was said last."""
    found = {}
    sources = AirSource.objects.order_by("pk")
    if until is not None:
        sources = sources.filter(pk__lte=until.pk)
    for events in sources.values_list("dust_events", flat=True):
        for each in map(event_of, events):
            found[each.code, each.city] = each
    return tuple(found.values())
