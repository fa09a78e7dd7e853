"""The hours of a city as arrays: what files are read into and the fast path computes from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.air.pollutants import Pollutant

QUANTUM = 10_000  # concentrations are whole numbers of 1/10,000 of their unit
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourBlock:
    """Hours of the stations of one city, one row per station and hour, in any order."""

    city: str
    stations: tuple[str, ...]
    station: NDArray[np.int32]  # row → position in `stations`
    hour: Ints  # row → whole hours since 1970-01-01 00:00 local time, as stamped
    values: Mapping[Pollutant, Floats]  # row → µg/m³ (CO mg/m³); NaN and below zero: not measured
    number: Ints | None = None  # row → the number that a person sees in the file, where it is known

    def __len__(self) -> int:
        """Rows."""
        return len(self.hour)


class DoubleHourError(ValueError):
    """A station has two rows of one hour that differ; the first such station and hour are told."""

    def __init__(self, *, city: str, station: str, hour: int) -> None:
        self.city, self.station, self.hour = city, station, hour
        self.at = f"{np.datetime64(int(hour), 'h')}:00"
        super().__init__(f"{city}, {station}: two rows of {self.at} differ")
