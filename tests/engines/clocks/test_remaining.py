from datetime import timedelta
from fractions import Fraction

import pytest

from civicloop.engines.clocks import (
    Limit,
    MissingCalendarYearError,
    Pause,
    RollRule,
    TimeUnit,
    deadline,
    reminder_at,
    time_left,
)
from tests.engines.clocks.calendars import (
    SHANGHAI,
    at,
    calendar_days,
    china,
    hours,
    working_days,
    working_hours,
)


def reminded(limit: Limit, started: str, **more):
    found = deadline(limit, at(started), china(), zone=SHANGHAI, **more)
    return reminder_at(limit.unit, found, china(), zone=SHANGHAI, **more)


def left(unit: TimeUnit, now: str, due_at: str) -> timedelta:
    return time_left(unit, at(now), at(due_at), china(), zone=SHANGHAI)


def test_working_time_left_leaves_out_lunch_nights_and_weekends():
    # Friday 11:00–12:00 and 14:30–18:00, Monday 08:30–09:00
    assert left(TimeUnit.WORKING_DAY, "2023-11-17 11:00", "2023-11-20 09:00") == timedelta(hours=5)


def test_hours_and_days_left_are_all_of_the_time():
    assert left(TimeUnit.CALENDAR_DAY, "2023-11-17 11:00", "2023-11-20 11:00") == timedelta(days=3)


def test_overdue_time_is_below_zero():
    assert left(TimeUnit.WORKING_HOUR, "2023-11-20 10:30", "2023-11-18 00:00") == timedelta(
        hours=-2
    )


def test_time_left_in_a_year_that_is_not_known_is_refused():
    with pytest.raises(MissingCalendarYearError):
        left(TimeUnit.WORKING_DAY, "2024-12-31 10:00", "2025-01-03 00:00")


def test_urgent_hours_remind_in_the_night_too():
    assert reminded(hours(10), "2023-11-17 20:00") == at("2023-11-18 04:00")


def test_the_reminder_of_calendar_days_waits_for_the_opening():
    # 61.375 days until 2023-11-21 00:00; a fifth of them is 12 days, 6 hours and 36 minutes
    assert reminded(calendar_days(60), "2023-09-20 15:00") == at("2023-11-08 17:24")
    # 15.625 days until 2023-11-17 00:00; a fifth is left on the 13th at 21:00
    assert reminded(calendar_days(15, RollRule.NONE), "2023-11-01 09:00") == at("2023-11-14 08:30")


def test_a_reminder_whose_next_opening_is_too_late_comes_at_the_last_opening():
    # one day, a Saturday: 80 % of it is over on Saturday afternoon, the next opening is on Monday
    assert reminded(calendar_days(1, RollRule.NONE), "2023-11-17 16:00") == at("2023-11-17 16:00")
    assert reminded(calendar_days(2, RollRule.NONE), "2023-11-16 16:00") == at("2023-11-17 14:30")


def test_paused_time_is_not_counted_as_used():
    lost = Pause(from_at=at("2023-11-14 09:30"), to_at=at("2023-11-14 11:30"), evidence="听证")

    # five hours of work, two of them paused: 4 hours are used at 17:30 instead of 15:30
    assert reminded(working_hours(5), "2023-11-14 09:00") == at("2023-11-14 15:30")
    assert reminded(working_hours(5), "2023-11-14 09:00", pauses=[lost]) == at("2023-11-14 17:30")


def test_where_all_is_left_there_is_nothing_to_wait_for():
    found = deadline(working_days(1), at("2023-11-14 09:00"), china(), zone=SHANGHAI)

    when = reminder_at(TimeUnit.WORKING_DAY, found, china(), zone=SHANGHAI, share_left=Fraction(1))

    assert when == found.due_at
