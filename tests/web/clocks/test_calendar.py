"""The calendar's page: everybody reads, administrators change, nothing is guessed."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.clocks.actions import seed_calendar
from civicloop.apps.clocks.calendars import calendar_in_use
from civicloop.apps.clocks.models import CalendarVersion
from civicloop.engines.clocks import DayKind

URL = reverse("clocks:calendar")
OF_A_UNIT = {Role.UNIT_CLERK, Role.UNIT_HEAD}  # need a unit; asked of the policy below
CHANGES = ["import_year", "change_day", "change_hours", "seed"]


@pytest.fixture
def administrator(log_in):
    return log_in(Role.SYSTEM_ADMIN)


@pytest.fixture
def seeded(db, now) -> CalendarVersion:
    return seed_calendar(actor=None, now=now)


def notice(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("2027.csv", text.encode())


NOT_HERE = OF_A_UNIT | {Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


@pytest.mark.parametrize("role", [role for role in Role if role not in NOT_HERE])
def test_every_role_reads_the_calendar_and_the_limits(log_in, seeded, role):
    client = log_in(role)

    page, limits = client.get(f"{URL}?year=2023"), client.get(reverse("clocks:limits"))

    assert (page.status_code, limits.status_code) == (200, 200)
    assert ("Change the calendar" in page.text) == (role == Role.SYSTEM_ADMIN)
    assert "信访工作条例" in limits.text


def test_remarks_on_limits_are_in_the_language_of_the_page(guest, seeded):
    address = reverse("clocks:limits")

    assert "the source does not say how" in guest.get(address).text
    in_chinese = guest.get(address, headers={"accept-language": "zh-hans"})
    assert "来源未写明算法" in in_chinese.text
    assert "the source does not say how" not in in_chinese.text


def test_staff_of_units_read_the_calendar_too():
    for role in OF_A_UNIT:
        assert may(User(role=role), Action.VIEW_CALENDAR)
        assert not may(User(role=role), Action.EDIT_CALENDAR)


@pytest.mark.parametrize("name", CHANGES)
def test_only_administrators_change_it(dispatcher, seeded, name):
    response = dispatcher.post(reverse(f"clocks:{name}"))

    assert response.status_code == 403
    assert CalendarVersion.objects.count() == 1


@pytest.mark.parametrize("name", CHANGES)
def test_looking_changes_nothing(administrator, seeded, name):
    assert administrator.get(reverse(f"clocks:{name}")).status_code == 405


def test_a_year_shows_its_holidays_and_make_up_days(guest, seeded):
    text = guest.get(f"{URL}?year=2023").text

    assert "Version 1, 249 worked days" in text
    assert 'class="make_up"' in text
    assert text.count('class="make_up"') == 7
    assert "国庆节" in text


def test_a_year_that_is_not_known_is_not_shown_as_if_it_were(guest, seeded):
    text = guest.get(f"{URL}?year=2027").text

    assert "The holidays of 2027 are not loaded" in text
    assert '<table class="month">' not in text


@pytest.mark.parametrize("year", ["", "abc", "1", "99999", "9" * 30])
def test_a_year_that_is_none_shows_this_year(guest, seeded, year):
    assert guest.get(f"{URL}?year={year}").status_code == 200


def test_without_a_calendar_the_page_says_so(administrator, no_calendar):
    response = administrator.get(URL)

    assert "are not loaded" in response.text

    administrator.post(reverse("clocks:seed"))

    assert CalendarVersion.objects.get().actor.role == Role.SYSTEM_ADMIN


def test_a_missing_year_is_told_on_the_page_and_at_home(log_in, seeded, monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now.replace(year=2026, month=12))
    guest = log_in(Role.GUEST)

    for address in (URL, reverse("home")):
        assert "no holidays and make-up days of 2027" in guest.get(address).text


def test_a_notice_is_loaded(administrator, seeded):
    rows = "day,kind,name\n2026-12-31,放假,元旦\n2027-01-01,放假,元旦\n"

    response = administrator.post(
        reverse("clocks:import_year"),
        {"year-file": notice(rows), "year-source": "通知"},
        follow=True,
    )

    assert "The year is loaded." in response.text
    known = calendar_in_use()
    assert known.kind_of(date(2026, 12, 31)) == DayKind.HOLIDAY
    assert CalendarVersion.objects.get(number=known.version).source == "通知"


@pytest.mark.parametrize(
    "file",
    [
        notice("day,kind,name\n2027-01-04,上班,元旦\n"),
        notice("\x00\x01\x02"),
        SimpleUploadedFile("2027.csv", b"x" * (1024 * 1024 + 1)),
    ],
)
def test_a_wrong_notice_is_refused_in_words(administrator, seeded, file):
    response = administrator.post(
        reverse("clocks:import_year"), {"year-file": file, "year-source": "通知"}
    )

    assert response.status_code == 422
    assert "errorlist" in response.text
    assert CalendarVersion.objects.count() == 1


def test_a_day_is_changed(administrator, seeded):
    day = {"day-day": "2026-03-09", "day-kind": "holiday", "day-name": "市庆", "day-source": "通知"}

    response = administrator.post(reverse("clocks:change_day"), day)

    assert response.url == f"{URL}?year=2026"
    assert calendar_in_use().name_of(date(2026, 3, 9)) == "市庆"


@pytest.mark.parametrize(
    "wrong",
    [
        {"day-day": "2026-03-09", "day-kind": "make_up", "day-name": "春节", "day-source": "通知"},
        {"day-day": "2026-03-09", "day-kind": "holiday", "day-name": "", "day-source": "通知"},
        {"day-day": "2027-03-09", "day-kind": "holiday", "day-name": "春节", "day-source": "通知"},
    ],
)
def test_a_wrong_day_is_refused_in_words(administrator, seeded, wrong):
    response = administrator.post(reverse("clocks:change_day"), wrong)

    assert response.status_code == 422
    assert CalendarVersion.objects.count() == 1


def test_hours_are_changed(administrator, seeded):
    hours = {"hours-hours": "08:00-12:00，15:00至18:30", "hours-source": "夏季作息"}

    administrator.post(reverse("clocks:change_hours"), hours)

    assert calendar_in_use().hours.spans == ((480, 720), (900, 1110))


@pytest.mark.parametrize("hours", ["all day", "08:00-12:00 and more", "14:00-12:00", ""])
def test_wrong_hours_are_refused_in_words(administrator, seeded, hours):
    response = administrator.post(
        reverse("clocks:change_hours"), {"hours-hours": hours, "hours-source": "通知"}
    )

    assert response.status_code == 422
    assert CalendarVersion.objects.count() == 1
