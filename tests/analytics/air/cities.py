"""Generated cities, as the fast path reads them and as the oracle does."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import strategies as st

from civicloop.engines.air.blocks import QUANTUM, HourBlock
from civicloop.engines.air.pollutants import Pollutant
from civicloop.engines.air.station_days import DayRules, HourStamp, Windows

FIRST = datetime.fromisoformat("2026-02-27T00:00")
# quanta about breakpoints, halves, the smallest and the largest; None: not measured, -1: below zero
EDGES = (None, None, -1, 0, 1, 5_000, 355_000, 1_500_000, 1_600_000, 8_010_000, 10**9)


@dataclass
class City:
    readings: dict[str, dict[datetime, dict[Pollutant, Decimal | None]]]
    block: HourBlock


quanta = st.one_of(
    st.sampled_from(EDGES),
    st.integers(0, 3_000).map(lambda whole: whole * 1_000),  # tenths
    st.integers(0, 10_000_000),
)


@st.composite
def cities(draw, most_days=4):
    """Up to three stations over some days, with gaps, in some order."""
    stations = [f"s{i}" for i in range(draw(st.integers(1, 3)))]
    hours = draw(st.integers(1, most_days * 24))
    start = draw(st.integers(0, 30))
    share = draw(st.sampled_from([0.0, 0.0, 0.05, 0.3]))  # of rows that are missing
    pool = draw(st.lists(quanta, min_size=1, max_size=30))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = [
        (name, start + hour)
        for name in stations
        for hour in range(hours)
        if share == 0 or random.random() >= share
    ] or [(stations[0], start)]
    if draw(st.booleans()):
        random.shuffle(rows)
    table = random.integers(0, len(pool), (len(rows), len(Pollutant)))
    return city_of(stations, rows, [[pool[i] for i in row] for row in table])


def city_of(stations, rows, table):
    readings = {name: {} for name in stations}
    for (name, hour), row in zip(rows, table, strict=True):
        measured = (None if q is None or q < 0 else Decimal(q) / QUANTUM for q in row)
        readings[name][FIRST + timedelta(hours=int(hour))] = dict(
            zip(Pollutant, measured, strict=True)
        )
    present = [name for name in stations if readings[name]]
    floats = np.array([[np.nan if q is None else q / QUANTUM for q in row] for row in table])
    epoch = (FIRST.date() - date(1970, 1, 1)).days * 24
    block = HourBlock(
        city="city",
        stations=tuple(present),
        station=np.array([present.index(name) for name, _ in rows], np.int32),
        hour=np.array([epoch + int(hour) for _, hour in rows], np.int64),
        values={each: floats[:, i].copy() for i, each in enumerate(Pollutant)},
    )
    return City({name: readings[name] for name in present}, block)


rules = st.builds(
    DayRules,
    stamp=st.sampled_from(HourStamp),
    least_hours=st.sampled_from([1, 12, 20, 24]),
    windows=st.sampled_from(Windows),
    least_of_window=st.sampled_from([1, 6, 8]),
    least_windows=st.sampled_from([1, 14, 17]),
    valid_above=st.sampled_from([None, Decimal(160)]),
    decimals=st.sampled_from([{}, dict.fromkeys(Pollutant, 0) | {Pollutant.CO: 2}]),
)
