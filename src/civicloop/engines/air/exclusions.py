"""Sand-dust: an explicit list of events, and for each figure whether it leaves their days out.

National practice (note of the monitoring centre's monthly report, July 2021): the means of PM10 and
PM2.5 and the composite index leave out data affected by sand-dust; good days and heavily polluted
days keep them. Nothing is left out without an event that says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from civicloop.engines.air.pollutants import Pollutant

DUST = (Pollutant.PM10, Pollutant.PM25)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DustEvent:
    """A recognised sand-dust event in a city."""

    code: str
    city: str
    first_day: date
    last_day: date
    source: str  # who recognised it, where that stands

    def __post_init__(self) -> None:
        """Refuse an event that ends before it begins."""
        if self.last_day < self.first_day:
            raise ValueError(f"the event {self.code} ends before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What is left out, and by which events."""

    days: Mapping[date, tuple[Pollutant, ...]]
    events: tuple[str, ...]


def exclusion_for(
    figure: Figure,
    *,
    city: str,
    events: Iterable[DustEvent],
    policies: Mapping[Figure, Policy],
    first_day: date,
    last_day: date,
) -> Exclusion:
    """Return what a figure leaves out between two days.

    Raises:
        KeyError: the figure has no policy.
    """
    if policies[figure] is Policy.KEEP:
        return Exclusion(days={}, events=())
    met = [
        event
        for event in events
        if event.city == city and event.first_day <= last_day and event.last_day >= first_day
    ]
    days = {day: DUST for event in met for day in _days(event) if first_day <= day <= last_day}
    return Exclusion(days=days, events=tuple(event.code for event in met))


def _days(event: DustEvent) -> list[date]:
    count = (event.last_day - event.first_day).days + 1
    return [event.first_day + timedelta(days=offset) for offset in range(count)]
