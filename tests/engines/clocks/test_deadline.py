"""Deadlines worked out by hand: the vectors of the field's rules, and each rule by itself."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from civicloop.engines.clocks import (
    DayEnd,
    Deadline,
    Extension,
    InvalidLimitError,
    Limit,
    MissingCalendarYearError,
    Pause,
    RollRule,
    StartRule,
    StepKind,
    TimeUnit,
    deadline,
)
from tests.engines.clocks.calendars import (
    SHANGHAI,
    at,
    calendar_days,
    china,
    hours,
    part_of_a_day,
    working_days,
    working_hours,
)


def due(limit: Limit, started: str, **more) -> Deadline:
    return deadline(limit, at(started), china(), zone=SHANGHAI, **more)


def months(n: int) -> Limit:
    return Limit(n=Decimal(n), unit=TimeUnit.CALENDAR_MONTH, start=StartRule.NEXT_DAY)


def more(n: int | str, unit: TimeUnit = TimeUnit.WORKING_DAY) -> Extension:
    return Extension(n=Decimal(n), unit=unit)


def pause(from_at: str, to_at: str | None) -> Pause:
    return Pause(from_at=at(from_at), to_at=at(to_at) if to_at else None, evidence="鉴定委托书")


# --- days -----------------------------------------------------------------------------------------


def test_five_working_days_over_national_day_2023_are_explained():
    found = due(working_days(5), "2023-09-27 10:00")

    assert found.due_at == at("2023-10-11 00:00")
    assert found.last_day == date(2023, 10, 10)
    assert [(step.kind, step.n, step.name) for step in found.steps] == [
        (StepKind.COUNTED, 5, ""),
        (StepKind.HOLIDAY, 8, "中秋节、国庆节"),
        (StepKind.MAKE_UP, None, "国庆节"),
        (StepKind.MAKE_UP, None, "国庆节"),
        (StepKind.ENDS, None, ""),
    ]


def test_sixty_days_of_a_petition_end_on_a_sunday_and_roll_where_weekends_roll():
    rolled = due(calendar_days(60), "2023-09-20 15:00")
    strict = due(calendar_days(60, RollRule.AFTER_HOLIDAY), "2023-09-20 15:00")
    plain = due(calendar_days(60, RollRule.NONE), "2023-09-20 15:00")

    assert rolled.last_day == date(2023, 11, 20)
    assert strict.last_day == plain.last_day == date(2023, 11, 19)
    [step] = [step for step in rolled.steps if step.kind == StepKind.ROLLED]
    assert (step.from_day, step.to_day, step.name) == (date(2023, 11, 19), date(2023, 11, 20), "")


def test_a_period_that_ends_in_a_holiday_ends_on_the_first_day_after_it():
    found = due(calendar_days(15, RollRule.AFTER_HOLIDAY), "2023-09-19 09:00")

    assert found.last_day == date(2023, 10, 7)  # 10-04 is off, 10-07 is a Saturday that is worked
    assert [step.name for step in found.steps if step.kind == StepKind.ROLLED] == ["国庆节"]


def test_calendar_days_that_do_not_roll_need_no_calendar():
    found = due(calendar_days(30, RollRule.NONE), "2024-12-20 09:00")

    assert found.last_day == date(2025, 1, 19)


def test_a_month_ends_on_the_same_number_or_on_the_last_day_of_the_month():
    assert due(months(1), "2023-03-15 09:00").last_day == date(2023, 4, 15)
    assert due(months(1), "2024-01-31 09:00").last_day == date(2024, 2, 29)
    assert due(months(13), "2023-11-30 09:00").last_day == date(2024, 12, 30)


def test_the_first_day_counts_where_a_limit_says_so():
    today = working_days(1, StartRule.SAME_DAY)

    assert due(today, "2023-11-14 23:00").due_at == at("2023-11-15 00:00")
    assert due(today, "2023-11-18 10:00").due_at == at("2023-11-21 00:00")  # a Saturday


def test_after_close_of_business_the_first_day_is_the_next():
    today = working_days(1, StartRule.SAME_DAY, DayEnd.CLOSE)

    assert due(today, "2023-11-14 17:59").due_at == at("2023-11-14 18:00")
    assert due(today, "2023-11-14 18:00").due_at == at("2023-11-15 18:00")
    assert due(today, "2023-11-18 19:00").due_at == at("2023-11-20 18:00")


def test_a_day_that_is_not_worked_ends_at_midnight_even_where_business_closes():
    limit = Limit(
        n=Decimal(4),
        unit=TimeUnit.CALENDAR_DAY,
        start=StartRule.NEXT_DAY,
        day_end=DayEnd.CLOSE,
    )

    assert due(limit, "2023-11-14 10:00").due_at == at("2023-11-19 00:00")  # a Saturday
    assert due(limit, "2023-11-13 10:00").due_at == at("2023-11-17 18:00")


def test_what_comes_after_close_has_come_at_the_next_opening():
    found = due(working_days(1, StartRule.NEXT_OPENING), "2023-11-17 18:30")  # Friday evening

    assert found.last_day == date(2023, 11, 21)
    assert found.counted_from == at("2023-11-20 08:30")
    assert found.steps[0].kind == StepKind.OPENED


# --- hours ----------------------------------------------------------------------------------------


def test_hours_start_at_once_and_run_through_the_night():
    assert due(hours(24), "2023-11-17 22:15").due_at == at("2023-11-18 22:15")
    assert due(hours("0.5"), "2023-11-17 23:50").due_at == at("2023-11-18 00:20")


def test_minutes_start_at_once():
    urgent = Limit(n=Decimal(30), unit=TimeUnit.MINUTE, start=StartRule.FROM_EVENT)

    assert due(urgent, "2023-11-17 23:50").due_at == at("2023-11-18 00:20")


def test_hours_need_no_calendar():
    assert due(hours(2), "2030-02-01 10:00").due_at == at("2030-02-01 12:00")


def test_half_a_working_day_is_half_of_its_business_hours():
    assert due(part_of_a_day("0.5"), "2023-11-14 10:00").due_at == at("2023-11-14 16:00")
    assert due(part_of_a_day("0.5"), "2023-11-14 16:00").due_at == at("2023-11-15 10:00")
    assert due(part_of_a_day("0.5"), "2023-09-28 17:00").due_at == at("2023-10-07 11:00")


def test_hours_that_wait_for_the_opening_run_through_from_there():
    limit = Limit(n=Decimal(5), unit=TimeUnit.HOUR, start=StartRule.NEXT_OPENING)

    assert due(limit, "2023-11-14 20:00").due_at == at("2023-11-15 13:30")


def test_hours_are_true_hours_where_clocks_are_put_back():
    berlin = ZoneInfo("Europe/Berlin")
    started = datetime(2023, 10, 28, 20, 0, tzinfo=berlin)

    found = deadline(hours(12), started, china(), zone=berlin)

    assert found.due_at == datetime(2023, 10, 29, 7, 0, tzinfo=berlin)


# --- extensions -----------------------------------------------------------------------------------


def test_three_extensions_of_three_days_are_counted_on():
    found = due(working_days(5), "2023-11-13 10:00", extensions=[more(3), more(3), more(3)])

    assert found.last_day == date(2023, 12, 1)
    ends = [step.to_day for step in found.steps if step.kind == StepKind.EXTENDED]
    assert ends == [date(2023, 11, 23), date(2023, 11, 28), date(2023, 12, 1)]


def test_an_extended_petition_rolls_once_at_its_very_end():
    thirty = more(30, TimeUnit.CALENDAR_DAY)

    found = due(calendar_days(60), "2023-09-20 15:00", extensions=[thirty])

    assert found.last_day == date(2023, 12, 19)  # 90 days; the 60th was a Sunday


def test_hours_are_extended_by_hours_only():
    extended = due(working_hours(2), "2023-11-14 11:00", extensions=[more(3, TimeUnit.HOUR)])

    assert extended.due_at == at("2023-11-14 18:30")
    with pytest.raises(InvalidLimitError):
        due(hours(2), "2023-11-14 11:00", extensions=[more(3)])


# --- pauses ---------------------------------------------------------------------------------------


def test_a_pause_gives_back_its_whole_days():
    ten_days = pause("2023-11-15 10:00", "2023-11-25 12:00")

    found = due(calendar_days(45, RollRule.NONE), "2023-11-01 09:00", pauses=[ten_days])

    assert found.last_day == date(2023, 12, 26)  # 45 days: 12-16
    [step] = [step for step in found.steps if step.kind == StepKind.PAUSED]
    assert (step.n, step.seconds) == (10, 10 * 86400 + 7200)


def test_parts_of_paused_days_add_up():
    mornings = [
        pause("2023-11-15 08:30", "2023-11-15 12:00"),
        pause("2023-11-16 08:30", "2023-11-16 12:00"),
    ]

    assert due(working_days(5), "2023-11-14 09:00", pauses=mornings).last_day == date(2023, 11, 22)
    assert due(working_days(5), "2023-11-14 09:00", pauses=mornings[:1]).last_day == date(
        2023, 11, 21
    )


def test_a_pause_on_the_day_that_is_not_counted_gives_nothing_back():
    first_day = pause("2023-11-14 08:30", "2023-11-14 18:00")

    assert due(working_days(1), "2023-11-14 08:00", pauses=[first_day]).last_day == date(
        2023, 11, 15
    )


def test_overlapping_pauses_count_once():
    both = [
        pause("2023-11-15 08:30", "2023-11-16 18:00"),
        pause("2023-11-16 08:30", "2023-11-16 18:00"),
    ]

    assert due(working_days(5), "2023-11-14 09:00", pauses=both).last_day == date(2023, 11, 23)


def test_a_pause_after_the_end_heals_nothing():
    late = pause("2023-11-17 09:00", "2023-12-17 09:00")

    days = due(working_days(1), "2023-11-14 09:00", pauses=[late])
    by_hours = due(hours(1), "2023-11-14 09:00", pauses=[late])

    assert days.due_at == at("2023-11-16 00:00")
    assert by_hours.due_at == at("2023-11-14 10:00")
    for found in (days, by_hours):
        assert [step.kind for step in found.steps][-2] == StepKind.PAUSED_LATE


def test_an_hour_limit_gets_exactly_the_paused_time_back():
    found = due(
        hours(24), "2023-11-14 09:00", pauses=[pause("2023-11-14 10:00", "2023-11-14 10:07")]
    )

    assert found.due_at == at("2023-11-15 09:07")


def test_a_pause_without_an_end_is_told_and_gives_nothing_back_yet():
    found = due(working_days(5), "2023-11-13 10:00", pauses=[pause("2023-11-15 09:00", None)])

    assert found.last_day == date(2023, 11, 20)
    assert found.steps[-2].kind == StepKind.STANDING


# --- what is refused ------------------------------------------------------------------------------


def test_a_year_that_is_not_known_is_never_guessed():
    with pytest.raises(MissingCalendarYearError) as missing:
        due(working_days(5), "2024-12-27 10:00")

    assert missing.value.year == 2025
    with pytest.raises(MissingCalendarYearError):
        due(calendar_days(15), "2024-12-20 10:00")
    with pytest.raises(MissingCalendarYearError):
        due(working_hours(20), "2024-12-30 10:00")


@pytest.mark.parametrize(
    ("n", "unit", "start"),
    [
        ("0", TimeUnit.WORKING_DAY, StartRule.NEXT_DAY),
        ("-1", TimeUnit.HOUR, StartRule.FROM_EVENT),
        ("1.5", TimeUnit.WORKING_DAY, StartRule.NEXT_DAY),
        ("0.5", TimeUnit.CALENDAR_DAY, StartRule.NEXT_DAY),
        ("0.005", TimeUnit.MINUTE, StartRule.FROM_EVENT),
        ("0.00001", TimeUnit.HOUR, StartRule.FROM_EVENT),
        ("2", TimeUnit.HOUR, StartRule.NEXT_DAY),
        ("0.5", TimeUnit.WORKING_DAY, StartRule.SAME_DAY),
        ("2", TimeUnit.WORKING_DAY, StartRule.FROM_EVENT),
        ("1", TimeUnit.CALENDAR_MONTH, StartRule.SAME_DAY),
    ],
)
def test_a_limit_that_cannot_be_counted_is_refused(n, unit, start):
    with pytest.raises(InvalidLimitError):
        Limit(n=Decimal(n), unit=unit, start=start)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(InvalidLimitError):
        deadline(hours(1), at("2023-11-14 09:00").replace(tzinfo=None), china(), zone=SHANGHAI)


def test_a_pause_needs_evidence_and_runs_forward():
    with pytest.raises(InvalidLimitError):
        Pause(from_at=at("2023-11-14 09:00"), to_at=None, evidence=" ")
    with pytest.raises(InvalidLimitError):
        pause("2023-11-14 09:00", "2023-11-14 08:00")


def test_a_deadline_is_given_in_the_zone_that_was_asked():
    found = due(working_days(1), "2023-11-14 09:00")

    assert found.due_at.utcoffset() == timedelta(hours=8)
