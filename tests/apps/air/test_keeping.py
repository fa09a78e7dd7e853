from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from tests.apps.air.files import RELEASE, days_file, hours_file
from tests.apps.air.kept import NOW, keep, keep_hours

from civicloop.apps.air.actions import NotKeptError
from civicloop.apps.air.models import AirCity, AirSource, AirStation, CityDay, CityPeriod
from civicloop.apps.air.queries import air_year, day_with_revisions, known_cities
from civicloop.apps.audit.models import AuditEvent
from civicloop.connectors.air.problems import AirFileError
from civicloop.engines.air.exclusions import AirEvent

pytestmark = pytest.mark.django_db
FEBRUARY = {"first": date(2026, 2, 1), "last": date(2026, 3, 31)}


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def test_hours_are_kept_by_day_with_the_rows_that_they_came_from(tmp_path):
    kept = keep_hours(tmp_path)

    assert (kept.cities, kept.days, kept.revised) == (1, 3, 0)
    day = CityDay.objects.get(day=date(2024, 5, 1))
    assert (day.aqi, day.level, day.primary) == (52, 2, ["pm25"])
    assert day.published["pm25"] == "36"  # 35.5, to even
    assert day.exact["pm25_24h"] == [71, 2, 1]
    assert day.rows == "2-25, 74-97"  # centre and east; the reservoir does not count
    assert day.edition == "cn_hj633_2012"


def test_every_edition_rates_the_same_hours(tmp_path):
    keep_hours(tmp_path)

    profiles = CityDay.objects.get(day=date(2024, 5, 1)).profiles
    assert profiles["cn_hj633_2012"] == [52, 2]
    assert profiles["cn_hj633_2026"] == [52, 2]
    assert profiles["us_epa_2024"] == [115, 3]  # PM2.5 of 41 at the highest station
    assert profiles["eu_eaqi_2025"] == [3, 3]  # the worst hour is of PM2.5 of 41


def test_published_days_are_rated_by_chinese_editions_alone(tmp_path):
    keep(days_file(tmp_path, **FEBRUARY))

    day = CityDay.objects.get(city__name="甲", day=date(2026, 2, 1))
    assert day.profiles == {"cn_hj633_2012": [88, 2], "cn_hj633_2026": [105, 3]}
    assert day.rows == "2"


def test_the_same_file_is_kept_once_and_another_way_beside_it(tmp_path):
    path = hours_file(tmp_path)
    keep(path)
    rows = CityDay.objects.count(), CityPeriod.objects.count(), AuditEvent.objects.count()

    again = keep(path, now=NOW + timedelta(days=1))

    assert not again.is_new
    assert (CityDay.objects.count(), CityPeriod.objects.count(), AuditEvent.objects.count()) == rows
    assert keep(path, control_sites=frozenset({"reservoir"})).is_new
    assert AirSource.objects.count() == 2


def test_one_event_of_the_audit_says_what_was_kept(tmp_path):
    kept = keep_hours(tmp_path)

    event = AuditEvent.objects.get(action="keep_air")
    assert event.object_id == str(kept.source.pk)
    assert event.details["sha256"] == kept.source.sha256
    assert event.details["days"] == 3


def test_a_revision_stands_beside_and_only_what_changed_is_added(tmp_path):
    path = days_file(tmp_path, **FEBRUARY)
    keep(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("甲,2026-02-03,88,良,PM2.5,6,30,40,65", "甲,2026-02-03,100,良,PM2.5,6,30,40,75"), encoding="utf-8")  # fmt: skip

    kept = keep(path, now=NOW + timedelta(days=1))

    assert (kept.days, kept.revised) == (1, 1)
    earliest = CityDay.objects.filter(city__name="甲", day=date(2026, 2, 3)).earliest("pk")
    newest, first = day_with_revisions(earliest.pk)
    assert (first.aqi, newest.aqi) == (88, 100)
    assert newest.recorded_at > first.recorded_at
    air = air_year(newest.city_id, 2026)
    assert air.revised == 1
    assert [each.aqi for each in air.days if each.day == date(2026, 2, 3)] == [100]
    february = CityPeriod.objects.filter(city=newest.city, kind="month", first_day="2026-02-01")
    assert february.count() == 2
    march = CityPeriod.objects.filter(city=newest.city, kind="month", first_day="2026-03-01")
    assert march.count() == 1


def test_periods_are_computed_from_the_days_of_all_files(tmp_path):
    keep(days_file(tmp_path, first=date(2025, 1, 1), last=date(2025, 12, 31)))
    keep(days_file(tmp_path, first=date(2026, 1, 1), last=date(2026, 5, 31)))

    city = AirCity.objects.get(name="甲")
    whole = air_year(city.pk, 2026).whole
    assert (whole.kind, whole.last_day) == ("to_date", date(2026, 5, 31))
    old, new = whole.figures["good_rate_changes"]
    assert (old["basis"], old["before"], old["now"]) == ("cn_hj633_2012", "100.0", "100.0")
    assert (new["basis"], new["before"], new["now"]) == ("cn_hj633_2026", "0.0", "0.0")
    assert whole.figures["good_days"] == 31 + 28  # by the rules in force, before March alone
    assert air_year(city.pk, 2025).whole.kind == "year"


def test_sand_dust_of_a_file_is_left_out_of_later_periods_too(tmp_path):
    event = AirEvent(
        code="S1", city="甲", first_day=date(2026, 2, 1), last_day=date(2026, 2, 2), source="x"
    )
    keep(days_file(tmp_path, first=date(2026, 2, 1), last=date(2026, 2, 28)), events=(event,))
    keep(days_file(tmp_path, first=date(2026, 3, 1), last=date(2026, 3, 31)))

    figures = air_year(AirCity.objects.get(name="甲").pk, 2026).whole.figures
    assert figures["dust_events"] == ["S1"]
    assert figures["pollutants"]["pm25"]["set_aside"] == 2


def test_cities_with_equal_figures_share_a_place(tmp_path):
    keep(days_file(tmp_path, cities=("丙", "甲", "丁", "乙"), **FEBRUARY))

    ranks = air_year(AirCity.objects.get(name="丙").pk, 2026).ranks
    assert [(each.city.name, each.index_place.from_top) for each in ranks] == [
        ("乙", 1),
        ("甲", 1),
        ("丁", 3),
        ("丙", 3),
    ]
    assert [each.index_place.from_bottom for each in ranks] == [3, 3, 1, 1]


def test_the_primary_pollutants_of_a_period_are_counted(tmp_path):
    keep(days_file(tmp_path, **FEBRUARY))

    figures = air_year(AirCity.objects.get(name="甲").pk, 2026).whole.figures
    assert figures["primary"] == {"pm25": [59, "100.0"]}
    assert figures["profiles"]["cn_hj633_2012"]["good"] == 59
    assert figures["profiles"]["cn_hj633_2026"]["good"] == 0
    assert set(figures["composites"]) == {
        "gb3095_2012", "gb3095_2026_transition", "gb3095_2026_final",
    }  # fmt: skip


def test_stations_keep_their_places(tmp_path):
    keep_hours(tmp_path)

    centre, reservoir = AirStation.objects.exclude(name="east").order_by("name")
    assert (centre.longitude, centre.is_control_site) == (Decimal("111.2"), False)
    assert (reservoir.longitude, reservoir.is_control_site) == (None, True)


def test_the_years_of_a_city_are_known(tmp_path):
    keep(days_file(tmp_path, first=date(2025, 12, 1), last=date(2026, 1, 31), cities=("甲",)))
    keep_hours(tmp_path)

    assert [(each.name, each.years) for each in known_cities()] == [
        ("甲", (2026, 2025)),
        ("hours", (2024,)),
    ]


@pytest.mark.parametrize("edition", ["", "cn_hj633_2012"])
def test_releases_and_one_edition_for_all_days_are_not_kept(tmp_path, edition):
    path = tmp_path / "release.csv"
    path.write_text(RELEASE, encoding="utf-8")
    if edition:
        path = hours_file(tmp_path)

    with pytest.raises(NotKeptError):
        keep(path, edition=edition)

    assert not AirSource.objects.exists()


def test_a_file_that_breaks_off_leaves_nothing(tmp_path):
    path = hours_file(tmp_path)
    with path.open("a", encoding="utf-8") as opened:
        opened.write("east,2024-05-09,1,a,b,c,d,e,f\n")

    with pytest.raises(AirFileError):
        keep(path)

    assert [model.objects.count() for model in (AirSource, AirCity, CityDay)] == [0, 0, 0]


def test_the_command_keeps_and_tells(tmp_path):
    path, told = hours_file(tmp_path), StringIO()
    places = tmp_path / "places.csv"
    places.write_text("station,longitude,latitude\ncentre,111,37\n", encoding="utf-8")
    words = ["air", "assess", str(path), "--keep", "--stations", str(places)]

    call_command(*words, stdout=told)
    call_command(*words, stdout=told)

    assert "Kept of hours.csv: 3 days (0 of them revised)" in told.getvalue()
    assert "hours.csv had been kept before" in told.getvalue()
    assert AirStation.objects.get(name="centre").longitude == 111


def test_the_command_says_what_it_does_not_keep(tmp_path):
    path = tmp_path / "release.csv"
    path.write_text(RELEASE, encoding="utf-8")

    with pytest.raises(CommandError, match="only hours of stations and days"):
        call_command("air", "assess", str(path), "--keep", stdout=StringIO())
