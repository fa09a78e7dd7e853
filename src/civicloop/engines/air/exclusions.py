"""Events of nature: an explicit list with evidence, and for each figure whether it leaves their days out.

Sand-dust, by national practice (note of the monitoring centre's monthly report, July 2021): the means of
PM10 and PM2.5 and the composite index leave out data affected by it; good days and heavily polluted
days keep them, and releases give the share of good days without them beside. HJ 663-2026 adds
exceptional events (例外事件); its text was not obtained, so that they are treated like sand-dust, of the
pollutants that the list names, is unverified. Nothing is left out without an event that says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from civicloop.engines.air.pollutants import Pollutant

DUST = (Pollutant.PM10, Pollutant.PM25)


class EventKind(StrEnum):
    """What befell a city."""

    SAND_DUST = "sand_dust"
    EXCEPTIONAL = "exceptional"  # HJ 663-2026: smoke of wild fires, ash …


class UnprovenEventError(ValueError):
    """An exceptional event counts by its evidence alone."""


class Figure(StrEnum):
    """A kind of figure that has a policy of its own."""

    CONCENTRATIONS = "concentrations"
    COMPOSITE_INDEX = "composite_index"
    GOOD_DAYS = "good_days"
    HEAVY_DAYS = "heavy_days"


class Policy(StrEnum):
    """What a figure does with the days of an event."""

    KEEP = "keep"
    DROP = "drop"


Policies = Mapping[EventKind, Mapping[Figure, Policy]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AirEvent:
    """A recognised event in a city."""

    code: str
    city: str
    first_day: date
    last_day: date
    source: str  # who recognised it, where that stands
    kind: EventKind = EventKind.SAND_DUST
    pollutants: tuple[Pollutant, ...] = DUST  # what of its days is left out
    evidence: str = ""  # document, satellite picture, composition of the particles …

    def __post_init__(self) -> None:
        """Refuse an event that ends before it begins, leaves nothing out, or that nothing proves."""
        if self.last_day < self.first_day:
            raise ValueError(f"the event {self.code} ends before it begins")
        if not self.pollutants:
            raise ValueError(f"the event {self.code} names no pollutant")
        if self.kind is EventKind.EXCEPTIONAL and not self.evidence:
            raise UnprovenEventError(f"the event {self.code} has no evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What is left out, and by which events; codes in the order of the list."""

    days: Mapping[date, tuple[Pollutant, ...]]
    events: tuple[str, ...]


def exclusion_for(
    figure: Figure,
    *,
    city: str,
    events: Iterable[AirEvent],
    policies: Policies,
    first_day: date,
    last_day: date,
) -> Exclusion:
    """Return what a figure leaves out between two days.

    Raises:
        KeyError: the figure has no policy for a kind of event.
    """
    met = [
        event
        for event in events_within(events, city=city, first_day=first_day, last_day=last_day)
        if policies[event.kind][figure] is Policy.DROP
    ]
    days: dict[date, tuple[Pollutant, ...]] = {}
    for event in met:
        for day in _days(event):
            if first_day <= day <= last_day:
                days[day] = tuple(dict.fromkeys([*days.get(day, ()), *event.pollutants]))
    return Exclusion(days=days, events=tuple(event.code for event in met))


def events_within(
    events: Iterable[AirEvent], *, city: str, first_day: date, last_day: date
) -> list[AirEvent]:
    """Return the events of a city that touch a stretch of days."""
    return [
        event
        for event in events
        if event.city == city and event.first_day <= last_day and event.last_day >= first_day
    ]


def days_of_events(events: Iterable[AirEvent]) -> frozenset[date]:
    """Return every day of some events."""
    return frozenset(day for event in events for day in _days(event))


def _days(event: AirEvent) -> list[date]:
    count = (event.last_day - event.first_day).days + 1
    return [event.first_day + timedelta(days=offset) for offset in range(count)]
