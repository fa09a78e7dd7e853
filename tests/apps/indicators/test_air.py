"""Indicators have no air of their own: what the board says of it is what the air page says."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from tests.apps.air.files import days_file, hours_file
from tests.apps.air.kept import keep
from tests.apps.indicators.stating import DATONG, SHANGHAI, TAIYUAN, define, figure

from civicloop.apps.air.city_areas import WrongAreaError
from civicloop.apps.air.models import AirCity, CityDay, CityPeriod
from civicloop.apps.air.queries import air_year
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.models import Figure, Observation
from civicloop.apps.indicators.queries.board import board
from civicloop.apps.indicators.queries.tracing import trace
from civicloop.apps.indicators.verifying import verify_figures

pytestmark = pytest.mark.django_db
KEPT_AT = datetime(2026, 6, 1, 8, tzinfo=SHANGHAI)
NOW = datetime(2026, 6, 1, 9, tzinfo=SHANGHAI)
CITIES = {"甲": DATONG, "乙": TAIYUAN}
POLLUTANTS = ("so2", "no2", "pm10", "pm25", "co", "o3")


def keep_two_cities(folder, first):
    path = days_file(folder, first=first, last=date(2026, 5, 31))
    return keep(path, now=KEPT_AT, areas=CITIES)


def compute(now=NOW, **options):
    return compute_figures(now=now, actor=None, months=2, **options)


def test_the_boards_air_is_the_air_pages_and_leads_back_to_the_rows_of_the_file(tmp_path):
    define("air")
    kept = keep_two_cities(tmp_path, date(2026, 1, 1))
    compute()

    year = air_year(AirCity.objects.get(area=DATONG).pk, 2026)
    march, april, may = year.months[2:]
    for period, shown in (("2026-01/P5M", year.whole), ("2026-04", april), ("2026-05", may)):
        assert figure("air.good_share", period).value == shown.good_rate
        assert figure("air.good_days", period).value == shown.figures["good_days"]
        assert figure("air.index", period).value == shown.index
        for name in POLLUTANTS:
            stated = Decimal(shown.figures["pollutants"][name]["in_index"])
            assert figure(f"air.{name}", period).value == stated
    [card] = [
        each
        for each in board(date(2026, 6, 1), area=DATONG)
        if each.figure.code == "air.good_share"
    ]
    assert (card.figure.period, card.figure.value) == ("2026-01/P5M", year.whole.good_rate)
    assert march.good_rate == 0
    for each in year.ranks:
        own = figure("air.index", "2026-01/P5M", each.city.area)
        assert own.rank == each.index_place.from_top

    [stated] = trace(figure("air.pm25", "2026-05")).observations
    assert (stated.document.name, stated.document.sha256) == ("days.csv", kept.source.sha256)
    assert stated.page == "2026-05-01 … 2026-05-31"
    behind = CityPeriod.objects.get(pk=stated.air_period)
    assert (behind.kind, behind.last_day) == ("month", date(2026, 5, 31))
    row = trace(figure("air.good_days", "2026-05")).rows[0]
    day = CityDay.objects.get(city__area=DATONG, day=date(2026, 5, 1))
    assert (row.row.day, row.ref) == (day.day, f"city day {day.pk}")
    assert (day.source.name, day.rows) == ("days.csv", "122")


def test_a_later_file_changes_the_next_figures_and_no_earlier_ones(tmp_path):
    define("air")
    keep_two_cities(tmp_path, date(2026, 5, 1))
    compute()
    path = days_file(tmp_path, first=date(2026, 5, 1), last=date(2026, 5, 31), cities=("甲",))
    path.write_text(path.read_text(encoding="utf-8").replace(",40,65,", ",40,20,"), encoding="utf-8")  # fmt: skip
    keep(path, now=NOW + timedelta(days=1))

    assert all(verified.is_good for verified in verify_figures())
    compute(NOW + timedelta(days=2))
    assert figure("air.good_days", "2026-05").value == 31
    assert figure("air.pm25", "2026-05").value == 20
    then = compute(NOW + timedelta(days=3), as_of=NOW, is_published=False).run.figures
    assert then.get(code="air.good_days", period="2026-05", area=DATONG).value == 0
    assert then.get(code="air.pm25", period="2026-05", area=DATONG).value == 65


def test_a_city_without_an_area_is_no_fact_until_it_has_one(tmp_path):
    define("air")
    path = days_file(tmp_path, first=date(2026, 4, 1), last=date(2026, 5, 31), cities=("甲",))
    keep(path, now=KEPT_AT)
    compute()
    assert not Figure.objects.exists()

    again = keep(path, now=NOW + timedelta(hours=1), areas={"": DATONG})

    assert not again.is_new
    compute(NOW + timedelta(hours=2))
    assert figure("air.good_days", "2026-05").value == 0
    assert all(verified.is_good for verified in verify_figures())


def test_files_of_one_area_are_of_one_city_whatever_they_call_it(tmp_path):
    keep(days_file(tmp_path, cities=("甲",), last=date(2025, 1, 3)), areas={"": DATONG})
    keep(hours_file(tmp_path), areas={"": DATONG})

    [city] = AirCity.objects.all()
    assert city.name == "甲"
    assert CityDay.objects.filter(day=date(2024, 5, 1)).get().city == city


@pytest.mark.parametrize(
    ("cities", "areas"),
    [
        (("甲",), {"": "1402"}),
        (("甲",), {"甲": "大同" * 6}),
        (("甲", "乙"), {"": DATONG}),
        (("甲", "乙"), {"甲": DATONG, "乙": DATONG}),
    ],
)
def test_an_area_that_is_none_or_that_of_another_city_is_refused(tmp_path, cities, areas):
    keep(days_file(tmp_path, cities=("甲",), last=date(2025, 1, 2)), areas={"甲": TAIYUAN})

    with pytest.raises(WrongAreaError):
        keep(days_file(tmp_path, cities=cities, last=date(2025, 1, 3)), areas=areas)

    assert AirCity.objects.get().area == TAIYUAN


def test_the_command_takes_the_area_and_says_what_is_wrong_with_it(tmp_path, settings):
    settings.LANGUAGE_CODE = "en"
    words = ["air", "assess", str(hours_file(tmp_path)), "--keep", "--area"]

    with pytest.raises(CommandError, match=r"1402 is no code of an area \(12 digits\)"):
        call_command(*words, "1402", stdout=StringIO())
    call_command(*words, f"hours={DATONG}", stdout=StringIO())

    assert AirCity.objects.get().area == DATONG
    assert not Observation.objects.exists()
