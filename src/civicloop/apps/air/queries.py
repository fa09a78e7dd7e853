"""What the air page asks: cities, the days and periods of a year, stations, places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Max, Min, QuerySet

from civicloop.apps.air.models import AirCity, AirStation, CityDay, CityPeriod
from civicloop.engines.air.changes import Place, places
from civicloop.engines.air.periods import PeriodKind


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
    periods = _newest(CityPeriod.objects.filter(city_id=city_id, first_day__year=year))
    whole = _whole(periods, days[-1].day) if days else None
    return AirYear(
        days=days,
        revised=len(kept) - len(days),
        whole=whole,
        months=[each for each in periods if each.kind == PeriodKind.MONTH.value],
        ranks=_ranks(whole) if whole else [],
    )


def days_between(city_id: int, first: date, last: date) -> dict[date, CityDay]:
    """Return the newest of each kept day of a city."""
    kept = CityDay.objects.filter(city_id=city_id, day__range=(first, last)).order_by("day", "pk")
    return {each.day: each for each in kept}


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


def days_known(as_of: datetime, **conditions: object) -> list[CityDay]:
    """Return the days of all areas as they were known at a time: of each the last, by number."""
    rows = (
        CityDay.objects.filter(
            recorded_at__lte=as_of, city__area_recorded_at__lte=as_of, **conditions
        )
        .select_related("city")
        .defer("exact", "published", "primary", "profiles", "rows")
        .order_by("recorded_at", "pk")
    )
    newest = {(row.city_id, row.day): row for row in rows}
    return sorted(newest.values(), key=lambda row: row.pk)


def periods_known(as_of: datetime, **conditions: object) -> list[CityPeriod]:
    """Return the periods of all areas as they were known at a time, where days reach over the whole."""
    known = {"recorded_at__lte": as_of, "city__area_recorded_at__lte": as_of}
    reach = {
        row["city_id"]: (row["first"], row["last"])
        for row in CityDay.objects.filter(**known)
        .values("city_id")
        .annotate(first=Min("day"), last=Max("day"))
    }
    rows = CityPeriod.objects.filter(**known, **conditions).select_related("source")
    return [
        each
        for each in _newest(rows, "recorded_at", "pk")
        if reach[each.city_id][0] <= each.first_day and each.last_day <= reach[each.city_id][1]
    ]


def _newest(rows: QuerySet[CityPeriod], *order: str) -> list[CityPeriod]:
    """Return of each period what was recorded last."""
    found = rows.select_related("city").order_by(*(order or ("first_day", "pk")))
    newest = {(each.city_id, each.kind, each.first_day, each.last_day): each for each in found}
    return list(newest.values())


def _whole(own: Sequence[CityPeriod], last_day: date) -> CityPeriod | None:
    """Return the year to its last day where there is one, so that the year before ends alike."""
    years = [each for each in own if each.kind == PeriodKind.YEAR.value]
    to_date = [
        each for each in own if each.kind == PeriodKind.TO_DATE.value and each.last_day == last_day
    ]
    is_over = any(each.last_day == last_day for each in years)
    return next(iter(years if is_over else to_date or years), None)


def _ranks(whole: CityPeriod) -> list[RankedCity]:
    rows = _newest(
        CityPeriod.objects.filter(
            kind=whole.kind, first_day=whole.first_day, last_day=whole.last_day
        )
    )
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
