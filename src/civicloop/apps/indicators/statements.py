"""What is stated of areas: observations of sources, and the periods of air that were worked out from hours."""

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

from civicloop.apps.air.models import CityPeriod
from civicloop.apps.air.queries import periods_known
from civicloop.apps.indicators.fact_sources import known_observations
from civicloop.apps.indicators.models import Observation, SourceDocument, Vintage
from civicloop.engines.air.periods import PeriodKind as AirPeriodKind
from civicloop.engines.air.pollutants import Pollutant
from civicloop.engines.indicators.periods import Month, Period, PeriodKind, read_period

_KINDS = {
    AirPeriodKind.MONTH.value: PeriodKind.MONTH,
    AirPeriodKind.QUARTER.value: PeriodKind.QUARTER,
    AirPeriodKind.YEAR.value: PeriodKind.YEAR,
    AirPeriodKind.TO_DATE.value: PeriodKind.TO_DATE,
}
_SERIES = {f"air_{each.value}": each for each in Pollutant}
_UNITS = {Pollutant.CO: "mg/m³"}


def known_statements(
    as_of: datetime, *, series: Collection[str], area: str = "", period: str = ""
) -> list[Observation]:
    """Return what was stated of whole areas by then; of a series, area and period the last.

    What air states is no row of its own: it is read from the air's periods, with the file of hours.
    """
    asked = {"area": area, "period": period}
    conditions = {name: value for name, value in asked.items() if value}
    stated = known_observations(as_of, series__in=series, member="", **conditions)
    of_air = _of_air(as_of, series, area, period)
    newest = {
        (row.series, row.area, row.period): row
        for row in sorted([*stated, *of_air], key=lambda row: row.recorded_at)
    }
    return list(newest.values())


def _of_air(
    as_of: datetime, series: Collection[str], area: str, period: str
) -> Iterator[Observation]:
    asked = [each for each in _SERIES if each in series]
    if not asked:
        return
    conditions: dict[str, object] = {"city__area": area} if area else {}
    if period:
        span = read_period(period)
        conditions |= {"first_day": span.first_day, "last_day": span.last_day}
    for each in periods_known(as_of, **conditions):
        own = _period(each)
        if own is not None and period in {"", str(own)}:
            for name in asked:
                yield _statement(each, own, name)


def _period(each: CityPeriod) -> Period | None:
    """Return the period of whole months, None of a year to some other day."""
    first, last = Month.of(each.first_day), Month.of(each.last_day)
    if each.last_day != last.last_day:
        return None
    return Period(kind=_KINDS[each.kind], first=first, last=last)


def _statement(each: CityPeriod, period: Period, series: str) -> Observation:
    """Make, without writing, what a period says of a pollutant."""
    pollutant = _SERIES[series]
    figures = each.figures["pollutants"][pollutant.value]
    stated = Observation(
        series=series,
        area=each.city.area,
        period=str(period),
        last_day=each.last_day,
        value=None if figures["in_index"] is None else Decimal(figures["in_index"]),
        unit=_UNITS.get(pollutant, "µg/m³"),
        vintage=Vintage.FINAL if figures["is_valid"] else Vintage.PRELIMINARY,
        document=SourceDocument(
            name=each.source.name, sha256=each.source.sha256, recorded_at=each.source.recorded_at
        ),
        page=f"{each.first_day} … {each.last_day}",
        recorded_at=each.recorded_at,
    )
    stated.air_period = each.pk
    return stated
