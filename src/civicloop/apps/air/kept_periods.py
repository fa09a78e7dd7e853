"""Periods as they are kept, made from kept days."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from civicloop.apps.air.assessing import PeriodAir, periods_of
from civicloop.apps.air.facts import Ways
from civicloop.apps.air.kept_days import kept_city
from civicloop.apps.air.models import AirCity, AirSource, CityDay, CityPeriod
from civicloop.apps.air.plain import plain_period
from civicloop.apps.air.profiles import composites, profile_counts
from civicloop.engines.air.exclusions import AirEvent
from civicloop.engines.air.pollutants import Pollutant
from civicloop.engines.air.primaries import count_primaries


def periods_to_keep(
    city: AirCity,
    days: Mapping[date, CityDay],
    source: AirSource,
    *,
    events: tuple[AirEvent, ...],
) -> Iterator[CityPeriod]:
    """Make, without writing, every period that a city has days in."""
    ways = replace(Ways(), events=events)
    for each in periods_of(kept_city(city.name, days, ways), ways, at_month_ends=True):
        yield period_to_keep(city, each, days, source)


def period_to_keep(
    city: AirCity, each: PeriodAir, days: Mapping[date, CityDay], source: AirSource
) -> CityPeriod:
    """Make, without writing, a period from the days known."""
    span = each.period
    own = {day: kept for day, kept in days.items() if span.first_day <= day <= span.last_day}
    primaries = count_primaries([Pollutant(name) for name in kept.primary] for kept in own.values())
    figures = plain_period(each) | {
        "profiles": profile_counts({day: kept.profiles for day, kept in own.items()}, span),
        "composites": composites(each.concentrations),
        "primary_days": primaries.days,
        "primary": {
            name.value: [count, str(primaries.shares[name])]
            for name, count in primaries.by_pollutant.items()
        },
    }
    return CityPeriod(
        source=source,
        city=city,
        kind=span.kind.value,
        first_day=span.first_day,
        last_day=span.last_day,
        index=each.index.value,
        good_rate=each.counts.good_rate,
        figures=figures,
        recorded_at=source.recorded_at,
    )
