from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.apps.issues.watched_city import LAST_DAY, WatchedCity

from civicloop.apps.issues.actions.alarms import raise_alarms, run_backtest
from civicloop.apps.issues.models import Alarm, AlarmBacktest, AlarmCheck, AlarmKind
from civicloop.web.issues.alarm_words import plain_beside

LIST, BACKTEST = "/alarms/", "/alarms/backtest/"


@pytest.fixture
def city(db: None) -> WatchedCity:
    return WatchedCity()


@pytest.fixture
def check(city: WatchedCity, now: datetime) -> AlarmCheck:
    city.writer()
    return raise_alarms(first_day=LAST_DAY - timedelta(days=6), last_day=LAST_DAY, now=now)


def test_the_list_shows_alarms_slow_burners_and_one_citizens_appeals(
    guest: Client, check: AlarmCheck, city: WatchedCity
) -> None:
    text = guest.get(LIST).text

    assert "4 citizens on one day; expected" in text
    assert "one address" in text
    assert city.slow_event.title in text
    assert "one citizen wrote 12 appeals in 1 day" in text
    assert "at most 2 false alarms a week" in text


def test_a_city_that_was_never_checked_says_how(guest: Client) -> None:
    assert "civicloop alarms" in guest.get(LIST).text


def test_a_check_without_alarms_says_so(guest: Client, check: AlarmCheck) -> None:
    Alarm.objects.all().delete()

    text = guest.get(LIST).text

    assert "nothing stood above what chance explains" in text
    assert "Nobody wrote ten appeals within a week." in text


def test_an_alarm_is_explained_with_its_curve_as_a_table(guest: Client, check: AlarmCheck) -> None:
    alarm = Alarm.objects.exclude(kind=AlarmKind.SOURCE).get()

    response = guest.get(f"/alarms/{alarm.pk}/")

    chart = response.context["chart"]
    assert [line.name for line in chart.series] == [
        "Citizens",
        "Expected",
        "At most, on 99 of 100 days",
    ]
    assert chart.plain["marks"] == [chart.days.index(alarm.day)]
    day = "first_day=2023-11-14&amp;last_day=2023-11-14#members-title"
    assert f'<a href="/events/{alarm.event_id}/?{day}">4</a>' in response.text
    assert "1 in " in response.text
    assert "most citizens came on 15 Nov 2023, 1 day after the alarm" in response.text


def test_one_citizens_appeals_have_a_page_without_a_curve(guest: Client, check: AlarmCheck) -> None:
    writer = Alarm.objects.get(kind=AlarmKind.SOURCE)

    response = guest.get(f"/alarms/{writer.pk}/")

    assert response.context["chart"] is None
    assert "few citizens, many appeals" in response.text


def test_an_alarm_outlives_its_event(guest: Client, check: AlarmCheck, city: WatchedCity) -> None:
    alarm = Alarm.objects.exclude(kind=AlarmKind.SOURCE).get()
    city.event.delete()

    assert guest.get(f"/alarms/{alarm.pk}/").status_code == 200


def test_home_shows_the_newest_alarms(guest: Client, check: AlarmCheck, city: WatchedCity) -> None:
    text = guest.get("/").text

    assert city.event.title in text
    assert reverse("issues:alarm_list") in text


def test_the_hot_issues_lead_to_the_alarms(guest: Client) -> None:
    assert f'href="{LIST}"' in guest.get("/hot-issues/").text


def test_a_backtest_is_run_and_kept(operator: Client, city: WatchedCity) -> None:
    answers = {"first_day": "2023-10-26", "last_day": "2023-11-15", "per_week": "1.5"}

    response = operator.post(BACKTEST, answers, follow=True)

    backtest = AlarmBacktest.objects.get()
    assert response.redirect_chain[-1][0] == f"{BACKTEST}?shown={backtest.pk}"
    assert (
        "With at most 1.5 false alarms a week allowed there was 1 alarm, 0.3 a week"
        in response.text
    )
    assert city.event.title in response.text


def test_a_guest_reads_kept_backtests_and_runs_none(
    guest: Client, city: WatchedCity, now: datetime
) -> None:
    run_backtest(first_day=LAST_DAY - timedelta(days=9), last_day=LAST_DAY, now=now)

    assert "Kept back-tests" in guest.get(BACKTEST).text
    assert '<form class="panel filters" method="post"' not in guest.get(BACKTEST).text
    assert guest.post(BACKTEST, {}).status_code == 403


@pytest.mark.parametrize(
    "answers",
    [
        {"first_day": "2023-11-15", "last_day": "2023-11-01", "per_week": "2"},
        {"first_day": "2023-11-01", "last_day": "2023-11-15", "per_week": "0"},
        {"first_day": "soon", "last_day": "2023-11-15", "per_week": "2"},
    ],
)
def test_impossible_days_or_bounds_are_refused(
    answers: dict[str, str], operator: Client, city: WatchedCity
) -> None:
    response = operator.post(BACKTEST, answers)

    assert response.status_code == 422
    assert "errorlist" in response.text


def test_too_little_history_is_told(operator: Client, db: None) -> None:
    answers = {"first_day": "2023-11-01", "last_day": "2023-11-15", "per_week": "2"}

    assert "Alarms need nine weeks" in operator.post(BACKTEST, answers).text


def test_a_large_city_is_sent_to_the_command(
    operator: Client, city: WatchedCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civicloop.web.issues.alarm_views.MOST_APPEALS", 10)
    answers = {"first_day": "2023-11-01", "last_day": "2023-11-15", "per_week": "2"}

    text = operator.post(BACKTEST, answers).text

    assert "civicloop alarms --backtest 2023-11-01 2023-11-15 --per-week 2" in text


def test_a_backtest_that_is_not_there_is_not_found(guest: Client, db: None) -> None:
    assert guest.get(BACKTEST, {"shown": "7"}).status_code == 404
    assert "There is no back-test yet." in guest.get(BACKTEST).text


@pytest.mark.parametrize(
    ("first_day", "last_day", "looked_at"),
    [
        ("2023-11-01", "2023-12-31", "1 Nov 2023 to 15 Nov 2023"),
        ("0001-01-01", "9999-12-31", "9 Oct 2023 to 15 Nov 2023"),
    ],
)
def test_a_backtest_says_which_days_it_looked_at(
    operator: Client, city: WatchedCity, first_day: str, last_day: str, looked_at: str
) -> None:
    answers = {"first_day": first_day, "last_day": last_day, "per_week": "2"}

    assert f"Looked at were {looked_at}" in operator.post(BACKTEST, answers, follow=True).text


def test_days_without_appeals_are_refused(operator: Client, city: WatchedCity) -> None:
    answers = {"first_day": "2027-10-01", "last_day": "2027-12-31", "per_week": "2"}

    response = operator.post(BACKTEST, answers)

    assert response.status_code == 422
    assert "they reach from 10 Aug 2023 to 15 Nov 2023" in response.text


@pytest.mark.parametrize(
    ("told", "later", "words"),
    [
        (0, None, ""),
        (1, 2.0, "told 1 of the same bursts, 2.0 days later."),
        (19, 1.26, "told 19 of the same bursts, on average 1.3 days later."),
        (19, -0.12, "told 19 of the same bursts, on average 0.1 days earlier."),
        (3, -0.04, "told 3 of the same bursts, on average on the same day."),
    ],
)
def test_a_backtest_says_whether_the_plain_z_score_was_later_or_earlier(
    told: int, later: float | None, words: str
) -> None:
    sentence = plain_beside({"plain_too": told, "plain_later_days": later})

    assert sentence.endswith(words)
    assert bool(sentence) == bool(words)
