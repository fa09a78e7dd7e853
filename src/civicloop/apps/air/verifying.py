"""Rate kept days again and work kept periods out again, from what each was made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from civicloop.apps.air.assessing import assess_period
from civicloop.apps.air.behind import known_with
from civicloop.apps.air.facts import Ways
from civicloop.apps.air.kept_days import kept_city
from civicloop.apps.air.kept_events import known_events
from civicloop.apps.air.kept_periods import period_to_keep
from civicloop.apps.air.models import AirCity, CityDay, CityPeriod
from civicloop.apps.air.plain import day_row
from civicloop.engines.air.periods import Period, PeriodKind
from civicloop.engines.air.pollutants import DAY_FIGURES
from civicloop.engines.provenance.following import Departure, departures


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedAir:
    """What became of a city's days and periods."""

    city: AirCity
    day_count: int
    period_count: int
    departed: tuple[tuple[str, Departure], ...]  # the day or period, why


def verify_air() -> Iterator[VerifiedAir]:
    """Verify every day and period of each city; older revisions from what was known then."""
    for city in AirCity.objects.order_by("name"):
        days = list(CityDay.objects.filter(city=city).order_by("pk"))
        periods = list(
            CityPeriod.objects.filter(city=city).select_related("source").order_by("source", "pk")
        )
        departed = [*_departed_days(city, days), *_departed_periods(city, days, periods)]
        yield VerifiedAir(
            city=city,
            day_count=len(days),
            period_count=len(periods),
            departed=tuple(departed),
        )


def _departed_days(city: AirCity, days: Sequence[CityDay]) -> Iterator[tuple[str, Departure]]:
    in_order = sorted(days, key=lambda each: (each.source_id, each.day))
    for _, own in groupby(in_order, key=lambda each: each.source_id):
        by_day = {each.day: each for each in own}
        air = kept_city(city.name, by_day, Ways())
        for day, kept in by_day.items():
            plain = day_row(air, (day - min(by_day)).days)
            for departure in departures(_stored(kept), _rated(plain)):
                yield str(day), departure


def _stored(kept: CityDay) -> dict[str, Any]:
    named = {"aqi": kept.aqi, "level": kept.level, "primary": kept.primary}
    return {**kept.published, **named}


def _rated(plain: Mapping[str, Any]) -> dict[str, Any]:
    names = ("aqi", "level", "primary", *(each.value for each in DAY_FIGURES))
    return {name: plain[name] for name in names}


def _departed_periods(
    city: AirCity, days: Sequence[CityDay], periods: Sequence[CityPeriod]
) -> Iterator[tuple[str, Departure]]:
    for source, own in groupby(periods, key=lambda each: each.source):
        known = known_with(source, days)
        ways = replace(Ways(), events=known_events(until=source))
        air = kept_city(city.name, known, ways) if known else None
        for kept in own:
            period = Period(
                kind=PeriodKind(kept.kind), first_day=kept.first_day, last_day=kept.last_day
            )
            again = (
                _figures(period_to_keep(city, assess_period(air, period, ways), known, source))
                if air
                else {}
            )
            for departure in departures(_figures(kept), again):
                yield f"{kept.first_day}/{kept.last_day}", departure


def _figures(kept: CityPeriod) -> dict[str, Any]:
    return {"index": kept.index, "good_rate": kept.good_rate, **kept.figures}
