"""The days computed on Spark are those computed here."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from civicloop.analytics.air.city_days import city_days
from civicloop.analytics.air.days_on_spark import DaysOnSpark
from civicloop.connectors.air.editions import day_rules
from civicloop.engines.air.blocks import DoubleHourError
from civicloop.engines.air.city_days import REPORTED
from civicloop.engines.air.pollutants import Pollutant
from civicloop.engines.air.station_days import DayRules
from tests.analytics.air.cities import city_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # PySpark's own
]


def cities():
    """Two cities of gaps, halves and disorder over ten days."""
    random = np.random.default_rng(6)
    for number in range(2):
        stations = [f"s{number}{i}" for i in range(3)]
        rows = [
            (name, hour) for name in stations for hour in range(5, 245) if random.random() > 0.08
        ]
        random.shuffle(rows)
        pool = [None, -1, 0, 5_000, 355_000, 1_610_000, *range(400_000, 900_000, 12_500)]
        table = [[pool[i] for i in random.integers(0, len(pool), 6)] for _ in rows]
        yield f"city{number}", city_of(stations, [(n, int(h)) for n, h in rows], table).block


def written(folder, blocks):
    files = []
    for name, block in blocks:
        columns = {
            "city": [name] * len(block),
            "station": [block.stations[i] for i in block.station],
        }
        columns["hour"] = block.hour
        columns |= {
            each.value: pa.array(block.values[each], from_pandas=True) for each in Pollutant
        }
        files.append(folder / f"{name}.parquet")
        pq.write_table(pa.table(columns), files[-1])
    return files


def doubled(block, *, by):
    """The block with its first hours once more, their PM2.5 higher by so much."""
    head = np.arange(len(block)).tolist() + list(range(20))
    values = {each: column[head].copy() for each, column in block.values.items()}
    values[Pollutant.PM25][len(block) :] += by
    return replace(block, station=block.station[head], hour=block.hour[head], values=values)


@pytest.mark.usefixtures("spark_here")
def test_rows_that_are_there_twice_count_once_and_are_refused_where_they_differ(tmp_path):
    [(name, block), _] = cities()
    on_spark = DaysOnSpark(master="local[2]")
    rules = day_rules("standard")

    [found] = on_spark(written(tmp_path, [(name, doubled(block, by=0))]), rules).values()

    here = city_days(block, rules)
    for measure in REPORTED:
        assert found.columns[measure].total.tolist() == here.columns[measure].total.tolist()
    with pytest.raises(DoubleHourError, match="two rows of"):
        on_spark(written(tmp_path, [(name, doubled(block, by=1))]), rules)


@pytest.mark.usefixtures("spark_here")
@pytest.mark.parametrize(
    "rules", [day_rules("standard"), day_rules("lax"), DayRules(valid_above=None)]
)
def test_two_cities_have_the_same_days(tmp_path, rules):
    blocks = list(cities())

    found = DaysOnSpark(master="local[2]", control_sites=frozenset(["s01"]))(
        written(tmp_path, blocks), rules
    )

    for name, block in blocks:
        here = city_days(block, rules, control_sites={"s01"} & set(block.stations))
        assert found[name].days == here.days
        for measure in REPORTED:
            one, other = found[name].columns[measure], here.columns[measure]
            assert one.unit == other.unit
            assert one.stations.tolist() == other.stations.tolist()
            assert one.total.tolist() == other.total.tolist()
