from decimal import Decimal

import pytest

from civicloop.connectors.air.columns import (
    Field,
    Shape,
    columns_of,
    is_micrograms,
    level_of_words,
    number_of,
    primaries_of_words,
    shape_of,
)
from civicloop.engines.air.pollutants import Pollutant

SIX = ["SO2", "NO2", "PM10", "PM2.5", "CO", "O3"]


@pytest.mark.parametrize(
    ("headers", "shape"),
    [
        (["站点", "时间", *SIX], Shape.HOURS),
        (["station", "year", "month", "day", "hour", "PM2.5"], Shape.HOURS),
        (["stationcode", "date", "hour", "pm2_5"], Shape.HOURS),
        (["stationcode", "timepoint", "aqi", "pm2_5"], Shape.SNAPSHOT),
        (["日期", "AQI", "质量等级", *SIX], Shape.CITY_DAYS),
        (
            ["city", "period", "so2", "no2", "pm10", "pm25", "co_p95", "o3_p90", "综合指数"],
            Shape.BULLETINS,
        ),
        (["城市", "时段", *SIX], Shape.BULLETINS),
        (["station", "time", "index", *SIX], Shape.HOURS),
        (["date", "index", "aqi", *SIX], Shape.CITY_DAYS),
        (["station", *SIX], None),
        (["日期", "温度"], None),
    ],
)
def test_a_file_is_known_by_its_columns(headers, shape):
    assert shape_of(columns_of(headers).fields) == shape


def test_the_better_header_wins_and_a_named_one_wins_over_all():
    headers = ["positionname", "stationcode", "站号"]

    assert columns_of(headers).headers[Field.STATION] == "stationcode"
    assert columns_of(headers, {Field.STATION: "站号"}).headers[Field.STATION] == "站号"


def test_what_stands_around_the_word_of_a_pollutant_does_not_matter():
    columns = columns_of(["date", "PM2.5浓度（μg/m³）", "no2_24h", "空气质量级别"])

    assert columns.fields == {Field.DATE, Field.PM25, Field.NO2, Field.LEVEL}


def test_a_day_beside_a_stations_hour_is_not_taken_for_the_hour():
    assert Field.NO2 not in columns_of(["station", "time", "no2_24h", "pm10"]).fields


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("CO(mg/m³)第95百分位数", Field.CO_P95),
        ("一氧化碳日均值第95百分位浓度", Field.CO_P95),
        ("O3日最大8小时滑动平均第90百分位数", Field.O3_P90),
        ("臭氧日最大8小时第90百分位数", Field.O3_P90),
    ],
)
def test_percentiles_are_known_however_their_header_is_put(header, field):
    assert columns_of([header]).fields == {field}


def test_units_stand_in_brackets():
    columns = columns_of(["CO(mg/m³)", "PM2.5 (μg/m³)", "CO（微克/立方米）"])

    assert columns.micrograms == {Field.CO: False, Field.PM25: True}
    assert not is_micrograms(900, columns)
    assert is_micrograms(0.9, columns_of(["CO（微克/立方米）"]))


def test_a_median_that_milligrams_cannot_have_is_micrograms():
    columns = columns_of(["CO"])

    assert is_micrograms(900, columns)
    assert not is_micrograms(0.9, columns)


@pytest.mark.parametrize(
    "text", ["", " - ", "-;", "—", "NA", "NaN", "/", "-999", "无", "\\N", "NULL;", "#N/A"]
)
def test_marks_for_nothing_are_no_numbers(text):
    assert number_of(text) is None


@pytest.mark.parametrize(("text", "number"), [("45;", "45"), (" 0.8 ", "0.8"), ("１２", "12")])
def test_numbers_are_read_exactly(text, number):
    assert number_of(text) == Decimal(number)


@pytest.mark.parametrize("text", ["abc", "1,5", "inf", "12a"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=text):
        number_of(text)


def test_levels_and_primary_pollutants_have_many_words():
    assert level_of_words("轻度污染") == 3
    assert level_of_words("II") == 2
    assert level_of_words("4") == level_of_words("Ⅳ级") == level_of_words("四级") == 4
    assert level_of_words("尚可") is None
    assert primaries_of_words("颗粒物(PM10),细颗粒物(PM2.5)") == {Pollutant.PM10, Pollutant.PM25}
    both = {Pollutant.O3, Pollutant.PM25}
    for words in ("臭氧和细颗粒物", "O3、PM2.5", "O3_8h|PM2.5", "臭氧8小时，PM₂.₅", "臭氧与PM2.5"):
        assert primaries_of_words(words) == both
    assert primaries_of_words("-;") == frozenset()
    assert primaries_of_words("臭氧8小时") == {Pollutant.O3}
    assert primaries_of_words("—") == frozenset()
    assert primaries_of_words("铅") is None
