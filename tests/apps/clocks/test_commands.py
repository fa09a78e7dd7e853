from datetime import date

import pytest
from django.core.management import CommandError, call_command
from tests.apps.clocks.clocks_for_tests import at, due, started

from civicloop.apps.clocks.actions import change_calendar_day
from civicloop.apps.clocks.calendars import calendar_in_use
from civicloop.apps.clocks.models import CalendarDayKind, CalendarVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved_calendar(calendar):
    clock = started()
    change_calendar_day(
        day=date(2023, 11, 15), kind=CalendarDayKind.HOLIDAY, name="市庆", source="通知", actor=None,
        now=at("2023-11-14 09:00"),
    )  # fmt: skip
    return clock


def test_the_command_tells_what_is_known_and_warns_of_what_is_missing(
    calendar, capsys, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at("2026-11-26 09:00"))

    call_command("work_calendar")

    told = capsys.readouterr()
    assert "2004" in told.out
    assert "2026" in told.out
    assert "2027" in told.err


def test_without_a_calendar_the_command_names_the_cure(no_calendar, capsys):
    call_command("work_calendar")

    assert "civicloop calendar seed" in capsys.readouterr().out
    assert not CalendarVersion.objects.exists()


def test_the_command_seeds(no_calendar):
    call_command("work_calendar", "seed")

    assert 2026 in calendar_in_use().years


def test_what_would_move_is_listed_before_it_moves(moved_calendar, capsys):
    call_command("work_calendar", "recount")

    assert "2023-11-20 24:00 → 2023-11-21 24:00" in capsys.readouterr().out
    moved_calendar.refresh_from_db()
    assert due(moved_calendar) == "2023-11-21 00:00"


def test_clocks_move_when_it_is_asked(moved_calendar):
    call_command("work_calendar", "recount", "--apply", "--reason", "市庆")

    moved_calendar.refresh_from_db()
    assert due(moved_calendar) == "2023-11-22 00:00"


def test_a_file_that_is_no_table_is_refused_in_words(calendar, tmp_path):
    (tmp_path / "2027.csv").write_bytes(b"\x00\x01\x02")

    with pytest.raises(CommandError):
        call_command("load_reference", "calendar", str(tmp_path / "2027.csv"))
