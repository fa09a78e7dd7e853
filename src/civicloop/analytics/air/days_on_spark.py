"""From hours to city days on Apache Spark, for networks beyond one machine.

The days are those of `city_days`, one for one: concentrations become whole numbers, Spark adds, counts
and compares them, and the days of stations, a 24th of the hours, are rounded and averaged here. An
hour is given to each of the eight windows that it lies in, so that windows over gaps are met too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from civicloop.analytics.air.city_days import CityDays, Column, averaged, rounded
from civicloop.analytics.air.station_days import EIGHTS, Days, means_of
from civicloop.analytics.candidates_on_spark import refuse_without_programs, spark_session
from civicloop.engines.air.blocks import QUANTUM, DoubleHourError, Ints
from civicloop.engines.air.pollutants import DAY_MEANS, Measure, Pollutant
from civicloop.engines.air.station_days import HOURS, WINDOW, DayRules, HourStamp, Windows

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

_NAMES = [each.value for each in Pollutant]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysOnSpark:
    """The city days of Parquet files, computed on one Spark.

    The files have the columns city, station, hour (whole hours since 1970-01-01, as stamped) and one
    named as each pollutant, CO in mg/m³; empty and below zero are not measured.

    Raises:
        SparkUnavailableError: PySpark or Java is missing.
    """

    master: str
    control_sites: frozenset[str] = frozenset()
    least_stations: int = 1

    def __post_init__(self) -> None:
        refuse_without_programs()

    def __call__(self, files: Collection[Path], rules: DayRules) -> dict[str, CityDays]:
        """Return the days of each city from its first hour to its last.

        Raises:
            DoubleHourError: a station has two rows of one hour that differ.
            SparkUnavailableError: the cluster cannot be reached, or gave up.
        """
        with spark_session(self.master) as session:
            hours = _hours(session.read.parquet(*map(str, files)), rules).cache()
            days = _days(hours).toArrow()
            if _has_doubles(days):  # rare, and a shuffle of all hours: asked for only then
                hours = hours.distinct().cache()
                days = _days(hours).toArrow()
                if _has_doubles(days):
                    raise _first_double(hours, rules)
            windows = _windows(hours, rules).toArrow()
        return {
            city: self._city(city, _of(days, city), _of(windows, city), rules)
            for city in sorted(set(days["city"].to_pylist()))
        }

    def _city(self, city: str, days: "pa.Table", windows: "pa.Table", rules: DayRules) -> CityDays:
        stations = sorted(set(days["station"].to_pylist()))
        first = int(np.min(_ints(days, "day")))
        shape = len(stations), int(np.max(_ints(days, "day"))) - first + 1
        counts = np.array([name not in self.control_sites for name in stations])
        spread = _Spread(stations, first, shape)
        found = {DAY_MEANS[each]: _means(spread, days, each, rules) for each in DAY_MEANS}
        found[Measure.O3_8H] = _highest_windows(spread, windows, rules)
        highest, measured = (spread(days, f"{Pollutant.O3}_{what}") for what in ("max", "count"))
        value = np.where(measured >= rules.least_hours, highest, -1)
        found[Measure.O3_1H] = Days(value, QUANTUM)
        columns: dict[Measure, Column] = {
            measure: averaged(rounded(each, measure.pollutant, rules), counts, self.least_stations)
            for measure, each in found.items()
        }
        return CityDays(city=city, first_day=first, columns=columns)


@dataclass(frozen=True, slots=True)
class _Spread:
    """Lays the rows of station days on a grid of stations × days; 0 where there is no row."""

    stations: Sequence[str]
    first: int
    shape: tuple[int, int]

    def __call__(self, table: "pa.Table", name: str) -> Ints:
        place = {station: row for row, station in enumerate(self.stations)}
        rows = np.array([place[each] for each in table["station"].to_pylist()], np.int64)
        days = _ints(table, "day") - self.first
        kept = days < self.shape[1]  # windows that end after the last day are nobody's
        grid = np.zeros(self.shape, np.int64)
        grid[rows[kept], days[kept]] = _ints(table, name)[kept]
        return grid


def _means(spread: _Spread, days: "pa.Table", pollutant: Pollutant, rules: DayRules) -> Days:
    total, measured = (spread(days, f"{pollutant}_{what}") for what in ("sum", "count"))
    return means_of(total, measured, rules)


def _highest_windows(spread: _Spread, windows: "pa.Table", rules: DayRules) -> Days:
    highest, counted = (spread(windows, name) for name in ("highest", "counted"))
    is_enough = counted >= rules.least_windows
    if rules.valid_above is not None:
        is_enough |= highest > int(rules.valid_above * QUANTUM * EIGHTS)
    return Days(np.where(is_enough & (counted > 0), highest, -1), QUANTUM * EIGHTS)


def _hours(frame: "DataFrame", rules: DayRules) -> "DataFrame":
    """Turn concentrations to whole numbers and stamps to the beginnings of hours."""
    from pyspark.sql import functions as f

    shift = 1 if rules.stamp is HourStamp.ENDS else 0
    whole = [
        f.when(
            ~f.isnan(name) & (f.col(name) >= 0), f.rint(f.col(name) * QUANTUM).cast("long")
        ).alias(name)
        for name in _NAMES
    ]
    begins = (f.col("hour") - shift).alias("begins")
    return frame.select("city", "station", begins, *whole)


def _days(hours: "DataFrame") -> "DataFrame":
    from pyspark.sql import functions as f

    day = f.floor(f.col("begins") / HOURS).cast("long").alias("day")
    hour_as_bit = f.expr(f"shiftleft(1L, cast(pmod(begins, {HOURS}) as int))")
    figures: list[Any] = [
        f.count(f.lit(1)).alias("rows"),
        f.bit_or(hour_as_bit).alias("hours"),
    ]
    for name in _NAMES:
        for what, of in (("sum", f.sum), ("count", f.count), ("max", f.max)):
            figures.append(f.coalesce(of(name), f.lit(0)).cast("long").alias(f"{name}_{what}"))
    return hours.groupBy("city", "station", day).agg(*figures)


def _has_doubles(days: "pa.Table") -> bool:
    return bool((np.bitwise_count(_ints(days, "hours")) != _ints(days, "rows")).any())


def _first_double(hours: "DataFrame", rules: DayRules) -> DoubleHourError:
    twice = hours.groupBy("city", "station", "begins").count().where("count > 1")
    found = twice.orderBy("city", "station", "begins").head(1)[0]
    shift = 1 if rules.stamp is HourStamp.ENDS else 0
    return DoubleHourError(city=found.city, station=found.station, hour=found.begins + shift)


def _windows(hours: "DataFrame", rules: DayRules) -> "DataFrame":
    """Return of each station's day the highest 8-hour mean in 1/840 and how many are valid."""
    from pyspark.sql import functions as f

    ends = f.explode(f.sequence(f.col("begins"), f.col("begins") + (WINDOW - 1))).alias("ends")
    lying = hours.where(f.col("o3").isNotNull()).select("city", "station", "o3", ends)
    sums = lying.groupBy("city", "station", "ends").agg(
        f.sum("o3").alias("total"), f.count("o3").alias("measured")
    )
    valid = sums.where(f.col("measured") >= rules.least_of_window)
    if rules.windows is Windows.WITHIN:
        valid = valid.where(f.pmod("ends", f.lit(HOURS)) >= WINDOW - 1)
    mean = (f.col("total") * (f.lit(EIGHTS) / f.col("measured")).cast("long")).alias("mean")
    day = f.floor(f.col("ends") / HOURS).cast("long").alias("day")
    return (
        valid.select("city", "station", day, mean)
        .groupBy("city", "station", "day")
        .agg(f.max("mean").alias("highest"), f.count("mean").alias("counted"))
    )


def _of(table: "pa.Table", city: str) -> "pa.Table":
    import pyarrow.compute as pc

    return table.filter(pc.equal(table["city"], city))


def _ints(table: "pa.Table", name: str) -> Ints:
    return np.asarray(table[name].to_numpy(), np.int64)
