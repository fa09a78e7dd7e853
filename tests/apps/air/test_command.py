import json
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from pyarrow import csv
from tests.apps.air.files import BULLETINS, RELEASE, days_file, hours_file


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def assess(capsys, *words):
    call_command("air", "assess", *map(str, words))
    return capsys.readouterr().out


def plain(capsys, *words):
    return json.loads(assess(capsys, *words, "--json"))


def written(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_hours_become_city_days_without_the_control_site(tmp_path, capsys):
    [report] = plain(capsys, hours_file(tmp_path), "--control-site", "reservoir")

    [city] = report["cities"]
    assert city["control_sites"] == ["reservoir"]
    assert [day["day"] for day in city["days"]] == ["2024-05-01", "2024-05-02", "2024-05-03"]
    first = city["days"][0]
    assert (first["pm25"], first["co"], first["o3"]) == ("36", "0.8", "80")  # 35.5, to even
    assert (first["aqi"], first["level"], first["primary"]) == (52, 2, ["pm25"])


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_number_that_stands_for_nothing_is_refused_until_it_is_said(tmp_path, capsys, kind):
    rows = ["station,time,so2,no2,pm10,pm25,co,o3"]
    for hour in range(1, 25):
        so2 = 999 if hour == 7 else 6
        rows.append(f"A,2024-05-01 {hour:02}:00,{so2},30,40,30,0.8,80")
    file = written(tmp_path, "hours.csv", "\n".join(rows) + "\n")
    if kind == "parquet":
        file = tmp_path / "hours.parquet"
        pq.write_table(csv.read_csv(tmp_path / "hours.csv"), file)

    with pytest.raises(CommandError, match="or say --gap 999"):
        assess(capsys, file)
    [report] = plain(capsys, file, "--gap", "999")

    assert report["cities"][0]["days"][0]["so2"] == "6"  # of 23 hours
    with pytest.raises(CommandError, match="“many” is no number"):
        assess(capsys, file, "--gap", "many")


def two_cities(folder):
    """甲 and 乙 have a station "park" each, and 甲 a "reservoir" besides."""
    rows = ["city,station,date,hour,SO2,NO2,PM10,PM2.5,CO,O3"]
    stations = (("甲", "park", 30), ("甲", "reservoir", 5), ("乙", "park", 50), ("乙", "east", 60))
    for hour in range(1, 25):
        rows.extend(
            f"{city},{station},2024-05-01,{hour},6,30,40,{pm25},0.8,80"
            for city, station, pm25 in stations
        )
    return written(folder, "province.csv", "\n".join(rows) + "\n")


@pytest.mark.parametrize(
    ("sites", "left_out", "pm25"),
    [
        (["reservoir"], [["reservoir"], []], ["30", "55"]),
        (["park"], [["park"], ["park"]], ["5", "60"]),
        (["乙=park"], [[], ["park"]], ["18", "60"]),
        (["甲=reservoir", "乙=east"], [["reservoir"], ["east"]], ["30", "50"]),
    ],
)
def test_each_city_of_a_file_leaves_out_its_own_control_sites(
    tmp_path, capsys, sites, left_out, pm25
):
    words = [word for site in sites for word in ("--control-site", site)]

    [report] = plain(capsys, two_cities(tmp_path), *words)

    cities = {city["city"]: city for city in report["cities"]}
    assert [cities[name]["control_sites"] for name in "甲乙"] == left_out
    assert [cities[name]["days"][0]["pm25"] for name in "甲乙"] == pm25


@pytest.mark.parametrize("site", ["resevoir", "乙=reservoir"])
def test_a_control_site_of_none_of_the_cities_is_refused(tmp_path, capsys, site):
    with pytest.raises(CommandError, match=f"no station is named {site}"):
        assess(capsys, two_cities(tmp_path), "--control-site", "park", "--control-site", site)


def test_stamps_that_begin_their_hour_shift_the_days(tmp_path, capsys):
    [report] = plain(capsys, hours_file(tmp_path), "--stamps", "begins")

    assert len(report["cities"][0]["days"]) == 4


def test_the_text_shows_days_periods_and_what_is_too_short(tmp_path, capsys):
    told = assess(capsys, hours_file(tmp_path), "--control-site", "reservoir", "--days", 1)

    assert "hours: 3 days, 2024-05-01 to 2024-05-03" in told
    assert "Stations: centre, east" in told
    assert "Control sites, left out: reservoir" in told
    assert "2024-05-03  6    30   40    36     0.8  80  52   good air  PM2.5" in told
    assert "2024-05-02" not in told
    assert "2024-05*" in told
    assert "* too few days to be valid" in told


def test_across_the_change_of_rules_both_bases_are_told(tmp_path, capsys):
    [report] = plain(capsys, days_file(tmp_path))

    city = next(each for each in report["cities"] if each["city"] == "甲")
    may = next(each for each in city["periods"] if each["period"] == "2026-05")
    old, new = may["good_rate_changes"]
    assert (old["basis"], old["now"], old["before"]) == ("cn_hj633_2012", "100.0", "100.0")
    assert (new["basis"], new["now"], new["before"]) == ("cn_hj633_2026", "0.0", "0.0")
    assert may["good_rate"] == "0.0"  # by the rules in force; a year before it was 100.0
    index = may["composite_index"]
    assert [each["basis"] for each in index["changes"]] == ["gb3095_2012", "gb3095_2026_transition"]
    assert {each["change"] for each in index["changes"]} == {"0.0"}
    assert index["limits"] == "gb3095_2026_transition"
    february = next(each for each in city["periods"] if each["period"] == "2026-02")
    assert [each["basis"] for each in february["good_rate_changes"]] == ["cn_hj633_2012"]


@pytest.mark.parametrize(("year", "times"), [(2017, 0), (2018, 2), (2019, 2), (2020, 0)])
def test_a_change_across_the_new_state_of_gases_says_so(tmp_path, capsys, year, times):
    first, last = date(year - 1, 8, 1), date(year, 9, 30)
    told = assess(capsys, days_file(tmp_path, first=first, last=last))

    assert told.count("Until 2018-08-31 gases were stated at 273 K") == times  # once for each city


def test_the_last_year_to_date_is_compared_with_the_same_days(tmp_path, capsys):
    [report] = plain(capsys, days_file(tmp_path))

    [to_date] = [each for each in report["cities"][0]["periods"] if each["kind"] == "to_date"]
    assert to_date["period"] == "2026-01-01/2026-05-31"
    assert to_date["valid_days"] == 151
    assert to_date["good_rate_changes"][0]["unit"] == "pp"
    year = next(each for each in report["cities"][0]["periods"] if each["period"] == "2025")
    assert (year["is_valid"], year["good_rate_changes"]) == (True, [])


def test_cities_are_ranked_from_both_ends_and_ties_share_a_place(tmp_path, capsys):
    file = days_file(tmp_path, cities=("甲", "乙", "丙"))  # 丙 is as 甲

    [report] = plain(capsys, file)

    places = {
        each["city"]: (each["index_place"]["from_top"], each["index_place"]["from_bottom"])
        for each in report["ranks"]
        if each["period"] == "2026-05"
    }
    assert places == {"乙": (1, 3), "丙": (2, 1), "甲": (2, 1)}
    told = assess(capsys, file)
    assert "from the bottom" in told


def test_published_days_are_compared(tmp_path, capsys):
    [report] = plain(capsys, days_file(tmp_path))

    assert {code: each["percent"] for code, each in report["agreement"].items()} == {
        "aqi": "100.00", "level": "100.00", "primary": "100.00",
    }  # fmt: skip
    assert report["agreement_by_year"]["2026"]["compared"] == 302


def test_one_edition_can_be_asked_for_all_days(tmp_path, capsys):
    [report] = plain(capsys, days_file(tmp_path), "--edition", "cn_hj633_2026")

    assert report["editions"] == ["cn_hj633_2026"]
    assert (
        report["agreement"]["aqi"]["percent"] == "58.91"
    )  # 甲 before March 2026 differs: 424 of 1032
    assert "more" in assess(capsys, days_file(tmp_path), "--edition", "cn_hj633_2026")


def test_hours_are_compared_with_published_days(tmp_path, capsys):
    days = written(
        tmp_path, "published.csv",
        "date,AQI,q,SO2,NO2,PM10,PM2.5,CO,O3,kept\n"
        "2024-05-01,52,良,6,30,40,36,0.8,80,yes\n"
        "2024-05-02,58,良,6,30,40,40,0.9,80,yes\n"
        "2024-05-03,1,优,1,1,1,1,0.1,1,no\n"
        "2025-01-01,1,优,1,1,1,1,0.1,1,yes\n",
    )  # fmt: skip

    [report] = plain(
        capsys, hours_file(tmp_path), "--control-site", "reservoir",
        "--against", days, "--only", "kept=yes",
    )  # fmt: skip

    agreement = report["cities"][0]["agreement"]
    counts = {code: (each["equal"], each["compared"]) for code, each in agreement.items()}
    assert counts["pm25"] == (1, 2)
    assert counts["pm25_near"] == (1, 2)
    assert counts["co"] == (1, 2)
    assert counts["co_near"] == (2, 2)
    assert counts["aqi"] == (1, 2)
    assert counts["aqi_near"] == (1, 2)
    assert counts["level"] == (2, 2)
    told = assess(capsys, hours_file(tmp_path), "--against", days)
    assert "CO ±1" in told
    assert "AQI ±3" in told


def test_a_day_without_enough_hours_is_told_as_none_beside_what_was_published(tmp_path, capsys):
    hours = [f"A1,2024-05-01 {hour:02}:00,30" for hour in range(1, 24)]
    few = "\n".join(["station,time,PM2.5", *hours, "A1,2024-05-03 08:00,30"])
    days = written(tmp_path, "published.csv", "date,AQI,q,PM2.5,SO2\n2024-05-02,52,良,36,6\n")

    [report] = plain(capsys, written(tmp_path, "few.csv", few + "\n"), "--against", days)

    agreement = report["cities"][0]["agreement"]
    told = {
        code: agreement[code]["differences"][0]["computed"] for code in ("pm25", "aqi", "level")
    }
    assert told == {"pm25": "NA", "aqi": "NA", "level": "NA"}


def test_a_row_is_compared_as_far_as_it_was_published(tmp_path, capsys):
    file = written(tmp_path, "release.csv", RELEASE.replace("100,良,", "100,-;,"))

    [report] = plain(capsys, file)

    compared = {figure: each["compared"] for figure, each in report["agreement"].items()}
    assert compared == {"aqi": 3, "level": 2, "primary": 3}


def test_a_release_of_stations_is_checked(tmp_path, capsys):
    file = written(tmp_path, "release.csv", RELEASE)

    [report] = plain(capsys, file)

    agreement = report["agreement"]
    assert (agreement["aqi"]["equal"], agreement["aqi"]["compared"]) == (2, 3)
    assert agreement["level"]["differences"] == [
        {"where": "4 A3 2024-01-01", "published": "2", "computed": "1"}
    ]
    assert agreement["primary"]["differences"][0]["published"] == "铅"
    assert report["rows"][0]["primary"] == ["pm10", "pm25"]
    told = assess(capsys, file)
    assert "4 A3 2024-01-01: AQI published 77, computed 50" in told
    assert "unverified: hourly report of particles" in told


def test_european_bands_rate_a_release_too(tmp_path, capsys):
    file = written(tmp_path, "release.csv", RELEASE)

    [report] = plain(capsys, file, "--edition", "eu_eaqi_2025")

    assert report["rows"][0]["level"] == 4
    with pytest.raises(CommandError, match="does not rate"):
        assess(capsys, days_file(tmp_path), "--edition", "eu_eaqi_2025")


def test_bulletins_are_checked_by_the_limits_of_their_day(tmp_path, capsys):
    file = written(tmp_path, "bulletins.csv", BULLETINS)

    [report] = plain(capsys, file)

    assert [each["index"] for each in report["bulletins"]] == ["3.70", "4.00", None]
    assert report["bulletins"][0]["shares"]["pm25"] == "24.6"
    agreement = report["agreement"]["composite_index"]
    assert (agreement["equal"], agreement["compared"]) == (1, 2)
    told = assess(capsys, file)
    assert "gb3095_2026_transition" in told
    assert "3 乙 2026-04: composite index published 3.99, computed 4.00" in told


def test_bulletins_of_one_period_have_places_and_ties_share_one(tmp_path, capsys):
    head, first, *_ = BULLETINS.splitlines()
    best = first.split(",")
    worse, other = [*best], [*best]
    worse[head.split(",").index("pm25")] = "90"
    other[head.split(",").index("period")] = "2019-01"
    rows = [worse, best, best, [*worse], other, ["戊", best[1], *[""] * (len(best) - 2)]]
    text = "\n".join([head, *(",".join(row) for row in rows)])

    [report] = plain(capsys, written(tmp_path, "bulletins.csv", text))

    found = [each["place"] and tuple(each["place"].values()) for each in report["bulletins"]]
    assert found == [(3, 1), (1, 3), (1, 3), (3, 1), None, None]  # alone in its month, no index


def test_sand_dust_leaves_the_means_but_not_the_good_days(tmp_path, capsys):
    events = written(
        tmp_path,
        "events.csv",
        "code,city,first_day,last_day,source\nD1,甲,2026-05-01,2026-05-03,notice\n",
    )

    [report] = plain(capsys, days_file(tmp_path), "--dust-events", events)

    city = next(each for each in report["cities"] if each["city"] == "甲")
    may = next(each for each in city["periods"] if each["period"] == "2026-05")
    assert may["dust_events"] == ["D1"]
    assert (may["pollutants"]["pm25"]["days"], may["pollutants"]["pm25"]["set_aside"]) == (28, 3)
    assert (may["pollutants"]["o3"]["days"], may["valid_days"]) == (31, 31)
    assert may["without_events"] == {"good": 0, "valid": 28, "good_rate": "0.0"}
    assert "Events left out of concentrations and index: D1" in assess(
        capsys, days_file(tmp_path), "--dust-events", events
    )


def test_the_words_are_chinese_for_a_chinese_reader(tmp_path, capsys):
    with override("zh-hans"):
        told = assess(capsys, written(tmp_path, "bulletins.csv", BULLETINS))

    assert "综合指数" in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--control-site", "resevoir"], "no station is named resevoir"),
        (["--days-by", "feeling"], "there are: standard, one_step, lax"),
        (["--column", "station=站号"], "no column “站号”; there are: station, date"),
    ],
)
def test_a_slip_ends_in_a_sentence(tmp_path, capsys, words, sentence):
    with pytest.raises(CommandError, match=sentence):
        assess(capsys, hours_file(tmp_path), *words)


def test_a_cell_that_cannot_be_read_is_told_with_file_row_column_and_cure(tmp_path, capsys):
    file = written(tmp_path, "days.csv", "date,so2,no2\n2024-03-05,5,six\n")

    with pytest.raises(CommandError) as refused:
        assess(capsys, file)

    assert str(refused.value) == (
        f"{file}, row 2, column no2: “six” is no number. Write digits; leave the cell empty, or"
        " write NA or -, where nothing was measured."
    )


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "date,so2,no2\n2011-03-05,5,6\n", "Choose one: --edition cn_hj633_2012"),
        (
            "a.csv",
            "station,time,so2\nA,2024-03-05 01:00,5\nA,2024-03-05 01:00,6\n",
            "a, A has two rows of 2024-03-05T01:00 that differ. Leave one of them out",
        ),
        ("a.csv", "station,time,so2\nA,2024-03-05 01:00,500000\n", "a: SO2 of 500000 is no conc"),
        ("a.pdf", "%PDF-1.4", "PDF"),
    ],
)
def test_a_file_that_contradicts_itself_ends_in_a_sentence(tmp_path, capsys, name, text, sentence):
    with pytest.raises(CommandError, match=sentence):
        assess(capsys, written(tmp_path, name, text))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--column", "smell=气味"], "no field smell"),
        (["--only", "kept"], "write HEADER=VALUE"),
    ],
)
def test_an_option_that_is_misspelt_is_told(tmp_path, words, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("air", "assess", str(hours_file(tmp_path)), *words)


def test_optional_weights_are_marked(tmp_path):
    from civicloop.apps.air.wording import word_edition

    assert word_edition("gb3095_2026_weighted") == "gb3095_2026_weighted (unverified)"
    assert word_edition("gb3095_2012") == "gb3095_2012"
    assert Decimal(word_edition("cn_hj633_2026")[3:6]) == 633


def test_the_nowcast_of_the_last_hours_is_told(tmp_path, capsys):
    rows = ["station,time,SO2,NO2,PM10,PM2.5,CO,O3"]
    rows += [f"a,2024-05-01 {hour:02}:00,,,60,{pm25},," for hour, pm25 in ((1, 50), (2, 40))]
    path = written(tmp_path, "now.csv", "\n".join([*rows, "b,2024-05-01 02:00,,,60,40,,"]))

    call_command("air", "nowcast", str(path), "--json")
    first, second = json.loads(capsys.readouterr().out)
    assert first == {
        "city": "now", "station": "a", "at": "2024-05-01T02:00", "pm25": "44.4", "pm10": "60",
        "aqi": 123, "level": 3,
    }  # fmt: skip
    assert (second["station"], second["pm25"], second["aqi"]) == ("b", None, None)

    call_command("air", "nowcast", str(path), "--hours", "2")
    told = capsys.readouterr().out
    assert (
        "now   a        2024-05-01 02:00  44.4   60    123  unhealthy for sensitive groups" in told
    )
    assert "now   a        2024-05-01 01:00  NA     NA    NA   NA" in told
    assert "ozone" in told


def test_days_have_no_nowcast(tmp_path):
    with pytest.raises(CommandError, match="no hours"):
        call_command("air", "nowcast", str(days_file(tmp_path)))


def test_a_whole_year_is_held_against_the_limits_of_both_classes(tmp_path, capsys):
    path = days_file(tmp_path, first=date(2025, 1, 1), last=date(2025, 12, 31), cities=("甲",))

    told = assess(capsys, path, "--days", 0)

    assert "2025 is above the limits of class 1 (GB 3095-2012): PM2.5 [unverified]" in told
    assert "2025 is above the limits of class 2 (GB 3095-2012): PM2.5\n" in told
