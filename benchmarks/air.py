"""From the hours of a national network to its years, beside a bare scan of the same columns.

`python -m benchmarks air [--cities 48] [--file hours.parquet]`; 48 cities are 20.2 million station-hours.

The hours are generated: twelve stations a city over four years, with seasons, days, gaps. Each way
is a process of its own; CPU seconds and the highest memory are its own. Ways that need a package
that is not here (pandas, polars, python-aqi: none is a dependency) are named as not run.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

STATIONS, DAYS = 12, 1461
SIX = ("so2", "no2", "pm10", "pm25", "co", "o3")
NEEDED = ("city", "station", "time", *SIX)
#        middle, season, time of day, highest
LEVELS = {
    "so2": (15, 8, 2, 500),
    "no2": (50, 15, -8, 300),
    "pm10": (100, 20, 5, 999),
    "pm25": (75, 25, 3, 900),
    "co": (1.2, 0.5, 0.1, 10),
    "o3": (57, -35, 30, 400),
}


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks air")
    parser.add_argument("--cities", type=int, default=2)
    parser.add_argument("--file", type=Path)
    chosen = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="civicloop-bench-") as folder:
        file = chosen.file or write_hours(Path(folder) / "hours.parquet", chosen.cities)
        measure(file)


def measure(file: Path) -> None:
    found = {name: run(name, file) for name in WAYS}
    scan = found["scan"]
    print(f"{scan['rows']:,} station-hours, {file.stat().st_size >> 20} MiB of Parquet")
    for name, each in found.items():
        if "missing" in each:
            print(f"{name:22} NOT RUN: pip install {each['missing']}")
            continue
        note = f"  {each['note']}" if each.get("note") else ""
        print(
            f"{name:22} {each['cpu']:8.2f} s CPU {each['wall']:8.2f} s {each['rss']:6,} MiB"
            f" {each['cpu'] / scan['cpu']:7.2f} × scan{note}"
        )
    ours = found["civicloop"]
    if "cpu" in found["pandas"]:
        print(f"pandas takes {found['pandas']['cpu'] / ours['cpu']:.1f} times the CPU of civicloop")
    if "per_row" in found["python-aqi"]:
        theirs, here = found["python-aqi"]["per_row"], ours["per_row"]
        print(
            f"index of one day: python-aqi {theirs:.1f} µs, civicloop {here:.2f} µs, {theirs / here:,.0f} times"
        )


def run(name: str, file: Path) -> dict:
    command = [sys.executable, "-m", "benchmarks.air", "--inside", name, str(file)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def write_hours(path: Path, cities: int) -> Path:
    import pyarrow.parquet as pq

    writer, random = None, np.random.default_rng(1)
    for number in range(cities):
        table = city_hours(number, random)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=len(table))
    writer.close()
    return path


def city_hours(number: int, random: np.random.Generator):
    """One city: whole numbers (CO tenths), slow weather, 2.5 % of the hours lost in threes."""
    import pyarrow as pa

    count = DAYS * 24
    hour = np.arange(count)
    season = np.cos(2 * np.pi * hour / 8766)
    daily = np.cos(2 * np.pi * (hour % 24 - 15) / 24)
    columns = {}
    for name, (middle, seasonal, diurnal, highest) in LEVELS.items():
        weather = np.repeat(random.gamma(2, 0.5, DAYS), 24)
        near = random.uniform(0.8, 1.2, (STATIONS, count))
        level = (middle + seasonal * season + diurnal * daily) * weather * near
        values = np.round(np.clip(level, middle / 20, highest), 1 if name == "co" else 0)
        lost = np.repeat(random.random((STATIONS, count // 3)) < 0.025, 3, axis=1)
        columns[name] = pa.array(values.reshape(-1), mask=lost.reshape(-1))
    stations = [f"{number:02}{i:02}A" for i in range(STATIONS)]
    codes = pa.array(np.repeat(np.arange(STATIONS, dtype=np.int32), count))
    stamps = np.tile(np.datetime64("2013-03-01T01", "s") + hour.astype("timedelta64[h]"), STATIONS)
    city = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(len(codes), np.int32)), [f"city{number:02}"]
    )
    station = pa.DictionaryArray.from_arrays(codes, stations)
    return pa.table({"city": city, "station": station, "time": pa.array(stamps), **columns})


def scan(file: Path, columns: tuple[str, ...] = NEEDED) -> dict:
    """Decode the columns row group by row group and add up the six."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    opened = pq.ParquetFile(file, read_dictionary=["city", "station"])
    for number in range(opened.num_row_groups):
        table = opened.read_row_group(number, columns=list(columns), use_threads=False)
        for name in SIX:
            pc.sum(table[name])
    return {"rows": opened.metadata.num_rows}


def scan_six(file: Path) -> dict:
    return scan(file, SIX)


def scan_polars(file: Path) -> dict:
    import polars as pl

    pl.scan_parquet(file).select(pl.col(SIX).sum()).collect(engine="streaming")
    return {}


def civicloop(file: Path) -> dict:
    from civicloop.analytics.air.city_days import city_days
    from civicloop.analytics.air.figures import counted_days, period_figures
    from civicloop.analytics.air.indices import day_indices
    from civicloop.connectors.air.editions import (
        aqi_editions,
        day_rules,
        limit_edition,
        period_rules,
    )
    from civicloop.connectors.air.hours import read_hours
    from civicloop.connectors.air.tables import open_air_file
    from civicloop.engines.air.composite import composite_index, published_concentrations

    figures, of_index, days_counted = [], 0.0, 0
    for block in read_hours(open_air_file(file), city="city"):
        days = city_days(block, day_rules("standard"))
        began = time.process_time()
        indices = day_indices(days, aqi_editions())
        of_index, days_counted = of_index + time.process_time() - began, days_counted + len(days)
        for period in years():
            found = published_concentrations(period_figures(days, period, period_rules()))
            index = composite_index(found, limit_edition("gb3095_2012")).value
            figures.append(
                (block.city, period.first_day.year, index, counted_days(days, indices, period).good)
            )
    told = ", ".join(
        f"{city} {year} index {index} good {good}" for city, year, index, good in figures[1:2]
    )
    return {"per_row": 1e6 * of_index / days_counted, "note": told}


def years() -> list:
    from datetime import date

    from civicloop.engines.air.periods import PeriodKind, period_around

    return [period_around(date(year, 6, 1), PeriodKind.YEAR) for year in range(2013, 2018)]


def pandas(file: Path) -> dict:
    """The same in pandas, a city at a time: floats, the usual idioms."""
    import pandas as pd
    import pyarrow.parquet as pq

    from civicloop.connectors.air.editions import aqi_edition

    scales = {each.value: scale for each, scale in aqi_edition("cn_hj633_2012").scales.items()}
    opened, told = pq.ParquetFile(file), []
    for number in range(opened.num_row_groups):
        frame = opened.read_row_group(number, columns=list(NEEDED)).to_pandas()
        frame["day"] = (frame["time"] - pd.Timedelta(hours=1)).dt.floor("D")
        by_day = frame.groupby(["station", "day"], observed=True)
        means, counts = by_day[list(SIX[:5])].mean(), by_day[list(SIX[:5])].count()
        stations = means.where(counts >= 20).round({name: 2 if name == "co" else 0 for name in SIX})
        rolled = frame.groupby("station", observed=True)["o3"].rolling(8, min_periods=6).mean()
        frame["o3"] = rolled.reset_index(level=0, drop=True)
        within = frame[(frame["time"] - pd.Timedelta(hours=1)).dt.hour >= 7]
        grouped = within.groupby(["station", "day"], observed=True)["o3"]
        highest, windows = grouped.max(), grouped.count()
        stations["o3"] = highest.where((windows >= 14) | (highest > 160)).round(0)
        city = (
            stations.groupby("day").mean().round({name: 1 if name == "co" else 0 for name in SIX})
        )
        subs = {
            name: np.ceil(
                np.round(np.interp(city[name], list(map(float, scale.limits)), scale.indices), 6)
            )
            for name in SIX
            for scale in [scales["o3_8h" if name == "o3" else f"{name}_24h"]]
        }
        aqi = pd.DataFrame(subs, index=city.index).max(axis=1)
        for year, days in city.groupby(city.index.year):
            items = (days[["so2", "no2", "pm10", "pm25"]].mean().round(0) / [60, 40, 70, 35]).round(
                2
            ).sum() + round(round(days["co"].quantile(0.95), 1) / 4, 2)
            index = items + round(round(days["o3"].quantile(0.9), 0) / 160, 2)
            told.append(
                f"{year} index {index:.2f} good {int((aqi[aqi.index.year == year] <= 100).sum())}"
            )
    return {"note": told[1]}


def python_aqi(_file: Path) -> dict:
    import aqi

    days = [("75.5", "120", "30", "48", "1.1", "95"), ("33", "60", "12", "30", "0.7", "130")] * 250
    codes = ("pm25", "pm10", "so2_24h", "no2_24h", "co_24h", "o3_8h")
    began = time.process_time()
    for day in days:
        aqi.to_aqi(list(zip(codes, day, strict=True)), algo=aqi.ALGO_MEP)
    return {
        "per_row": 1e6 * (time.process_time() - began) / len(days),
        "note": f"{len(days)} days, index only",
    }


WAYS = {
    "scan": (scan, ""),
    "scan of six columns": (scan_six, ""),
    "scan of six by polars": (scan_polars, "polars"),
    "civicloop": (civicloop, ""),
    "pandas": (pandas, "pandas"),
    "python-aqi": (python_aqi, "python-aqi"),
}
MODULES = {"python-aqi": "aqi"}


def inside(name: str, file: Path) -> None:
    way, package = WAYS[name]
    if package and find_spec(MODULES.get(package, package)) is None:
        print(json.dumps({"missing": package}))
        return
    began, used = time.perf_counter(), time.process_time()
    found = way(file)
    took = {"wall": time.perf_counter() - began, "cpu": time.process_time() - used}
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps(found | took | {"rss": rss}))


if __name__ == "__main__":
    inside(sys.argv[2], Path(sys.argv[3]))
