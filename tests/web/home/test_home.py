import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.queries import IntakeOverview
from civicloop.apps.issues.models import HotIssueList
from civicloop.web.home.periods import periods_of

OVERVIEW = IntakeOverview(
    today=3,
    week=30,
    previous_week=24,
    month=90,
    previous_month=0,
    days=[],
    by_kind=[],
    by_channel=[],
    waiting_count=0,
    oldest_waiting_at=None,
    is_empty=False,
)


def test_periods_are_compared_with_as_many_days_before() -> None:
    today, week, month = periods_of(OVERVIEW, today=date(2023, 11, 14), is_today=True)

    assert today.previous_count is None
    assert (week.first_day, week.last_day) == (date(2023, 11, 8), date(2023, 11, 14))
    assert (week.difference, week.change_ratio) == (6, pytest.approx(0.25))
    assert month.first_day == date(2023, 10, 18)
    before = (month.previous_first_day, month.previous_last_day)
    assert before == (date(2023, 9, 20), date(2023, 10, 17))
    assert month.change_ratio is None


def test_empty_city_says_so(guest: Client) -> None:
    assert "No appeal has come in yet." in guest.get("/").text


def test_home_leads_from_each_number_to_its_rows(
    guest: Client, make_appeal: Callable[..., Appeal]
) -> None:
    today = timezone.localdate()
    make_appeal(received_at=timezone.now() - timedelta(days=3))

    response = guest.get("/")

    assert "?waiting=1&amp;last_day=" in response.text
    assert "?no_topic=1" in response.text
    assert f"?first_day={today - timedelta(days=6)}&amp;last_day={today}" in response.text
    assert response.context["oldest_waiting_days"] == 3
    back = today - timedelta(days=3)
    assert f'?first_day={back}&amp;last_day={back}">1</a>' in response.text


def test_each_count_of_home_opens_as_many_appeals(
    guest: Client, make_appeal: Callable[..., Appeal]
) -> None:
    for days_ago, kind in ((3, "praise"), (3, "help"), (10, "help"), (40, "help")):
        make_appeal(kind=kind, received_at=timezone.now() - timedelta(days=days_ago))
    home = guest.get("/").text

    leads = re.findall(r'href="(/appeals/\?[^"]*day=[^"]*)">(\d+|[^<]*: \d+)</a>', home)

    assert {"kind=help", "channel="} <= {part for href, _ in leads for part in parts_of(href)}
    for href, words in leads:
        listed = guest.get(unescape(href)).context["page"]
        assert len(listed.appeals) == int(words.split()[-1]), href


def parts_of(href: str) -> list[str]:
    return [re.sub(r"(?<=channel=).*", "", part) for part in re.split(r"[?&;]", href)]


def test_home_says_what_is_rising_and_when_nothing_is(
    guest: Client, hot_list: HotIssueList
) -> None:
    hot_list.issues.update(is_rising=False)
    quiet = guest.get("/").text
    hot_list.issues.update(is_rising=True)

    rising = guest.get("/").text

    assert "Nothing stood clearly above the weeks before on 14 Nov 2023." in quiet
    assert "青禾苑楼下烧烤店" in rising


def test_home_of_old_appeals_shows_the_last_day_that_had_any_and_says_so(
    guest: Client, make_appeal: Callable[..., Appeal]
) -> None:
    long_ago = timezone.now() - timedelta(days=900)
    make_appeal(received_at=long_ago)

    response = guest.get("/")

    assert response.context["day_shown"] == timezone.localdate(long_ago)
    assert response.context["overview"].today == 1
    assert "the figures are as of that day" in response.text


def test_home_of_a_city_that_is_at_work_shows_today(
    guest: Client, make_appeal: Callable[..., Appeal]
) -> None:
    make_appeal(received_at=timezone.now() - timedelta(days=5))

    assert guest.get("/").context["day_shown"] is None
