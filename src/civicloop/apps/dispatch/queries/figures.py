"""The figures of a period, in all and by unit, and the orders behind each number."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce

from civicloop.apps.dispatch.figures import FIGURES, Cohort, Figure, Period
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.places.models import Unit, UnitLevel
from civicloop.values.ratios import Ratio, shared_ranks

SMALLEST_RANKED = 30  # fewer cases say nothing about a unit


class UnitFigure(NamedTuple):
    """A unit's share; `rank` is among peers of its level and None where it is not comparable."""

    unit: Unit
    ratio: Ratio
    rank: int | None


class LateBy(NamedTuple):
    """How late the overdue orders were answered, or are by now; two nearest ranks of them all."""

    half: timedelta  # half of them are not later than this
    nine_in_ten: timedelta


def figures_of(orders: QuerySet[WorkOrder], period: Period) -> dict[str, Ratio]:
    """Every figure of the period over the orders that the reader may see; one statement a cohort."""
    counted: dict[str, int] = {}
    for cohort in Cohort:
        codes = [code for code, figure in FIGURES.items() if figure.cohort == cohort]
        counts = {f"whole_{code}": Count("pk", filter=Q(FIGURES[code].whole())) for code in codes}
        for code in codes:
            both = Q(FIGURES[code].whole()) & Q(FIGURES[code].part())
            counts[f"part_{code}"] = Count("pk", filter=both)
        counted |= _within(orders, cohort, period).aggregate(**counts)
    return {code: Ratio(counted[f"part_{code}"], counted[f"whole_{code}"]) for code in FIGURES}


def late_by(orders: QuerySet[WorkOrder], period: Period, *, now: datetime) -> LateBy | None:
    """The age of the orders behind "overdue": to their reply, to their end, or to now; None of none.

    In calendar time, as the citizen waits. Three statements.
    """
    until = Coalesce("replied_at", "closed_at", Value(now, DateTimeField()))
    age = ExpressionWrapper(until - F("due_at"), output_field=DurationField())
    late = orders_behind(orders, "overdue", period, only_part=True)
    count = late.count()
    ages = late.annotate(age=age).order_by("age", "pk").values_list("age", flat=True)
    return LateBy(ages[ceil(count * 0.5) - 1], ages[ceil(count * 0.9) - 1]) if count else None


def orders_behind(
    orders: QuerySet[WorkOrder],
    code: str,
    period: Period,
    *,
    only_part: bool | None = None,
    unit: Unit | None = None,
) -> QuerySet[WorkOrder]:
    """The rows of a figure: its whole, its part (True) or the rest of the whole (False)."""
    figure = FIGURES[code]
    behind = _of(orders, figure, period)
    if unit:
        behind = behind.filter(lead_unit=unit)
    if only_part is None:
        return behind
    part = Q(figure.part())
    return behind.filter(part) if only_part else behind.exclude(part)


def _of(orders: QuerySet[WorkOrder], figure: Figure, period: Period) -> QuerySet[WorkOrder]:
    return _within(orders, figure.cohort, period).filter(Q(figure.whole()))


def _within(orders: QuerySet[WorkOrder], cohort: Cohort, period: Period) -> QuerySet[WorkOrder]:
    return orders.filter(period.holds(cohort))


def figure_by_unit(
    orders: QuerySet[WorkOrder], code: str, period: Period
) -> Mapping[UnitLevel, list[UnitFigure]]:
    """One figure by lead unit, in tiers of peers of one level, in the order of the units' codes.

    Ranks are shared where intervals overlap, and given only from `SMALLEST_RANKED` cases on.
    """
    figure = FIGURES[code]
    counted = (
        _of(orders, figure, period)
        .filter(lead_unit__isnull=False)
        .values(unit=F("lead_unit"))
        .annotate(whole=Count("pk"), part=Count("pk", filter=Q(figure.part())))
    )
    ratios = {row["unit"]: Ratio(row["part"], row["whole"]) for row in counted}
    units = Unit.objects.filter(pk__in=ratios).order_by("code")
    tiers: dict[UnitLevel, list[UnitFigure]] = {}
    for level in UnitLevel:
        peers = [unit for unit in units if unit.level == level]
        ranks = _ranks({unit.pk: ratios[unit.pk] for unit in peers}, figure)
        if peers:
            tiers[level] = [UnitFigure(unit, ratios[unit.pk], ranks.get(unit.pk)) for unit in peers]
    return tiers


def _ranks(ratios: Mapping[int, Ratio], figure: Figure) -> dict[int, int]:
    if figure.is_better_high is None:
        return {}
    if figure.is_better_high:
        return shared_ranks(ratios, smallest=SMALLEST_RANKED)
    turned = {
        key: Ratio(one.denominator - one.numerator, one.denominator) for key, one in ratios.items()
    }
    return shared_ranks(turned, smallest=SMALLEST_RANKED)
