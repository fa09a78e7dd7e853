"""Read hours of stations into blocks, one per city."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from civicloop.connectors.air.cells import Cells
from civicloop.connectors.air.columns import POLLUTANT_FIELDS, Field, Shape
from civicloop.connectors.air.gaps import gap_mark
from civicloop.connectors.air.parquet_hours import parquet_blocks
from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.air.tables import AirFile, text_rows
from civicloop.connectors.air.units import milligrams
from civicloop.engines.air.blocks import HourBlock
from civicloop.engines.air.pollutants import Pollutant


def read_hours(file: AirFile, *, city: str) -> Iterator[HourBlock]:
    """Yield the hours of each city.

    Args:
        file: a file of hours, or a release of stations.
        city: the name where the file has no column of cities.

    Raises:
        AirFileError: a cell cannot be read, or there are no rows.
    """
    if file.shape not in {Shape.HOURS, Shape.SNAPSHOT}:
        raise AirFileError(AirFileCode.NOT_HOURS, file=file.path)
    return parquet_blocks(file, city=city) if file.is_parquet else _text_blocks(file, city=city)


@dataclass(slots=True)
class _Gathered:
    """Rows of one city, as they come."""

    names: dict[str, int] = field(default_factory=dict)
    station: list[int] = field(default_factory=list)
    hour: list[int] = field(default_factory=list)
    number: list[int] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=lambda: [[] for _ in Pollutant])


def _text_blocks(file: AirFile, *, city: str) -> Iterator[HourBlock]:
    gathered: dict[str, _Gathered] = {}
    days_alone: Cells | None = None  # the first row, while none has named its hour
    for number, row in text_rows(file):
        cells = Cells(file, number, row)
        if (days_alone or not gathered) and not cells.names_hour():
            days_alone = days_alone or cells
        else:
            days_alone = None
        station = cells.text(Field.STATION)
        if not station:
            raise cells.problem(AirFileCode.NO_STATION, Field.STATION)
        into = gathered.setdefault(cells.text(Field.CITY) or city, _Gathered())
        into.station.append(into.names.setdefault(station, len(into.names)))
        into.hour.append(cells.hour())
        into.number.append(number)
        for values, each in zip(into.values, POLLUTANT_FIELDS.values(), strict=True):
            value = cells.number(each)
            values.append(np.nan if value is None else float(value))
    if not gathered:
        raise AirFileError(AirFileCode.NO_ROWS, file=file.path)
    if days_alone:
        raise days_alone.problem(AirFileCode.UNREADABLE_TIME, Field.TIME)
    for name in sorted(gathered):
        yield _block(name, gathered[name], file)


def _block(city: str, rows: _Gathered, file: AirFile) -> HourBlock:
    values = {
        pollutant: np.array(column, np.float64)
        for pollutant, column in zip(POLLUTANT_FIELDS, rows.values, strict=True)
    }
    for pollutant, column in values.items():
        if (at := gap_mark(column)) is not None:
            raise AirFileError(
                AirFileCode.GAP_MARK,
                file=file.path,
                row=rows.number[at],
                column=file.columns.headers[POLLUTANT_FIELDS[pollutant]],
                value=f"{column[at]:g}",
            )
    values[Pollutant.CO] = milligrams(values[Pollutant.CO], file.columns)
    return HourBlock(
        city=city,
        stations=tuple(rows.names),
        station=np.array(rows.station, np.int32),
        hour=np.array(rows.hour, np.int64),
        values=values,
        number=np.array(rows.number, np.int64),
    )
