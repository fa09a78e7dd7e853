from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from civicloop.connectors.air.air_events import read_air_events
from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.air.published import read_bulletins, read_city_days, read_snapshot
from civicloop.connectors.air.tables import open_air_file
from civicloop.connectors.spreadsheets import UnreadableFileError
from civicloop.engines.air.exclusions import DUST, EventKind
from civicloop.engines.air.pollutants import Measure, Pollutant


def csv_file(folder, text):
    path = folder / "published.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_release_of_stations_is_read(tmp_path):
    path = csv_file(
        tmp_path,
        "timepoint,stationcode,aqi,quality,primarypollutant,so2,so2_24h,pm2_5\n"
        "2017-01-01T16:00:00,A1,55,良,细颗粒物(PM2.5),4,6,38\n"
        "2017-01-01T16:00:00,A2,,NULL,-;,-;,6,-1\n",
    )

    one, other = read_snapshot(open_air_file(path))

    assert (one.row, one.place, one.day, one.aqi, one.level) == (
        2,
        "A1",
        date(2017, 1, 1),
        55,
        "良",
    )
    assert one.concentrations[Measure.SO2_24H] == 6
    assert one.concentrations[Measure.O3_1H] is None
    assert (other.aqi, other.level, other.primary) == (None, "", "")
    assert other.concentrations[Measure.SO2_1H] is None
    assert other.concentrations[Measure.PM25_1H] is None


def test_days_of_cities_are_read_and_zero_is_nothing(tmp_path):
    path = csv_file(
        tmp_path,
        "城市,日期,AQI,质量等级,SO2,NO2,PM10,PM2.5,CO,O3\n"
        "甲,2024-03-05,80,良,5,20,0,40,900,100\n"
        "甲,2024-03-06,0,无,5,20,60,40,800,100\n",
    )

    one, other = read_city_days(open_air_file(path))

    assert one.concentrations[Measure.PM10_24H] is None
    assert one.concentrations[Measure.CO_24H] == Decimal("0.9")
    assert one.concentrations[Measure.O3_8H] == 100
    assert (other.aqi, other.level) == (None, "")


def test_the_highest_eight_hours_are_preferred_to_plain_ozone(tmp_path):
    path = csv_file(tmp_path, "date,so2,o3,o3_8h,o3_max_1h\n2024-03-05,5,70,90,120\n")

    [row] = read_city_days(open_air_file(path))

    assert row.concentrations[Measure.O3_8H] == 90
    assert row.concentrations[Measure.O3_1H] == 120


@pytest.mark.parametrize("ozone", ["o3", "o3_8h", "o3_p90"])
def test_bulletins_are_read(tmp_path, ozone):
    path = csv_file(
        tmp_path,
        f"city,period,so2,no2,pm10,pm25,co,{ozone},综合指数\n甲,2023年1-8月,9,25,60,32,1.1,140,3.70\n",
    )

    [row] = read_bulletins(open_air_file(path))

    assert (row.city, row.last_day, row.index) == ("甲", date(2023, 8, 31), Decimal("3.70"))
    assert row.concentrations[Pollutant.CO] == Decimal("1.1")
    assert row.concentrations[Pollutant.O3] == 140


def test_a_bulletins_period_may_stand_in_year_and_month(tmp_path):
    path = csv_file(
        tmp_path, "year,month,so2,no2,pm10,pm25,co,o3,综合指数\n2023,2,9,25,60,32,1.1,140,3.70\n"
    )

    assert read_bulletins(open_air_file(path))[0].last_day == date(2023, 2, 28)


def test_parquet_holds_published_days_too(tmp_path):
    path = tmp_path / "days.parquet"
    table = {
        "date": pa.array([19787], pa.date32()),
        "so2": [5],
        "no2": [20.0],
        "q": [None],
        "co": [0.9],
    }
    pq.write_table(pa.table(table), path)

    [row] = read_city_days(open_air_file(path))

    assert (row.row, row.day, row.concentrations[Measure.CO_24H]) == (
        1,
        date(2024, 3, 5),
        Decimal("0.9"),
    )


def test_only_some_rows_can_be_asked_for(tmp_path):
    path = csv_file(tmp_path, "date,so2,no2,kept\n2024-03-05,5,6,true\n2024-03-06,7,8,false\n")

    [row] = read_city_days(open_air_file(path, only={"kept": "true"}))

    assert row.day == date(2024, 3, 5)
    with pytest.raises(AirFileError, match="sure"):
        open_air_file(path, only={"sure": "true"})


@pytest.mark.parametrize("truth", ["TRUE", "True", " true "])
def test_a_spreadsheets_word_for_true_is_the_same_word(tmp_path, truth):
    path = csv_file(tmp_path, f"date,so2,no2,kept\n2024-03-05,5,6,{truth}\n2024-03-06,7,8,FALSE\n")

    [row] = read_city_days(open_air_file(path, only={"kept": "true"}))

    assert row.day == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("2024-03-05,5,six,1,50", AirFileCode.UNREADABLE_NUMBER, "no2"),
        ("2024-03-05,5,6,1,50.5", AirFileCode.UNREADABLE_NUMBER, "aqi"),
        ("yesterday,5,6,1,50", AirFileCode.UNREADABLE_TIME, "date"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(tmp_path, row, code, column):
    path = csv_file(tmp_path, f"title\ndate,so2,no2,co,aqi\n{row}\n")

    with pytest.raises(AirFileError) as refused:
        read_city_days(open_air_file(path))

    assert (refused.value.code, refused.value.row, refused.value.column) == (code, 3, column)


def test_a_bulletins_concentration_below_zero_is_named(tmp_path):
    path = csv_file(
        tmp_path, "period,so2,no2,pm10,pm25,co,o3,综合指数\n2023-08,-9,25,60,32,1.1,140,3.70\n"
    )

    with pytest.raises(AirFileError) as refused:
        read_bulletins(open_air_file(path))

    assert (refused.value.code, refused.value.column) == (AirFileCode.BELOW_ZERO, "so2")


def test_carbon_monoxide_of_a_bulletin_may_be_in_micrograms(tmp_path):
    path = csv_file(tmp_path, "period,so2,no2,pm10,pm25,co,o3\n2023-08,9,25,60,32,1100,140\n")

    [row] = read_bulletins(open_air_file(path))

    assert row.concentrations[Pollutant.CO] == Decimal("1.1")
    assert row.index is None


def test_a_period_that_is_none_is_named(tmp_path):
    path = csv_file(
        tmp_path, "period,so2,no2,pm10,pm25,co,o3,综合指数\nspring,9,25,60,32,1.1,140,3.70\n"
    )

    with pytest.raises(AirFileError) as refused:
        read_bulletins(open_air_file(path))

    assert refused.value.code is AirFileCode.UNREADABLE_PERIOD


def test_no_rows_are_refused(tmp_path):
    with pytest.raises(AirFileError, match="no_rows"):
        read_city_days(open_air_file(csv_file(tmp_path, "date,so2,no2\n")))


def test_a_quotation_mark_that_is_never_closed_is_refused(tmp_path):
    path = csv_file(tmp_path, 'date,so2,no2\n2024-03-05,"5,6\n')

    with pytest.raises(UnreadableFileError):
        read_city_days(open_air_file(path))


EVENTS = "code,city,first_day,last_day,source,kind,pollutants,evidence\n"


def test_sand_dust_events_are_read(tmp_path):
    path = csv_file(
        tmp_path, "code,city,first_day,last_day,source\n2024-1,甲,2024-03-30,2024-04-02,notice 12\n"
    )

    [event] = read_air_events(path)

    assert (event.code, event.city, event.last_day) == ("2024-1", "甲", date(2024, 4, 2))
    assert (event.kind, event.pollutants) == (EventKind.SAND_DUST, DUST)


def test_exceptional_events_are_read_with_their_evidence(tmp_path):
    path = csv_file(
        tmp_path, EVENTS + "S1,甲,2026-04-01,2026-04-02,x,exceptional,pm25 o3,picture 7\n"
    )

    [event] = read_air_events(path)

    assert (event.kind, event.evidence) == (EventKind.EXCEPTIONAL, "picture 7")
    assert event.pollutants == (Pollutant.PM25, Pollutant.O3)


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("code,city,first_day,last_day\n", AirFileCode.NO_SUCH_HEADER, "source"),
        (
            "code,city,first_day,last_day,source\n1,甲,soon,2024-04-02,x\n",
            AirFileCode.UNREADABLE_TIME,
            "soon",
        ),
        (
            "code,city,first_day,last_day,source\n1,甲,2024-04-03,2024-04-02,x\n",
            AirFileCode.UNREADABLE_TIME,
            "2024-04-02",
        ),
        (
            EVENTS + "S1,甲,2024-04-01,2024-04-02,x,exceptional,pm25,\n",
            AirFileCode.NO_EVIDENCE,
            "S1",
        ),
        (EVENTS + "S1,甲,2024-04-01,2024-04-02,x,fog,,y\n", AirFileCode.UNKNOWN_EVENT, "fog"),
        (EVENTS + "S1,甲,2024-04-01,2024-04-02,x,,pm1,y\n", AirFileCode.UNKNOWN_EVENT, "pm1"),
    ],
)
def test_events_that_cannot_be_read_are_refused(tmp_path, text, code, value):
    with pytest.raises(AirFileError) as refused:
        read_air_events(csv_file(tmp_path, text))

    assert (refused.value.code, refused.value.value) == (code, value)


@pytest.mark.parametrize(
    ("header", "cells", "column", "value"),
    [
        ("timepoint", "2017-01-01T16:00:00", "timepoint", "2017-01-01T16:00:00"),
        ("日期", "2017-01-01 08:00", "日期", "2017-01-01 08:00"),
        ("日期,hour", "2017-01-01,0", "hour", "0"),
    ],
)
def test_hours_without_stations_are_no_days_of_cities(tmp_path, header, cells, column, value):
    path = csv_file(tmp_path, f"城市,{header},SO2,NO2\n甲,{cells},5,20\n")

    with pytest.raises(AirFileError) as caught:
        read_city_days(open_air_file(path))

    error = caught.value
    assert (error.code, error.row, error.column, error.value) == (
        AirFileCode.HOURS_WITHOUT_STATION,
        2,
        column,
        value,
    )


def test_a_day_may_be_written_as_its_beginning(tmp_path):
    path = csv_file(tmp_path, "城市,时间,SO2,NO2\n甲,2017-01-01 00:00:00,5,20\n")

    [row] = read_city_days(open_air_file(path))

    assert row.day == date(2017, 1, 1)


def test_a_mark_for_nothing_in_days_and_releases_is_named(tmp_path):
    days = "城市,日期,SO2,NO2\n甲,2017-01-01,5,20\n甲,2017-01-02,999,20\n"
    with pytest.raises(AirFileError) as caught:
        read_city_days(open_air_file(csv_file(tmp_path, days)))
    assert (caught.value.code, caught.value.row, caught.value.column) == (
        AirFileCode.GAP_MARK,
        3,
        "SO2",
    )

    release = "timepoint,stationcode,aqi,so2,pm2_5\n2017-01-01T16:00:00,A1,55,4,9999\n"
    with pytest.raises(AirFileError) as caught:
        read_snapshot(open_air_file(csv_file(tmp_path, release)))
    assert (caught.value.code, caught.value.column) == (AirFileCode.GAP_MARK, "pm2_5")


def test_a_lone_999_that_the_published_index_bears_out_is_measured(tmp_path):
    release = (
        "timepoint,stationcode,aqi,pm10,so2\n"
        "2018-02-20T07:00:00,A1,500,999,4\n"
        "2018-02-20T07:00:00,A2,55,60,4\n"
    )
    storm, _ = read_snapshot(open_air_file(csv_file(tmp_path, release)))
    assert storm.concentrations[Measure.PM10_1H] == 999

    with pytest.raises(AirFileError) as caught:
        read_snapshot(open_air_file(csv_file(tmp_path, release.replace(",55,60", ",55,999"))))
    assert (caught.value.row, caught.value.column) == (3, "pm10")
