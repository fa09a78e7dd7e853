import csv
from datetime import date

import pytest
from tests.apps.air.files import days_file
from tests.apps.air.kept import keep, keep_hours

from civicloop.apps.accounts.models import Role
from civicloop.apps.air.models import AirCity, AirStation, CityDay, CityPeriod
from civicloop.engines.air.exclusions import AirEvent, EventKind
from civicloop.engines.air.pollutants import Pollutant
from civicloop.web.air.station_map import station_map

pytestmark = pytest.mark.django_db


@pytest.fixture
def air(tmp_path):
    keep_hours(tmp_path, first=date(2026, 5, 29))
    keep(days_file(tmp_path, first=date(2025, 4, 15), last=date(2025, 5, 31)))
    keep(days_file(tmp_path, first=date(2026, 2, 15), last=date(2026, 5, 31)))


def text_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def city(name):
    return AirCity.objects.get(name=name).pk


def test_without_data_the_page_says_how_to_keep_some(guest):
    assert "civicloop air assess FILE --keep" in text_of(guest, "/air/")


def test_a_day_shows_its_level_by_colour_shape_and_word(air, guest):
    text = text_of(guest, f"/air/?city={city('甲')}&year=2026")

    assert '<td class="air-3">' in text
    assert "▲" in text
    assert "AQI 105, lightly polluted" in text
    assert "106 days with an index: good air 14, lightly polluted 92;" in text


def test_across_the_change_of_rules_both_bases_are_said(air, guest):
    text = text_of(guest, f"/air/?city={city('甲')}&year=2026")

    assert "13.2%" in text
    assert "±0 points by HJ 633-2012: 100.0% → 100.0%" in text
    assert "±0 points by HJ 633-2026: 0.0% → 0.0%" in text
    assert "never one against the other" in text


def test_a_change_across_the_new_state_of_gases_says_so(tmp_path, guest):
    keep(days_file(tmp_path, first=date(2017, 9, 1), last=date(2018, 9, 30)))
    whole = CityPeriod.objects.filter(first_day=date(2018, 1, 1), kind="to_date").latest("last_day")

    for address in (f"/air/?city={whole.city_id}&year=2018", f"/air/periods/{whole.pk}/"):
        assert "gases were stated at 273 K" in text_of(guest, address)
    first = CityPeriod.objects.filter(first_day=date(2017, 9, 1), kind="month").first()
    assert "273 K" not in text_of(guest, f"/air/periods/{first.pk}/")


def test_a_year_before_which_nothing_is_kept_has_no_change(air, guest):
    assert " points by " not in text_of(guest, f"/air/?city={city('甲')}&year=2025")


def test_the_table_holds_every_day_and_its_rules(air, guest):
    text = text_of(guest, f"/air/?city={city('甲')}&year=2026")

    assert text.count('<th scope="row"><a href="/air/days/') == 106
    assert text.count("<td>HJ 633-2026</td>") == 92


def test_the_first_city_and_its_last_year_come_first_and_nonsense_is_passed_over(air, guest):
    assert "Air of hours, 2026" in text_of(guest, "/air/?city=x&year=1830")


def test_stations_are_drawn_where_their_place_is_known_and_named_all(air, guest):
    text = text_of(guest, "/air/")

    assert text.count("<circle") - text.count('<circle cx="12"') == 2
    assert "reservoir · control site · place not known" in text


def test_a_city_without_stations_says_so(air, guest):
    assert "given without stations" in text_of(guest, f"/air/?city={city('甲')}")


def test_cities_over_the_same_days_are_ranked(air, guest):
    text = text_of(guest, f"/air/?city={city('甲')}&year=2026")

    ranks = text[text.index("Cities over the same days") :]
    assert ranks.index(">乙<") < ranks.index(">甲<")


def test_profiles_stand_side_by_side(air, guest):
    text = text_of(guest, "/air/")

    for name in ("HJ 633-2012", "HJ 633-2026", "US EPA 2024", "EU EAQI 2025", "from 2031"):
        assert name in text


def test_a_day_leads_back_to_the_rows_of_its_file(air, guest):
    day = CityDay.objects.filter(city__name="hours").earliest("pk")

    text = text_of(guest, f"/air/days/{day.pk}/")

    assert "hours.csv" in text
    assert day.source.sha256 in text
    assert "2-25, 74-97" in text
    assert "reservoir" in text
    assert "35.5" in text


def test_an_earlier_figure_points_to_the_newest(tmp_path, guest):
    path = days_file(tmp_path, first=date(2026, 5, 1), last=date(2026, 5, 3))
    keep(path)
    path.write_text(path.read_text(encoding="utf-8").replace(",65,", ",45,"), encoding="utf-8")
    keep(path)
    first, newest = CityDay.objects.filter(city__name="甲", day=date(2026, 5, 1)).order_by("pk")

    assert f'href="/air/days/{newest.pk}/">The newest figures' in text_of(
        guest, f"/air/days/{first.pk}/"
    )
    assert "The newest figures" not in text_of(guest, f"/air/days/{newest.pk}/")
    assert "3 earlier figures stand" in text_of(guest, f"/air/?city={city('甲')}")


def period_of(name, first, kind="month"):
    return CityPeriod.objects.filter(city__name=name, first_day=first, kind=kind).latest(
        "last_day", "pk"
    )


def test_a_number_of_the_year_leads_to_its_arithmetic_and_its_days(air, guest):
    year = period_of("甲", date(2026, 1, 1), "to_date")
    assert f'<a href="/air/periods/{year.pk}/">13.2%</a>' in text_of(
        guest, f"/air/?city={city('甲')}&year=2026"
    )

    text = text_of(guest, f"/air/periods/{year.pk}/")

    # C/S by hand: 6/60, 30/40, 40/60, 65/30, 0.8/4, 80/160 by the limits of the transition
    assert "0.10 + 0.75 + 0.67 + 2.17 + 0.20 + 0.50 = 4.39, the composite index" in text
    assert "14 / 106 days with an index = 13.2% good days" in text
    assert "100.0 \N{MINUS SIGN} 100.0 = ±0 points, both years by HJ 633-2012" in text
    assert "90th percentile of the days" in text
    assert text.count('<th scope="row"><a href="/air/days/') == 106
    before = CityPeriod.objects.get(city__name="甲", last_day=date(2025, 5, 31), kind="to_date")
    assert f'href="/air/periods/{before.pk}/">The same days of the year before' in text


def test_a_period_shows_the_days_that_were_known_when_it_was_recorded(tmp_path, guest):
    path = days_file(tmp_path, first=date(2026, 5, 1), last=date(2026, 5, 31))
    keep(path)
    path.write_text(path.read_text(encoding="utf-8").replace(",65,", ",45,"), encoding="utf-8")
    keep(path)
    first, newest = CityPeriod.objects.filter(city__name="甲", kind="month").order_by("pk")

    earlier, later = (text_of(guest, f"/air/periods/{each.pk}/") for each in (first, newest))

    assert f'href="/air/periods/{newest.pk}/">The newest figures' in earlier
    assert "The newest figures" not in later
    known = CityDay.objects.filter(city__name="甲", source=first.source)
    assert all(f'"/air/days/{day.pk}/"' in earlier for day in known)
    assert not any(f'"/air/days/{day.pk}/"' in later for day in known)
    assert "All that was kept of these days" in later


@pytest.mark.parametrize(
    "address", ["/air/days/999999/", "/air/periods/999999/", "/air/999999/2026.csv"]
)
def test_what_is_not_kept_is_not_found(air, guest, address):
    assert guest.get(address).status_code == 404


def test_a_year_that_is_not_kept_cannot_be_taken_along(air, guest):
    assert guest.get(f"/air/{city('甲')}/1999.csv").status_code == 404


def test_the_download_says_definition_editions_and_sources(air, guest):
    response = guest.get(f"/air/{city('甲')}/2026.csv")
    rows = list(csv.reader(b"".join(response).decode("utf-8-sig").splitlines()))

    said = [row for row in rows if row[0].startswith("# ")]
    assert [row[0] for row in said] == [
        "# city", "# year", "# definition", "# edition", "# edition", "# source",
    ]  # fmt: skip
    header, *days = rows[len(said) :]
    assert len(days) == 106
    last = dict(zip(header, days[-1], strict=True))
    assert (last["AQI"], last["PM2.5"], last["primary pollutant"]) == ("105", "65", "PM2.5")
    assert (last["edition"], last["file"], last["rows of the file"]) == (
        "cn_hj633_2026", "days.csv", "107",
    )  # fmt: skip


def test_a_year_that_is_over_is_held_against_both_classes(tmp_path, guest):
    keep(days_file(tmp_path, first=date(2025, 1, 1), last=date(2025, 12, 31), cities=("甲",)))

    text = text_of(guest, "/air/?year=2025")

    assert "Class 2, GB 3095-2012" in text
    assert "Class 1, GB 3095-2012 (unverified)" in text
    assert text.count("Above their limits: PM2.5.") == 2
    assert "65 / 35</td>" in text
    assert "365/365</td>" in text  # 65 µg/m³ of a day are within class 2's 75
    assert "0/365</td>" in text  # and above class 1's 35
    assert "means over three years" not in text


def test_a_year_of_the_new_edition_says_what_of_it_is_not_computed(tmp_path, guest):
    keep(days_file(tmp_path, first=date(2026, 1, 1), last=date(2026, 12, 31), cities=("甲",)))

    text = text_of(guest, "/air/?year=2026")

    assert "means over three years: its text was not obtained" in text


def test_the_parts_of_the_composite_index_are_shown(air, guest):
    text = text_of(guest, f"/air/?city={city('甲')}&year=2026")

    assert "Parts of the composite index" in text
    assert '<td class="number">2.17</td>' in text  # PM2.5: 65 / 30


def test_editions_stand_side_by_side_each_year_on_its_own_basis(air, guest):
    text = text_of(
        guest,
        f"/air/compare/?city={city('甲')}&year=2026&by=cn_hj633_2012&by=cn_hj633_2026&by=nothing",
    )

    assert "On 106 days of 106 the editions name different levels." in text
    assert ">106</a> · 100.0%</td>" in text  # by 2012; 2026 has none
    assert ">0</a> · 0.0%</td>" in text
    assert "<td>100.0% (47/47)</td>" in text  # the same edition a year before
    assert "on the editions in force on these days: HJ 633-2012, HJ 633-2026." in text
    assert '<td class="air-2">88 good air</td><td class="air-3">105 lightly polluted</td>' in text.replace("> <", "><")  # fmt: skip


@pytest.mark.parametrize(
    ("code", "rated", "title", "count"),
    [
        ("cn_hj633_2012", "good", "HJ 633-2012: good days", 106),
        ("cn_hj633_2026", "3", "HJ 633-2026: lightly polluted", 106),
        ("cn_hj633_2026", "2", "HJ 633-2026: good air", 0),
        ("eu_eaqi_2025", "valid", "EU EAQI 2025: days with an index", 0),
    ],
)
def test_a_count_of_days_leads_to_these_days(air, guest, code, rated, title, count):
    asked = f"city={city('甲')}&amp;year=2026&amp;by={code}&amp;by=us_epa_2024&amp;of={code}&amp;rated={rated}"  # fmt: skip
    address = "/air/compare/?" + asked.replace("&amp;", "&")
    text = text_of(guest, address)

    assert f"?{asked}#rated-title" in text
    days = text.split('id="rated-title">')[1].split("</section>")[0]
    assert days.startswith(title)
    assert days.count("/air/days/") == count
    if count:
        of_year = f"city={city('甲')}&amp;year=2026&amp;of={code}&amp;rated={rated}#rated-title"
        assert f'{of_year}">{count}</a>' in text_of(guest, f"/air/?city={city('甲')}&year=2026")


@pytest.mark.parametrize("words", ["of=x&rated=good", "of=cn_hj633_2026&rated=9", "rated=good"])
def test_days_that_nobody_rates_are_not_listed(air, guest, words):
    assert 'id="rated-title"' not in text_of(guest, f"/air/compare/?{words}")


def test_days_without_hours_are_not_rated_by_foreign_editions(air, guest):
    text = text_of(
        guest, f"/air/compare/?city={city('甲')}&year=2026&by=us_epa_2024&by=eu_eaqi_2025"
    )

    assert ">0</a> · NA</td>" in text
    assert "On 0 days of 0" in text


@pytest.mark.parametrize("words", ["", "by=us_epa_2024", "by=x&by=y"])
def test_fewer_than_two_editions_are_those_of_china(air, guest, words):
    text = text_of(guest, f"/air/compare/?{words}")

    for code in ("cn_hj633_2012", "cn_hj633_2026"):
        assert f'value="{code}" checked' in text
    assert text.count(" checked") == 2


def test_events_are_listed_with_their_evidence_and_the_days_without_them(tmp_path, guest):
    smoke = AirEvent(
        code="S1", city="甲", first_day=date(2026, 5, 1), last_day=date(2026, 5, 3), source="bureau",
        kind=EventKind.EXCEPTIONAL, pollutants=(Pollutant.PM25,), evidence="picture 7",
    )  # fmt: skip
    keep(days_file(tmp_path, first=date(2026, 5, 1), last=date(2026, 5, 31)), events=(smoke,))

    text = text_of(guest, f"/air/?city={city('甲')}")

    assert "S1 · exceptional event" in text
    assert "bureau · picture 7" in text
    assert "Without the days of these events: 0 good days of 28, 0.0%." in text


def test_the_page_asks_few_questions(air, guest, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        guest.get(f"/air/?city={city('甲')}&year=2026")


def test_who_runs_the_installation_sees_no_air(air, log_in):
    assert log_in(Role.SECURITY_ADMIN).get("/air/").status_code == 403


@pytest.mark.one_database
def test_the_sheet_keeps_directions_and_says_its_scale():
    west = AirStation(name="w", longitude=111, latitude=37, is_control_site=False)
    east = AirStation(name="e", longitude=112, latitude=37, is_control_site=False)
    north = AirStation(name="n", longitude=111, latitude=38, is_control_site=False)

    found = station_map([west, east, north])

    one, other, third = found.spots
    assert one.x < other.x
    assert one.y == other.y
    assert third.y < one.y
    across, down = other.x - one.x, one.y - third.y
    assert across / down == pytest.approx(0.79, abs=0.01)  # a degree of longitude at 37.5° north
    assert found.scale_width / found.scale_km == pytest.approx(down / 111.32, rel=0.01)


@pytest.mark.one_database
def test_a_single_station_is_drawn_too():
    [spot] = station_map([AirStation(name="a", longitude=111, latitude=37)]).placed

    assert (spot.x, spot.y) == (30, 30)
