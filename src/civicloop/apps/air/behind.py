"""What is behind a period: the days that were known when it was recorded, and what was said of it since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from civicloop.apps.air.kept_days import newest_days
from civicloop.apps.air.models import AirSource, CityDay, CityPeriod
from civicloop.engines.air.periods import Period, PeriodKind, year_before


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindPeriod:
    """A period, its days, and its neighbours in time."""

    period: CityPeriod
    days: Sequence[CityDay]
    kept: Sequence[CityPeriod]  # all that was said of the same days, the newest first
    year_before: CityPeriod | None  # as it was known when this was recorded


def behind_period(period_id: int) -> BehindPeriod | None:
    """Return what a period was worked out from; None of none."""
    period = CityPeriod.objects.select_related("city", "source").filter(pk=period_id).first()
    if period is None:
        return None
    days = CityDay.objects.filter(city_id=period.city_id).defer("exact", "profiles", "rows")
    known = known_with(period.source, list(days.order_by("pk")))
    return BehindPeriod(
        period=period,
        days=[known[day] for day in sorted(known) if period.first_day <= day <= period.last_day],
        kept=list(_of_same(period, period.first_day, period.last_day).order_by("-pk")),
        year_before=_year_before(period),
    )


def known_with(source: AirSource, days: Sequence[CityDay]) -> Mapping[date, CityDay]:
    """Return the days that were known when the last of a file's days was added."""
    last = max((each.pk for each in days if each.source_id == source.pk), default=0)
    return newest_days(each for each in days if each.pk <= last)


def _year_before(period: CityPeriod) -> CityPeriod | None:
    span = Period(
        kind=PeriodKind(period.kind), first_day=period.first_day, last_day=period.last_day
    )
    before = year_before(span)
    known = _of_same(period, before.first_day, before.last_day).filter(
        source_id__lte=period.source_id
    )
    return known.order_by("-pk").first()


def _of_same(period: CityPeriod, first: date, last: date) -> QuerySet[CityPeriod]:
    return CityPeriod.objects.select_related("source").filter(
        city_id=period.city_id, kind=period.kind, first_day=first, last_day=last
    )
