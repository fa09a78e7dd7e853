"""The table of days: seeded, imported, edited, each state kept."""

from datetime import date, timedelta

import chinese_calendar
import openpyxl
import pytest
from tests.apps.clocks.clocks_for_tests import at
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.queries import history_of
from civicloop.apps.clocks.actions import (
    CalendarRefusedError,
    change_calendar_day,
    change_hours,
    import_calendar_file,
    save_calendar_year,
    seed_calendar,
)
from civicloop.apps.clocks.calendars import (
    CalendarEntry,
    NoCalendarError,
    calendar_in_use,
    calendar_of,
    missing_year,
)
from civicloop.apps.clocks.models import CalendarDay, CalendarDayKind, CalendarVersion, CalendarYear
from civicloop.apps.places.reference_files import ReferenceCode, ReferenceFileError
from civicloop.engines.clocks import DayKind, MissingCalendarYearError

pytestmark = pytest.mark.django_db
NOW = at("2026-11-26 09:00")
NEW_YEAR_2027 = [  # invented: the notice of 2027 was not known when this was written
    CalendarEntry(date(2026, 12, 31), CalendarDayKind.HOLIDAY, "元旦"),
    CalendarEntry(date(2027, 1, 1), CalendarDayKind.HOLIDAY, "元旦"),
    CalendarEntry(date(2027, 1, 3), CalendarDayKind.MAKE_UP, "元旦"),
]


def save(year: int, entries: list[CalendarEntry]) -> CalendarVersion:
    return save_calendar_year(year=year, entries=entries, source="通知", actor=None, now=NOW)


def test_the_seed_agrees_with_its_library_on_every_day(calendar):
    known = calendar_in_use()

    day, wrong = date(2004, 1, 1), []
    while day.year < 2027:
        if known.is_worked(day) != chinese_calendar.is_workday(day):
            wrong.append(day)
        day += timedelta(days=1)

    assert wrong == []
    assert known.name_of(date(2024, 4, 5)) == "清明节"


def test_no_calendar_is_an_error_not_an_empty_one(no_calendar):
    with pytest.raises(NoCalendarError):
        calendar_in_use()


def test_seeding_again_changes_nothing(calendar):
    again = seed_calendar(actor=None, now=NOW)

    assert again == calendar
    assert CalendarVersion.objects.count() == 1


def test_seeding_leaves_what_was_edited_and_adds_what_is_missing(calendar):
    change_calendar_day(
        day=date(2026, 3, 9), kind=CalendarDayKind.HOLIDAY, name="市庆", source="市政府通知",
        actor=None, now=NOW,
    )  # fmt: skip
    CalendarDay.objects.filter(day__year=2025).delete()
    CalendarYear.objects.filter(year=2025).delete()

    version = seed_calendar(actor=None, now=NOW)

    known = calendar_of(version.number)
    assert known.kind_of(date(2026, 3, 9)) == DayKind.HOLIDAY
    assert known.kind_of(date(2025, 10, 1)) == DayKind.HOLIDAY


def test_a_year_that_was_not_loaded_is_unknown_and_told_in_time(calendar):
    with pytest.raises(MissingCalendarYearError):
        calendar_in_use().is_worked(date(2027, 1, 4))

    assert missing_year(NOW) == 2027
    assert missing_year(at("2026-10-30 09:00")) is None
    assert missing_year(at("2027-03-01 09:00")) == 2027


def test_a_new_year_makes_a_version_and_the_old_version_stays(calendar):
    version = save(2027, NEW_YEAR_2027)

    assert version.number == calendar.number + 1
    assert missing_year(NOW) is None
    known, before = calendar_of(version.number), calendar_of(calendar.number)
    assert known.kind_of(date(2027, 1, 3)) == DayKind.MAKE_UP
    assert known.kind_of(date(2026, 12, 31)) == DayKind.HOLIDAY
    assert before.kind_of(date(2026, 12, 31)) == DayKind.WORKING
    assert 2027 not in before.years
    assert known.kind_of(date(2026, 10, 1)) == DayKind.HOLIDAY  # the rest of 2026 is as it was


def test_saving_the_same_year_again_changes_nothing(calendar):
    first = save(2027, NEW_YEAR_2027)

    assert save(2027, NEW_YEAR_2027) == first


def test_a_corrected_year_ends_the_days_that_are_not_so_any_more(calendar):
    first = save(2027, NEW_YEAR_2027)

    second = save(2027, NEW_YEAR_2027[:2])

    assert calendar_of(first.number).kind_of(date(2027, 1, 3)) == DayKind.MAKE_UP
    assert calendar_of(second.number).kind_of(date(2027, 1, 3)) == DayKind.REST
    [event] = history_of("calendar", second.number)
    assert event.details["ended"] == ["2027-01-03 make_up 元旦"]


@pytest.mark.parametrize(
    "entry",
    [
        CalendarEntry(date(2027, 1, 4), CalendarDayKind.MAKE_UP, "元旦"),  # a Monday
        CalendarEntry(date(2026, 11, 30), CalendarDayKind.HOLIDAY, "元旦"),
        CalendarEntry(date(2027, 1, 1), CalendarDayKind.HOLIDAY, "元旦节"),  # twice
    ],
)
def test_days_that_cannot_be_are_refused(calendar, entry):
    with pytest.raises(CalendarRefusedError):
        save(2027, [*NEW_YEAR_2027, entry])

    assert CalendarVersion.objects.count() == 1


def test_one_day_is_changed_and_changed_back(calendar):
    actor = UserFactory(role=Role.SYSTEM_ADMIN)
    day = date(2026, 3, 9)
    change = {"day": day, "source": "市政府通知", "actor": actor, "now": NOW}

    off = change_calendar_day(kind=CalendarDayKind.HOLIDAY, name="市庆", **change)
    back = change_calendar_day(kind=None, name="", **change)

    assert calendar_of(off.number).name_of(day) == "市庆"
    assert calendar_of(back.number).kind_of(day) == DayKind.WORKING
    assert history_of("calendar", off.number).get().actor == actor


def test_a_day_of_an_unknown_year_cannot_be_changed(calendar):
    with pytest.raises(CalendarRefusedError):
        change_calendar_day(
            day=date(2027, 5, 1), kind=CalendarDayKind.HOLIDAY, name="劳动节", source="", actor=None,
            now=NOW,
        )  # fmt: skip


def test_new_hours_make_a_version_and_the_same_hours_none(calendar):
    summer = ((8 * 60, 12 * 60), (15 * 60, 18 * 60))

    version = change_hours(spans=summer, source="夏季作息", actor=None, now=NOW)

    assert calendar_in_use().hours.spans == summer
    assert calendar_of(calendar.number).hours.spans != summer
    assert change_hours(spans=summer, source="夏季作息", actor=None, now=NOW) == version
    with pytest.raises(CalendarRefusedError):
        change_hours(spans=((720, 600),), source="", actor=None, now=NOW)


# --- files ----------------------------------------------------------------------------------------


def test_a_notice_as_a_workbook_is_read(calendar, tmp_path):
    book = openpyxl.Workbook()
    for row in [
        ("日期", "类型", "名称"),
        (date(2026, 12, 31), "放假", "元旦"),
        ("2027/1/1", "放假", "元旦"),
        ("2027年1月3日", "上班", "元旦"),
    ]:
        book.active.append(row)
    book.save(tmp_path / "2027年节假日.xlsx")

    count = import_calendar_file(
        file=tmp_path / "2027年节假日.xlsx", day=NOW.date(), actor=None, now=NOW
    )

    assert count == 3
    known = calendar_in_use()
    assert known.kind_of(date(2026, 12, 31)) == DayKind.HOLIDAY
    assert known.kind_of(date(2027, 1, 3)) == DayKind.MAKE_UP
    assert CalendarVersion.objects.get(number=known.version).source == "2027年节假日.xlsx"


def test_wrong_rows_are_named_and_nothing_is_loaded(calendar, tmp_path):
    file = tmp_path / "2027.csv"
    file.write_text(
        "day,kind,name\n"
        "2027-02-30,放假,春节\n"
        "2027-01-01,休假,元旦\n"
        "2027-01-04,上班,元旦\n"
        "2026-05-01,放假,劳动节\n"
        "2027-01-02,放假,元旦\n"
        "2027-01-02,放假,元旦\n"
        f"2027-01-03,上班,{'元' * 41}\n",
        encoding="utf-8",
    )

    with pytest.raises(ReferenceFileError) as refused:
        import_calendar_file(file=file, day=NOW.date(), actor=None, now=NOW)

    assert [(problem.row, problem.code) for problem in refused.value.problems] == [
        (2, ReferenceCode.WRONG_DAY),
        (3, ReferenceCode.UNKNOWN_DAY_KIND),
        (4, ReferenceCode.WRONG_DAY),
        (7, ReferenceCode.TWICE),
        (8, ReferenceCode.TOO_LONG),
        (5, ReferenceCode.WRONG_DAY),
    ]
    assert missing_year(NOW) == 2027


def test_a_table_without_a_row_is_refused(calendar, tmp_path):
    file = tmp_path / "2027.csv"
    file.write_text("day,kind,name\n", encoding="utf-8")

    with pytest.raises(ReferenceFileError):
        import_calendar_file(file=file, day=NOW.date(), actor=None, now=NOW)
