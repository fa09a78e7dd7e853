from datetime import date
from fractions import Fraction

import numpy as np

from civicloop.analytics.air.traces import highest_of_stations, rows_of_days
from civicloop.connectors.air.editions import day_rules
from civicloop.engines.air.blocks import HourBlock
from civicloop.engines.air.pollutants import Measure, Pollutant
from civicloop.engines.air.station_days import HourStamp

DAY = 20_000 * 24  # hours from 1970 to the start of 2024-10-04


def block(*, number=None):
    """Two days of three stations; hour i of station s measures 10 s + i of everything."""
    stations, hours = 3, 48
    values = (10 * np.arange(stations)[:, None] + np.arange(hours)).ravel().astype(float)
    return HourBlock(
        city="甲",
        stations=("a", "b", "aside"),
        station=np.repeat(np.arange(stations, dtype=np.int32), hours),
        hour=np.tile(DAY + 1 + np.arange(hours), stations),
        values={pollutant: values.copy() for pollutant in Pollutant},
        number=number,
    )


def test_the_highest_station_is_told_without_those_that_do_not_count():
    found = highest_of_stations(block(), day_rules("standard"), control_sites={"aside"})

    assert [found.day(0), found.day(1)] == [date(2024, 10, 4), date(2024, 10, 5)]
    assert found.columns[Measure.PM25_24H].exact(0) == 10 + Fraction(sum(range(24)), 24)
    assert found.columns[Measure.NO2_1H].exact(1) == 10 + 47
    assert found.columns[Measure.CO_8H].exact(1) == 10 + Fraction(sum(range(40, 48)), 8)


def test_a_day_that_no_station_measured_has_no_highest():
    hours = block()
    hours.values[Pollutant.O3][:] = np.nan

    found = highest_of_stations(hours, day_rules("standard"))

    assert found.columns[Measure.O3_1H].exact(0) is None


def test_the_rows_of_a_day_are_runs_of_each_station_that_counts():
    number = np.arange(2, 2 + 3 * 48)

    found = rows_of_days(block(number=number), HourStamp.ENDS, control_sites={"aside"})

    assert found == {date(2024, 10, 4): "2-25, 50-73", date(2024, 10, 5): "26-49, 74-97"}


def test_a_single_row_stands_alone_and_order_does_not_matter():
    number = np.arange(2, 2 + 3 * 48)
    number[0], number[47] = 900, 2

    found = rows_of_days(block(number=number), HourStamp.ENDS, control_sites={"aside", "b"})

    assert found == {date(2024, 10, 4): "3-25, 900", date(2024, 10, 5): "2, 26-48"}


def test_rows_that_are_not_known_are_none():
    assert rows_of_days(block(), HourStamp.ENDS) == {}
