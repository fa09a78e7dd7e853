"""Keep a city's days of air and the concentrations of its periods, as its hours give them."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.analytics.air.indices import NONE
from civicloop.apps.accounts.models import User
from civicloop.apps.air.assessing import concentrations_of
from civicloop.apps.air.facts import CityAir, Ways, cities_of
from civicloop.apps.audit.actions import record_event
from civicloop.apps.indicators.models import AirDay, Observation, SourceDocument, Vintage
from civicloop.apps.indicators.refusals import IndicatorRefusedError
from civicloop.apps.indicators.snapshots import digest_of_file
from civicloop.connectors.air.editions import aqi_editions
from civicloop.connectors.air.tables import open_air_file
from civicloop.engines.air.editions import edition_on
from civicloop.engines.air.periods import Period as AirPeriod
from civicloop.engines.air.periods import PeriodKind as AirPeriodKind
from civicloop.engines.indicators.periods import Month, Period, PeriodKind, periods_between

_KINDS = {
    PeriodKind.MONTH: AirPeriodKind.MONTH,
    PeriodKind.QUARTER: AirPeriodKind.QUARTER,
    PeriodKind.YEAR: AirPeriodKind.YEAR,
    PeriodKind.TO_DATE: AirPeriodKind.TO_DATE,
}
UNITS = {"co": "mg/m³"}


class AirKept(NamedTuple):
    document: SourceDocument
    days: int
    observations: int


@transaction.atomic
def keep_air(*, file: Path, area: str, ways: Ways, actor: User | None, now: datetime) -> AirKept:
    """Assess a file of one city's hours and keep its days and periods; what is kept already stays.

    Raises:
        AirFileError, UnreadableFileError: the file, or a cell of it, cannot be read.
        UnknownControlSiteError, DoubleHourError, ImpossibleHourError: the hours contradict themselves.
        IndicatorRefusedError: the file holds several cities.
    """
    cities = list(cities_of(open_air_file(file, ways.named), ways))
    if len(cities) != 1:
        raise IndicatorRefusedError(_("The file holds several cities: give one file for each."))
    [air] = cities
    document = SourceDocument(
        name=file.name[:200], sha256=digest_of_file(file), recorded_at=now, recorded_by=actor
    )
    document.save()
    days = _days(air, area, document, now)
    AirDay.objects.bulk_create(days, batch_size=1000)
    observed = [
        row
        for period in _periods(air)
        for row in _observations(air, period, ways, area, document, now)
    ]
    Observation.objects.bulk_create(observed, batch_size=1000)
    record_event(
        action="keep_air",
        object_type="source_document",
        object_id=document.pk,
        actor=actor,
        now=now,
        details={"days": len(days), "observations": len(observed)},
    )
    return AirKept(document, len(days), len(observed))


def _days(air: CityAir, area: str, document: SourceDocument, now: datetime) -> list[AirDay]:
    editions = aqi_editions()
    found = []
    for position in range(len(air.days)):
        day = air.days.day(position)
        edition = edition_on(day, editions)
        value = int(air.indices.value[position])
        is_known = value != NONE
        found.append(
            AirDay(
                area=area,
                day=day,
                aqi=value if is_known else None,
                level=int(air.indices.level[position]) if is_known else None,
                is_good=value <= edition.good_up_to if is_known else None,
                edition=edition.code,
                document=document,
                recorded_at=now,
            )
        )
    return found


def _periods(air: CityAir) -> list[Period]:
    """Return every period that lies within the days, years to date at each end of a month."""
    first, last = air.days.day(0), air.days.day(len(air.days) - 1)
    periods = periods_between(Month.of(first), Month.of(last), frozenset(PeriodKind))
    return [each for each in periods if first <= each.first_day and each.last_day <= last]


def _observations(
    air: CityAir, period: Period, ways: Ways, area: str, document: SourceDocument, now: datetime
) -> list[Observation]:
    span = AirPeriod(first_day=period.first_day, last_day=period.last_day, kind=_KINDS[period.kind])
    concentrations, figures = concentrations_of(air, span, ways)
    return [
        Observation(
            series=f"air_{pollutant}",
            area=area,
            period=str(period),
            last_day=period.last_day,
            value=value,
            unit=UNITS.get(pollutant.value, "µg/m³"),
            vintage=Vintage.FINAL if figures[pollutant].is_valid else Vintage.PRELIMINARY,
            document=document,
            page=f"{period.first_day} … {period.last_day}",
            recorded_at=now,
        )
        for pollutant, value in concentrations.items()
    ]
