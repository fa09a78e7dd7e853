from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from xlsxwriter import Workbook

from civicloop.connectors.air import parquet_hours
from civicloop.connectors.air.columns import Field, Shape
from civicloop.connectors.air.hours import read_hours
from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.air.tables import open_air_file
from civicloop.engines.air.pollutants import Pollutant

HEADER = "城市,站点,时间,SO2,NO2,PM10,PM2.5,CO,O3"
ROWS = [
    "甲,A1,2024-03-05 01:00,5,20,60,30,0.8,70",
    "甲,A2,2024-03-05 01:00,6,21,NA,31,0.9,-;",
    "乙,B1,2024-03-05 02:00,7,22,62,32,,72",
]
FIRST = int(np.datetime64("2024-03-05T01", "h").astype(int))


def csv_file(folder, *rows, header=HEADER):
    path = folder / "hours.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="gb18030")
    return path


def blocks_of(path, **named):
    return list(read_hours(open_air_file(path, named), city="here"))


def test_hours_are_read_city_by_city(tmp_path):
    one, other = blocks_of(csv_file(tmp_path, *ROWS))

    assert (one.city, one.stations, len(one)) == ("乙", ("B1",), 1)
    assert (other.city, other.stations) == ("甲", ("A1", "A2"))
    assert other.station.tolist() == [0, 1]
    assert other.hour.tolist() == [FIRST, FIRST]
    assert other.values[Pollutant.CO].tolist() == [0.8, 0.9]
    assert np.isnan(other.values[Pollutant.PM10][1])
    assert np.isnan(other.values[Pollutant.O3][1])


def test_a_workbook_gives_the_same(tmp_path):
    path = tmp_path / "hours.xlsx"
    with Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["站点", "时间", "PM2.5"])
        sheet.write_row(1, 0, ["A1", datetime.fromisoformat("2024-03-05T01:00"), 30])

    [block] = blocks_of(path)

    assert (block.city, block.hour.tolist()) == ("here", [FIRST])
    assert block.values[Pollutant.PM25].tolist() == [30]


def test_a_workbooks_midnight_is_a_day_alone(tmp_path):
    path = tmp_path / "hours.xlsx"
    with Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["站点", "时间", "PM2.5"])
        for row, at in enumerate(["2024-03-05T00:00", "2024-03-05T01:00"], 1):
            sheet.write_row(row, 0, ["A1", datetime.fromisoformat(at), 30])

    [block] = blocks_of(path)

    assert block.hour.tolist() == [FIRST - 1, FIRST]


def test_days_of_stations_are_no_hours(tmp_path):
    rows = ["甲,A1,2024-03-05,5,20,60,30,0.8,70", "甲,A1,2024-03-06,5,20,60,30,0.8,70"]

    error = refusal(csv_file(tmp_path, *rows))

    assert (error.code, error.row, error.value) == (AirFileCode.UNREADABLE_TIME, 2, "2024-03-05")


def parquet_file(folder, table, **options):
    path = folder / "hours.parquet"
    pq.write_table(table, path, **options)
    return path


def national(stamp=None):
    stamps = np.array(["2024-03-05T01", "2024-03-05T01", "2024-03-05T02"], "datetime64[s]")
    return pa.table(
        {
            "city": ["甲", "甲", "乙"],
            "station": ["A1", "A2", "B1"],
            "time": pa.array(stamps) if stamp is None else stamp,
            "pm2.5": [30.0, None, 32.0],
            "co": pa.array([800, 900, 1000], pa.int64()),
        }
    )


def plain(block):
    return {
        "city": block.city,
        "rows": sorted(
            zip(
                [block.stations[code] for code in block.station],
                block.hour.tolist(),
                np.nan_to_num(block.values[Pollutant.PM25], nan=-1).tolist(),
                block.values[Pollutant.CO].tolist(),
                strict=True,
            )
        ),
    }


EXPECTED = [
    {"city": "乙", "rows": [("B1", FIRST + 1, 32.0, 1.0)]},
    {"city": "甲", "rows": [("A1", FIRST, 30.0, 0.8), ("A2", FIRST, -1.0, 0.9)]},
]


@pytest.mark.parametrize("row_group_size", [1, 2, 3])
@pytest.mark.parametrize("rows_at_once", [1, 100])
def test_parquet_gives_the_same_however_its_row_groups_lie(
    tmp_path, monkeypatch, row_group_size, rows_at_once
):
    monkeypatch.setattr(parquet_hours, "_ROWS_AT_ONCE", rows_at_once)
    path = parquet_file(tmp_path, national(), row_group_size=row_group_size)

    blocks = blocks_of(path)

    assert sorted(map(plain, blocks), key=lambda each: each["city"]) == EXPECTED


def test_a_row_group_with_a_city_that_comes_again_is_joined(tmp_path):
    mixed = national().take([0, 2, 1])
    path = parquet_file(tmp_path, mixed, row_group_size=1)

    assert sorted(map(plain, blocks_of(path)), key=lambda each: each["city"]) == EXPECTED


def test_rows_without_a_city_are_of_the_file(tmp_path):
    table = national().set_column(0, "city", pa.array(["甲", "甲", None]))

    blocks = blocks_of(parquet_file(tmp_path, table))

    assert {block.city for block in blocks} == {"甲", "here"}


@pytest.mark.parametrize(
    "stamps",
    [
        ["2024-03-05 01:00", "2024-03-05 01:00", "2024-03-05 02:00"],
        pa.array([1_709_571_600, 1_709_571_600, 1_709_575_200], pa.timestamp("s", "Asia/Shanghai")),
    ],
)
def test_stamps_may_be_texts_or_moments_of_a_zone(tmp_path, stamps):
    path = parquet_file(tmp_path, national(stamps))

    assert sorted(map(plain, blocks_of(path)), key=lambda each: each["city"]) == EXPECTED


@pytest.mark.parametrize("zone", ["UTC", "+00:00"])
def test_moments_of_utc_are_refused_for_they_would_shift_the_days(tmp_path, zone):
    stamps = pa.array([1_709_571_600] * 3, pa.timestamp("s", zone))

    error = refusal(parquet_file(tmp_path, national(stamps)))

    assert (error.code, error.column) == (AirFileCode.MOMENTS_OF_UTC, "time")


def test_an_hour_may_stand_in_four_columns_or_two(tmp_path):
    parts = {"station": ["A1"], "year": [2024], "month": [3], "day": [5], "hour": [1], "so2": ["5"]}
    day = {"station": ["A1"], "date": pa.array([19787], pa.date32()), "hour": [1], "so2": [5]}

    written = day | {"date": ["2024/3/5"]}
    for table in (parts, day, written):
        [block] = blocks_of(parquet_file(tmp_path, pa.table(table)))
        assert (block.city, block.hour.tolist()) == ("here", [FIRST])
        assert block.values[Pollutant.SO2].tolist() == [5]

    text = csv_file(tmp_path, "A1,2024,3,5,1,5", header="station,year,month,day,hour,so2")
    [block] = blocks_of(text)
    assert block.hour.tolist() == [FIRST]


def test_numbers_of_parquet_may_be_texts_with_marks_for_nothing(tmp_path):
    table = {"station": ["A"] * 4, "date": ["2024-03-05"] * 4, "hour": [1, 2, 3, 4]}
    table["so2"] = ["5.5", "NA", None, "5.5"]

    [block] = blocks_of(parquet_file(tmp_path, pa.table(table)))

    assert [str(value) for value in block.values[Pollutant.SO2]] == ["5.5", "nan", "nan", "5.5"]


def test_stations_that_a_dictionary_knows_but_nobody_uses_are_left_out(tmp_path):
    codes = pa.DictionaryArray.from_arrays(pa.array([2, 0]), ["A", "unused", "B"])
    table = pa.table({"station": codes, "time": ["2024-03-05 01:00"] * 2, "so2": [1.0, 2.0]})

    [block] = blocks_of(parquet_file(tmp_path, table, store_schema=False))

    assert sorted(block.stations) == ["A", "B"]
    assert [block.stations[code] for code in block.station] == ["B", "A"]


def refusal(path, **named):
    with pytest.raises(AirFileError) as refused:
        blocks_of(path, **named)
    return refused.value


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("甲,A1,2024-03-05 01:00,5,20,60,3O,0.8,70", AirFileCode.UNREADABLE_NUMBER, "PM2.5"),
        ("甲,A1,5 March,5,20,60,30,0.8,70", AirFileCode.UNREADABLE_TIME, "时间"),
        ("甲,A1,2024-03-05 01:30,5,20,60,30,0.8,70", AirFileCode.NO_FULL_HOUR, "时间"),
        ("甲,,2024-03-05 01:00,5,20,60,30,0.8,70", AirFileCode.NO_STATION, "站点"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(tmp_path, row, code, column):
    error = refusal(csv_file(tmp_path, ROWS[0], row))

    assert (error.code, error.row, error.column) == (code, 3, column)


def test_an_hour_that_is_none_is_named(tmp_path):
    error = refusal(csv_file(tmp_path, "A1,2024-03-05,25,5", header="station,date,hour,so2"))

    assert (error.code, error.column, error.value) == (AirFileCode.UNREADABLE_TIME, "hour", "25")


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("time", ["2024-03-05 01:20"], AirFileCode.NO_FULL_HOUR),
        ("time", ["soon"], AirFileCode.UNREADABLE_TIME),
        ("time", pa.array([None], pa.string()), AirFileCode.UNREADABLE_TIME),
        ("time", pa.array([None], pa.timestamp("s")), AirFileCode.UNREADABLE_TIME),
        ("time", pa.array([1_709_571_660], pa.timestamp("s")), AirFileCode.NO_FULL_HOUR),
        ("so2", ["a"], AirFileCode.UNREADABLE_NUMBER),
        ("station", pa.array([None], pa.string()), AirFileCode.NO_STATION),
    ],
)
def test_a_column_of_parquet_that_cannot_be_read_is_named(tmp_path, column, values, code):
    table = {"station": ["A1"], "time": ["2024-03-05 01:00"], "so2": [1.0]} | {column: values}

    error = refusal(parquet_file(tmp_path, pa.table(table)))

    assert (error.code, error.column) == (code, column)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("hour", 25),
        ("hour", None),
        ("hour", 1.5),
        ("day", 0),
        ("month", 13),
        ("year", 20240),
    ],
)
def test_a_part_of_a_time_in_parquet_that_cannot_be_is_named(tmp_path, column, value):
    parts = {"station": ["A"], "year": [2024], "month": [3], "day": [5], "hour": [1], "so2": [5]}

    error = refusal(parquet_file(tmp_path, pa.table(parts | {column: pa.array([value])})))

    assert (error.code, error.column) == (AirFileCode.UNREADABLE_TIME, column)


@pytest.mark.parametrize("days", [["soon"], pa.array([None], pa.date32()), [None]])
def test_a_day_in_parquet_that_is_none_is_named(tmp_path, days):
    table = pa.table({"station": ["A"], "date": days, "hour": [1], "so2": [5]})

    error = refusal(parquet_file(tmp_path, table))

    assert (error.code, error.column) == (AirFileCode.UNREADABLE_TIME, "date")


def test_files_without_rows_are_refused(tmp_path):
    assert refusal(csv_file(tmp_path)).code is AirFileCode.NO_ROWS
    assert refusal(parquet_file(tmp_path, national().slice(0, 0))).code is AirFileCode.NO_ROWS


def test_a_file_of_days_holds_no_hours(tmp_path):
    path = csv_file(tmp_path, "2024-03-05,5,6", header="日期,SO2,NO2")

    assert open_air_file(path).shape is Shape.CITY_DAYS
    assert refusal(path).code is AirFileCode.NOT_HOURS


def test_what_is_no_air_data_is_refused_with_its_headers(tmp_path):
    error = refusal(csv_file(tmp_path, "1,2", header="姓名,电话"))

    assert (error.code, error.params["headers"]) == (AirFileCode.NO_HEADER, "姓名, 电话")


def test_a_named_header_that_is_not_there_is_refused(tmp_path):
    error = refusal(csv_file(tmp_path, *ROWS), **{Field.STATION: "站号"})

    assert (error.code, error.value) == (AirFileCode.NO_SUCH_HEADER, "站号")


def test_a_damaged_parquet_file_is_refused(tmp_path):
    path = tmp_path / "hours.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 40)

    assert refusal(path).code is AirFileCode.DAMAGED


@pytest.mark.parametrize("mark", ["999", "999.9", "9999", "99999"])
def test_a_number_that_stands_alone_high_up_is_named_as_a_mark_for_nothing(tmp_path, mark):
    rows = [*ROWS, f"甲,A1,2024-03-05 02:00,5,20,{mark},30,0.8,70"]

    with pytest.raises(AirFileError) as caught:
        blocks_of(csv_file(tmp_path, *rows))

    error = caught.value
    assert (error.code, error.row, error.column, error.value) == (
        AirFileCode.GAP_MARK,
        5,
        "PM10",
        mark,
    )


def test_a_dust_storm_that_goes_up_to_999_is_measured(tmp_path):
    rows = [
        *ROWS,
        *(f"甲,A1,2024-03-05 0{n}:00,5,20,{dust},30,0.8,70" for n, dust in ((2, 640), (3, 999))),
    ]

    block = blocks_of(csv_file(tmp_path, *rows))[1]

    assert block.values[Pollutant.PM10].tolist()[-2:] == [640, 999]


def test_carbon_monoxide_of_999_micrograms_is_measured(tmp_path):
    rows = [f"甲,A1,2024-03-05 0{n}:00,5,20,60,30,{value},70" for n, value in ((1, 999), (2, 800))]

    [block] = blocks_of(csv_file(tmp_path, *rows))

    assert block.values[Pollutant.CO].tolist() == [0.999, 0.8]


def test_marks_below_zero_do_not_hide_that_carbon_monoxide_is_in_micrograms(tmp_path):
    rows = [
        f"甲,A1,2024-03-05 0{n}:00,5,20,60,30,{value},70"
        for n, value in ((1, "-999.0"), (2, "-999.0"), (3, 800))
    ]

    [block] = blocks_of(csv_file(tmp_path, *rows))

    assert block.values[Pollutant.CO].tolist()[-1] == 0.8


@pytest.mark.parametrize(("has_city", "row"), [(False, 2), (True, 0)])
def test_a_mark_in_parquet_is_named_too(tmp_path, has_city, row):
    columns = {
        "station": ["A1", "A1"],
        "time": ["2024-03-05 01:00", "2024-03-05 02:00"],
        "PM2.5": [30.0, 9999.0],
    }
    path = parquet_file(tmp_path, pa.table(columns | ({"city": ["甲", "甲"]} if has_city else {})))

    with pytest.raises(AirFileError) as caught:
        blocks_of(path)

    error = caught.value
    assert (error.code, error.row, error.column, error.value) == (
        AirFileCode.GAP_MARK,
        row,
        "PM2.5",
        "9999",
    )
