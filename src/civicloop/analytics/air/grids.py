"""Lay the hours of a city on rows of whole days, in whole numbers that add up exactly.

A concentration becomes a whole number of 1/10,000 of its unit, kept as float64 because that is fast
and exact up to 2**53. An hour that was not measured holds MISSING, a power of two far above all
measured sums: so one sum tells both the total and how many hours are missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from civicloop.engines.air.blocks import QUANTUM, DoubleHourError, Floats, HourBlock, Ints
from civicloop.engines.air.pollutants import Pollutant
from civicloop.engines.air.station_days import HOURS, WINDOW, HourStamp

MISSING = float(1 << 44)  # 24 of them stay below 2**53, 24 measured hours below one of them
HIGHEST = 1e5  # µg/m³ or mg/m³; what lies above is no concentration
LEAD = WINDOW - 1  # hours in front of a row, never measured


class ImpossibleHourError(ValueError):
    """A concentration is too high to be one."""

    def __init__(self, *, city: str, pollutant: Pollutant, value: float) -> None:
        self.city, self.pollutant, self.value = city, pollutant, value
        super().__init__(f"{city}: {pollutant} of {value:g} is no concentration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the rows of a block lie: one line of whole days per station."""

    stations: int
    first_day: int  # days since 1970-01-01
    days: int
    start: int  # hour of the line at which the lines of the block begin
    cells: (
        Ints | None
    )  # row → position in the lines; None: the block is lines of equal hours already

    @property
    def hours(self) -> int:
        """Length of a line."""
        return self.days * HOURS


def layout_of(block: HourBlock, stamp: HourStamp) -> Layout:
    """Find the lines of a block: whole days from its first to its last.

    Raises:
        DoubleHourError: a station has two rows of one hour that differ.
    """
    shift = 1 if stamp is HourStamp.ENDS else 0
    first, last = int(block.hour.min()) - shift, int(block.hour.max()) - shift
    first_day, stations = first // HOURS, len(block.stations)
    days = last // HOURS - first_day + 1
    start, cells = first - first_day * HOURS, None
    if not _is_lined_up(block, last - first + 1):
        cells = block.station * np.int64(days * HOURS) + (block.hour - (first_day * HOURS + shift))
        _refuse_doubles(block, cells, stations * days * HOURS)
        start = 0
    return Layout(stations=stations, first_day=first_day, days=days, start=start, cells=cells)


def lines_of(block: HourBlock, pollutant: Pollutant, layout: Layout) -> Iterator[Floats]:
    """Yield one line per station in whole numbers, with LEAD hours in front.

    The array is reused: take what you need before you ask for the next.

    Raises:
        ImpossibleHourError: a concentration is too high to be one.
    """
    values = block.values[pollutant]
    if layout.cells is not None:
        spread = np.full(layout.stations * layout.hours, np.nan)
        spread[layout.cells] = values
        values = spread
    values = values.reshape(layout.stations, -1)
    line = np.full(LEAD + layout.hours, MISSING)
    part = line[LEAD + layout.start :][: values.shape[1]]
    for row in values:
        if np.fmax.reduce(row) > HIGHEST:
            worst = float(np.fmax.reduce(row))
            raise ImpossibleHourError(city=block.city, pollutant=pollutant, value=worst)
        np.multiply(row, QUANTUM, out=part)
        np.rint(part, out=part)
        np.fmin(part, MISSING, out=part)  # NaN becomes MISSING
        if part.min() < 0:
            np.copyto(part, MISSING, where=part < 0)
        yield line


def _is_lined_up(block: HourBlock, hours: int) -> bool:
    """Tell whether the rows are station by station, each with every hour in order."""
    stations = len(block.stations)
    if len(block) != stations * hours:
        return False
    hour, station = block.hour.reshape(stations, hours), block.station.reshape(stations, hours)
    return (
        bool((station == np.arange(stations)[:, None]).all())
        and bool((hour[0] == np.arange(hours) + hour[0, 0]).all())
        and bool((hour == hour[0]).all())
    )


def _refuse_doubles(block: HourBlock, cells: Ints, size: int) -> None:
    """Refuse rows of one hour that differ; one that is written twice counts once."""
    is_taken = np.bincount(cells, minlength=size) > 1
    if not is_taken.any():
        return
    rows = np.flatnonzero(is_taken[cells])
    first = np.empty(size, np.int64)
    first[cells[rows][::-1]] = rows[::-1]
    same = first[cells[rows]]
    differs = np.zeros(len(rows), np.bool_)
    for values in block.values.values():
        one, other = values[rows], values[same]
        differs |= (one != other) & ~((np.isnan(one) | (one < 0)) & (np.isnan(other) | (other < 0)))
    if differs.any():
        row = int(same[differs][0])
        raise DoubleHourError(
            city=block.city,
            station=block.stations[block.station[row]],
            hour=int(block.hour[row]),
        )
