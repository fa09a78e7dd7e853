"""Read published figures: releases of stations, days of cities, bulletins of composite indices."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from statistics import median
from typing import TypeVar

import numpy as np

from civicloop.connectors.air.cells import Cells
from civicloop.connectors.air.columns import POLLUTANT_FIELDS, Field, is_micrograms, is_nothing
from civicloop.connectors.air.editions import aqi_editions
from civicloop.connectors.air.gaps import GAP_MARKS, gap_mark
from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.air.tables import AirFile, text_rows
from civicloop.engines.air.editions import editions_between
from civicloop.engines.air.index import daily_index, realtime_index
from civicloop.engines.air.pollutants import DAY_FIGURES, Measure, Pollutant

_HOUR_FIELDS = {
    Measure.SO2_1H: Field.SO2,
    Measure.SO2_24H: Field.SO2_24H,
    Measure.NO2_1H: Field.NO2,
    Measure.PM10_1H: Field.PM10,
    Measure.PM25_1H: Field.PM25,
    Measure.CO_1H: Field.CO,
    Measure.O3_1H: Field.O3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedIndex:
    """A row with concentrations and, where it was published, the index that belongs to them."""

    row: int
    place: str  # station or city
    day: date
    concentrations: Mapping[Measure, Decimal | None]
    aqi: int | None
    level: str  # as published, "" for none
    primary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """Concentrations of a period and the composite index that was published of them."""

    row: int
    city: str
    period: str
    last_day: date
    concentrations: Mapping[Pollutant, Decimal | None]
    index: Decimal | None


Row = TypeVar("Row")


def read_snapshot(file: AirFile) -> list[PublishedIndex]:
    """Read a release of stations; a concentration below 0 means that none was measured, as in hours.

    Raises:
        AirFileError: a cell cannot be read, or there are no rows.
    """
    found = []
    for number, row in text_rows(file):
        cells = Cells(file, number, row)
        concentrations = {m: _measured(cells, field) for m, field in _HOUR_FIELDS.items()}
        found.append(_published(cells, cells.text(Field.STATION), cells.day(), concentrations))
    _refuse_gap_marks(found, _HOUR_FIELDS, file)
    return _with_milligrams(_some(found, file), Measure.CO_1H, file)


def read_city_days(file: AirFile) -> list[PublishedIndex]:
    """Read days of cities; a concentration of 0 or below means that none was measured.

    Raises:
        AirFileError: a cell cannot be read, or there are no rows.
    """
    fields = {DAY_FIGURES[each]: field for each, field in POLLUTANT_FIELDS.items()}
    if Field.O3_8H in file.columns.fields:
        fields[Measure.O3_8H] = Field.O3_8H
        fields[Measure.O3_1H] = Field.O3_DAY
    found = []
    for number, row in text_rows(file):
        cells = Cells(file, number, row)
        concentrations = {m: _measured(cells, field) or None for m, field in fields.items()}
        found.append(_published(cells, cells.text(Field.CITY), cells.whole_day(), concentrations))
    _refuse_gap_marks(found, fields, file)
    return _with_milligrams(_some(found, file), Measure.CO_24H, file)


def read_bulletins(file: AirFile) -> list[Bulletin]:
    """Read bulletins of composite indices.

    Raises:
        AirFileError: a cell cannot be read, or there are no rows.
    """
    fields = dict(POLLUTANT_FIELDS)
    for pollutant, better in ((Pollutant.CO, Field.CO_P95), (Pollutant.O3, Field.O3_P90)):
        if better in file.columns.fields:
            fields[pollutant] = better
        elif pollutant is Pollutant.O3 and Field.O3_8H in file.columns.fields:
            fields[pollutant] = Field.O3_8H
    found = []
    for number, row in text_rows(file):
        cells = Cells(file, number, row)
        period, last_day = cells.end_of_period()
        found.append(
            Bulletin(
                row=number,
                city=cells.text(Field.CITY),
                period=period,
                last_day=last_day,
                concentrations={each: cells.concentration(field) for each, field in fields.items()},
                index=cells.number(Field.INDEX),
            )
        )
    carbon = _in_milligrams([each.concentrations[Pollutant.CO] for each in found], file)
    return [
        replace(each, concentrations={**each.concentrations, Pollutant.CO: value})
        for each, value in zip(_some(found, file), carbon, strict=True)
    ]


def _published(
    cells: Cells, place: str, day: date, concentrations: Mapping[Measure, Decimal | None]
) -> PublishedIndex:
    aqi = cells.whole(Field.AQI)
    return PublishedIndex(
        row=cells.row,
        place=place,
        day=day,
        concentrations=concentrations,
        aqi=aqi or None,  # 0 stands for none as well
        level=_words(cells, Field.LEVEL),
        primary=_words(cells, Field.PRIMARY),
    )


def _refuse_gap_marks(
    found: list[PublishedIndex], fields: Mapping[Measure, Field], file: AirFile
) -> None:
    """Refuse a number that stands for nothing, unless the row's published index tells of it."""
    for measure, field in fields.items():
        column = [each.concentrations[measure] for each in found]
        values = np.array([np.nan if each is None else float(each) for each in column])
        if gap_mark(values) is None:
            continue
        for place in np.flatnonzero(np.isin(values, GAP_MARKS)).tolist():
            if _is_borne_out(found[place], measure):
                values[place] = np.nan
        at = gap_mark(values)
        if at is not None:
            raise AirFileError(
                AirFileCode.GAP_MARK,
                file=file.path,
                row=found[at].row,
                column=file.columns.headers[field],
                value=str(column[at]),
            )


def _is_borne_out(row: PublishedIndex, measure: Measure) -> bool:
    """Tell whether the published index is as high as this one concentration makes it."""
    found = editions_between(row.day, row.day, aqi_editions())
    if row.aqi is None or not found:
        return False
    [edition] = found
    rate = daily_index if measure in edition.daily else realtime_index
    alone = rate({measure: row.concentrations[measure]}, edition).value
    return alone is not None and row.aqi >= alone


def _measured(cells: Cells, field: Field) -> Decimal | None:
    value = cells.number(field)
    return None if value is not None and value < 0 else value


def _words(cells: Cells, field: Field) -> str:
    text = cells.text(field)
    return "" if is_nothing(text) else text


def _some(found: list[Row], file: AirFile) -> list[Row]:
    if not found:
        raise AirFileError(AirFileCode.NO_ROWS, file=file.path)
    return found


def _in_milligrams(values: list[Decimal | None], file: AirFile) -> list[Decimal | None]:
    """Bring CO to mg/m³ where the file has it in µg/m³."""
    known = [value for value in values if value is not None]
    if not known or not is_micrograms(float(median(known)), file.columns):
        return values
    return [value and value / 1000 for value in values]


def _with_milligrams(
    found: list[PublishedIndex], measure: Measure, file: AirFile
) -> list[PublishedIndex]:
    values = _in_milligrams([each.concentrations[measure] for each in found], file)
    return [
        replace(each, concentrations={**each.concentrations, measure: value})
        for each, value in zip(found, values, strict=True)
    ]
