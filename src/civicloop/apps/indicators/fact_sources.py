"""Where the rows of each table of facts come from, month by month, and how to see that they changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from typing import Protocol

from django.db.models import BooleanField, Case, Count, F, Max, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import TruncMonth
from django.utils import timezone

from civicloop.apps.air.models import CityDay
from civicloop.apps.air.queries import days_known
from civicloop.apps.clocks.counting import last_day_of
from civicloop.apps.dispatch.figures import FIGURES, Cohort, Period
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.indicators.fact_tables import (
    AIR_DAYS,
    OBSERVATIONS,
    ORDERS,
    figures_of,
)
from civicloop.apps.indicators.models import Observation
from civicloop.connectors.air.editions import aqi_edition
from civicloop.engines.indicators.periods import Month, NotAPeriodError, PeriodKind, read_period
from civicloop.engines.indicators.tables import Table
from civicloop.engines.indicators.tallies import FactRow

UNKNOWN_AREA = "0" * 12
COUNTY_DIGITS, CODE_LENGTH = 6, 12
Rows = list[tuple[FactRow, str]]


class FactSource(Protocol):
    """Gives the rows of one table of facts."""

    @property
    def table(self) -> Table:
        """The table that the rows are of."""

    def fingerprints(self) -> Mapping[Month, str]:
        """Return by month something that changes whenever a row of it does."""

    def rows(self, month: Month) -> Rows:
        """Return the rows of a month in a fixed order, each with what it was made from."""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """The orders of a cohort, each figure of it as two flags: within the whole, within the part."""

    cohort: Cohort

    @property
    def table(self) -> Table:
        return ORDERS[self.cohort]

    def fingerprints(self) -> Mapping[Month, str]:
        counted = (
            WorkOrder.objects.filter(**{f"{self.cohort}__isnull": False})
            .order_by()
            .values(month=TruncMonth(_day_column(self.cohort)))
            .annotate(count=Count("pk"), versions=Sum("version"), newest=Max("pk"))
        )
        return {
            Month.of(row["month"]): f"{row['count']} {row['versions']} {row['newest']}"
            for row in counted
        }

    def rows(self, month: Month) -> Rows:
        flags = _flags(self.cohort)
        orders = _within(WorkOrder.objects.all(), self.cohort, month).annotate(**flags)
        names = ("pk", str(self.cohort), "area__code", *flags)
        return [
            (
                FactRow(
                    area=county_of(area),
                    day=last_day_of(at) if self.cohort is Cohort.DUE else timezone.localdate(at),
                    member="",
                    cells=dict(zip(flags, cells, strict=True)),
                ),
                f"order {pk}",
            )
            for pk, at, area, *cells in orders.order_by("pk").values_list(*names)
        ]


def _day_column(cohort: Cohort) -> F | CombinedExpression:
    """What a cohort's day is told by; an order due at 24:00 is due on the day that ends."""
    column = F(str(cohort))
    return column - timedelta(microseconds=1) if cohort is Cohort.DUE else column


def _flags(cohort: Cohort) -> dict[str, Case]:
    flags = {}
    for code in figures_of(cohort):
        whole = Q(FIGURES[code].whole())
        flags[f"in_{code}"] = _flag(whole)
        flags[f"is_{code}"] = _flag(whole & Q(FIGURES[code].part()))
    return flags


def _flag(condition: Q) -> Case:
    if not condition:
        return Case(default=Value(value=True), output_field=BooleanField())
    return Case(
        When(condition, then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )


def _within(orders: QuerySet[WorkOrder], cohort: Cohort, month: Month) -> QuerySet[WorkOrder]:
    period = Period(first_day=date(month.year, month.month, 1), last_day=month.last_day)
    return orders.filter(period.holds(cohort))


def county_of(area: str | None) -> str:
    """Return the county of an area, its city where it is one, or that nobody knows."""
    return area[:COUNTY_DIGITS].ljust(CODE_LENGTH, "0") if area else UNKNOWN_AREA


@dataclass(frozen=True, slots=True)
class ObservedFacts:
    """Observations of months, each as it was known at a time."""

    as_of: datetime

    @property
    def table(self) -> Table:
        return OBSERVATIONS

    def fingerprints(self) -> Mapping[Month, str]:
        by_month: dict[Month, list[Observation]] = defaultdict(list)
        for each in known_observations(self.as_of):
            if (month := _month(each)) is not None:
                by_month[month].append(each)
        return {month: _digest(map(_written, found)) for month, found in by_month.items()}

    def rows(self, month: Month) -> Rows:
        period = f"{month.year:04}-{month.month:02}"
        return [
            (
                FactRow(
                    area=each.area,
                    day=each.last_day,
                    member=each.member,
                    cells={
                        "series": each.series,
                        "value": None if each.value is None else Fraction(each.value),
                        "vintage": each.vintage,
                    },
                ),
                f"observation {each.pk}",
            )
            for each in known_observations(self.as_of, period=period)
        ]


def known_observations(as_of: datetime, **conditions: object) -> list[Observation]:
    """Return the last row of each observation that was recorded by then: a revision hides what it revises."""
    rows = Observation.objects.filter(recorded_at__lte=as_of, **conditions)
    newest = {
        (row.series, row.area, row.member, row.period): row
        for row in rows.order_by("recorded_at", "pk")
    }
    return sorted(newest.values(), key=lambda row: row.pk)


def _month(row: Observation) -> Month | None:
    try:
        period = read_period(row.period)
    except NotAPeriodError:
        return None
    return period.last if period.kind is PeriodKind.MONTH else None


def _written(row: Observation) -> str:
    return f"{row.pk} {row.series} {row.area} {row.member} {row.period} {row.value} {row.vintage}"


def _digest(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AirFacts:
    """Days of air of the cities that are areas, each as it was known at a time."""

    as_of: datetime

    @property
    def table(self) -> Table:
        return AIR_DAYS

    def fingerprints(self) -> Mapping[Month, str]:
        by_month: dict[Month, list[str]] = defaultdict(list)
        for each in days_known(self.as_of):
            by_month[Month.of(each.day)].append(f"{each.pk} {each.city.area} {each.day} {each.aqi}")
        return {month: _digest(lines) for month, lines in by_month.items()}

    def rows(self, month: Month) -> Rows:
        first = date(month.year, month.month, 1)
        return [
            (
                FactRow(
                    area=each.city.area,
                    day=each.day,
                    member="",
                    cells={
                        "aqi": None if each.aqi is None else Fraction(each.aqi),
                        "is_good": _is_good(each),
                        "level": None if each.level is None else Fraction(each.level),
                        "edition": each.edition,
                    },
                ),
                each.reference,
            )
            for each in days_known(self.as_of, day__range=(first, month.last_day))
        ]


def _is_good(each: CityDay) -> bool | None:
    return None if each.aqi is None else each.aqi <= aqi_edition(each.edition).good_up_to


def sources(as_of: datetime) -> list[FactSource]:
    """Return where every table of facts comes from."""
    return [*map(OrderFacts, Cohort), ObservedFacts(as_of), AirFacts(as_of)]
