import numpy as np
import pytest

from civicloop.analytics.air.city_days import city_days
from civicloop.analytics.air.grids import ImpossibleHourError
from civicloop.engines.air.blocks import DoubleHourError
from civicloop.engines.air.city_days import UnknownControlSiteError
from civicloop.engines.air.pollutants import Measure, Pollutant
from civicloop.engines.air.station_days import DayRules, HourStamp
from tests.analytics.air.cities import city_of

DAY = DayRules(stamp=HourStamp.BEGINS)


def hours(stations, value=500_000):
    rows = [(name, hour) for name in stations for hour in range(24)]
    return city_of(stations, rows, [[value] * 6 for _ in rows])


def days_of(city):
    columns = city_days(city.block, DAY).columns
    return {
        measure: (each.total.tolist(), each.stations.tolist()) for measure, each in columns.items()
    }


def test_control_sites_do_not_count():
    city = hours(["centre", "reservoir"])
    city.block.values[Pollutant.PM25][24:] = 4

    days = city_days(city.block, DAY, control_sites=["reservoir"])

    assert days.columns[Measure.PM25_24H].exact(0) == 50
    assert city_days(city.block, DAY).columns[Measure.PM25_24H].exact(0) == 27


def test_a_misspelt_control_site_is_refused():
    with pytest.raises(UnknownControlSiteError, match="resevoir"):
        city_days(hours(["centre"]).block, DAY, control_sites=["resevoir"])


def test_two_rows_of_one_hour_are_refused_with_station_and_hour():
    rows = [("centre", 5), ("east", 5), ("east", 6), ("east", 5)]
    table = [[1] * 6, [1] * 6, [1] * 6, [1, 1, 1, 1, 1, 2]]
    city = city_of(["centre", "east"], rows, table)

    with pytest.raises(DoubleHourError, match="city, east: two rows of 2026-02-27T05:00 differ"):
        city_days(city.block, DAY)


def test_a_row_that_is_there_twice_counts_once():
    rows = [(name, hour) for name in ("centre", "east") for hour in range(24)]
    table = [[hour * 10_000, None, 3, 4, -1, 6] for _, hour in rows]
    once = city_of(["centre", "east"], rows, table)
    twice = city_of(["centre", "east"], [*rows, *rows[:30]], [*table, *table[:30]])

    assert days_of(twice) == days_of(once)


def test_a_row_with_a_gap_more_than_its_twin_is_refused():
    city = city_of(["centre"], [("centre", 5), ("centre", 5)], [[1] * 6, [1, 1, 1, 1, 1, None]])

    with pytest.raises(DoubleHourError):
        city_days(city.block, DAY)


@pytest.mark.parametrize("value", [100_001.0, np.inf])
def test_what_is_no_concentration_is_refused(value):
    city = hours(["centre"])
    city.block.values[Pollutant.NO2][3] = value

    with pytest.raises(ImpossibleHourError, match=r"city: no2 of (100001|inf)"):
        city_days(city.block, DAY)
