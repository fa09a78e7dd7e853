"""What the air page asks: cities, the days and periods of a year, stations, places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Min, Q

from civicloop.apps.air.models import AirCity, AirStation, CityDay, CityPeriod
from civicloop.engines.air.changes import Place, places
from civicloop.engines.air.periods import PeriodKind

OF_A_YEAR = (PeriodKind.YEAR.value, PeriodKind.TO_DATE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCity:
    """A city and the years of which days are kept."""

    pk: int
    name: str
    years: tuple[int, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCity:
    """A city's places over the same period."""

    city: AirCity
    period: CityPeriod
    index_place: Place | None
    rate_place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AirYear:
    """A year of a city."""

    days: Sequence[CityDay]  # one of each day, the newest that was kept
    revised: int  # earlier figures of days that stand beside
    whole: CityPeriod | None  # the year, or the year to its last day
    months: Sequence[CityPeriod]
    ranks: Sequence[RankedCity]  # the best index first; () of one city alone


def known_cities() -> list[KnownCity]:
    """Return the cities with days, in the order in which they first came."""
    rows = AirCity.objects.annotate(
        first=Min("days__day"), last=Max("days__day"), count=Count("days")
    )
    return [
        KnownCity(
            pk=row.pk, name=row.name, years=tuple(range(row.last.year, row.first.year - 1, -1))
        )
        for row in rows.filter(count__gt=0).order_by("pk")
    ]


def air_year(city_id: int, year: int) -> AirYear:
    """Return the days and periods of a year."""
    kept = list(
        CityDay.objects.filter(city_id=city_id, day__year=year)
        .select_related("source")
        .order_by("day", "pk")
    )
    days = list({each.day: each for each in kept}.values())
    periods = _newest_periods(city_id, year)
    whole = _whole(periods, city_id, days[-1].day) if days else None
    months = [
        each for each in periods if each.city_id == city_id and each.kind == PeriodKind.MONTH.value
    ]
    return AirYear(
        days=days,
        revised=len(kept) - len(days),
        whole=whole,
        months=months,
        ranks=_ranks(periods, whole) if whole else [],
    )


def day_with_revisions(day_id: int) -> list[CityDay]:
    """Return all that was kept of the same day of the same city, the newest first; [] of none."""
    asked = CityDay.objects.filter(pk=day_id).values("city_id", "day")
    return list(
        CityDay.objects.filter(city_id__in=asked.values("city_id"), day__in=asked.values("day"))
        .select_related("source", "city")
        .order_by("-pk")
    )


def stations_of(city_id: int) -> list[AirStation]:
    """Return a city's stations by name."""
    return list(AirStation.objects.filter(city_id=city_id).order_by("is_control_site", "name"))


def _newest_periods(city_id: int, year: int) -> list[CityPeriod]:
    """Return the periods of a year: all of one city, whole years of the others."""
    rows = (
        CityPeriod.objects.filter(first_day__year=year)
        .filter(Q(city_id=city_id) | Q(kind__in=OF_A_YEAR))
        .select_related("city")
        .order_by("first_day", "pk")
    )
    newest = {(each.city_id, each.kind, each.first_day, each.last_day): each for each in rows}
    return list(newest.values())


def _whole(periods: Sequence[CityPeriod], city_id: int, last_day: date) -> CityPeriod | None:
    """Return the year to its last day where there is one, so that the year before ends alike."""
    own = [each for each in periods if each.city_id == city_id and each.kind in OF_A_YEAR]
    to_date = [each for each in own if each.last_day == last_day]
    return next(iter(to_date or own), None)


def _ranks(periods: Sequence[CityPeriod], whole: CityPeriod) -> list[RankedCity]:
    span = (whole.kind, whole.first_day, whole.last_day)
    rows = [each for each in periods if (each.kind, each.first_day, each.last_day) == span]
    if len(rows) < 2:
        return []
    by_index = _places([each.index for each in rows], is_high_good=False)
    by_rate = _places([each.good_rate for each in rows], is_high_good=True)
    found = [
        RankedCity(city=each.city, period=each, index_place=index, rate_place=rate)
        for each, index, rate in zip(rows, by_index, by_rate, strict=True)
    ]
    return sorted(found, key=_by_index)


def _by_index(each: RankedCity) -> tuple[bool, Decimal, str]:
    index = each.period.index
    return index is None, index or Decimal(0), each.city.name


def _places(values: Sequence[Decimal | None], *, is_high_good: bool) -> list[Place | None]:
    known = [value for value in values if value is not None]
    ranked = iter(places(known, is_high_good=is_high_good))
    return [None if value is None else next(ranked) for value in values]
