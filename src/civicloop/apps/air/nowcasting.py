"""NowCast of a file of hours: what the United States' index says of each station's last hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np

from civicloop.analytics.air.nowcasts import NONE, NowCasts, nowcasts
from civicloop.apps.air.facts import Ways, rules_of
from civicloop.connectors.air.editions import aqi_edition
from civicloop.connectors.air.hours import read_hours
from civicloop.connectors.air.tables import AirFile
from civicloop.engines.air.pollutants import Measure

EDITION = "us_epa_2024"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationHour:
    """The NowCast of an hour at a station; None where it lacks hours."""

    city: str
    station: str
    at: datetime  # as it is stamped
    pm25: Decimal | None
    pm10: Decimal | None
    index: int | None
    level: int | None


def nowcast_hours(file: AirFile, ways: Ways, *, hours: int) -> Iterator[StationHour]:
    """Give the last hours of each station, the oldest first.

    Raises:
        AirFileError: the file holds no hours, or a cell cannot be read.
        DoubleHourError, ImpossibleHourError: the hours contradict themselves.
    """
    edition, stamp = aqi_edition(EDITION), rules_of(ways).stamp
    for block in read_hours(file, city=file.path.stem):
        found = nowcasts(block, stamp, edition)
        last = int(block.hour.max()) - found.first_hour
        for number, station in enumerate(block.stations):
            for hour in range(max(last - hours + 1, 0), last + 1):
                yield _station_hour(found, block.city, station, number, hour)


def _station_hour(found: NowCasts, city: str, station: str, number: int, hour: int) -> StationHour:
    index, level = int(found.index[number, hour]), int(found.level[number, hour])
    at: datetime = np.datetime64(found.first_hour + hour, "h").astype("datetime64[s]").item()
    return StationHour(
        city=city,
        station=station,
        at=at,
        pm25=found.concentration(Measure.PM25_24H, number, hour),
        pm10=found.concentration(Measure.PM10_24H, number, hour),
        index=None if index == NONE else index,
        level=None if level == NONE else level,
    )
