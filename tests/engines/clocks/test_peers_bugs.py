"""The bugs that clocks of other systems have had, one test for each number of the list."""

from dataclasses import replace
from datetime import timedelta

from civicloop.engines.clocks import (
    ROUND_THE_CLOCK,
    BusinessHours,
    Pause,
    StartRule,
    StepKind,
    WorkCalendar,
    deadline,
    reminder_at,
    time_left,
)
from tests.engines.clocks.calendars import (
    SHANGHAI,
    at,
    china,
    hours,
    working_days,
    working_hours,
)

EVERY_DAY = frozenset(range(7))


def plain(opening: BusinessHours, weekdays: frozenset[int]) -> WorkCalendar:
    """A calendar of 2016 to 2025 without a single holiday."""
    years = frozenset(range(2016, 2026))
    return WorkCalendar(years=years, days={}, version=1, hours=opening, weekdays=weekdays)


def test_14_an_observance_that_nobody_has_off_does_not_move_a_deadline():
    """https://github.com/zammad/zammad/issues/390

    A holiday feed brought St Martin's and Remembrance Sunday as days off; 48 working hours from
    2016-11-09 23:00, open 9 to 21 every day, became due on the 15th instead of the 13th.
    """
    nine_to_nine = plain(BusinessHours(spans=((540, 1260),)), EVERY_DAY)

    due = deadline(working_hours(48), at("2016-11-09 23:00"), nine_to_nine, zone=SHANGHAI)
    double_ninth = deadline(working_days(1), at("2023-10-22 10:00"), china(), zone=SHANGHAI)

    assert due.due_at == at("2016-11-13 21:00")
    assert double_ninth.due_at == at("2023-10-24 00:00")  # 重阳节 is no day off
    assert [step.kind for step in due.steps] == [StepKind.COUNTED, StepKind.ENDS]


def test_15_round_the_clock_hours_lose_no_minute_at_midnight():
    """https://github.com/zammad/zammad/issues/3180"""
    always = plain(ROUND_THE_CLOCK, EVERY_DAY)

    due = deadline(working_hours(72), at("2023-11-13 23:59"), always, zone=SHANGHAI)
    one_minute = deadline(hours("0.5"), at("2023-11-13 23:45"), always, zone=SHANGHAI)

    assert due.due_at == at("2023-11-16 23:59")
    assert one_minute.due_at == at("2023-11-14 00:15")


def test_16_nobody_is_reminded_at_midnight_or_on_a_weekend():
    """https://github.com/zammad/zammad/issues/4432"""
    five_days = working_days(5)
    due = deadline(five_days, at("2023-11-10 16:00"), china(), zone=SHANGHAI)  # a Friday

    reminded = reminder_at(five_days.unit, due, china(), zone=SHANGHAI)

    assert due.due_at == at("2023-11-18 00:00")
    # 37 hours of business; a fifth, 7.4 hours, is left 24 minutes before the fourth day's close
    assert reminded == at("2023-11-16 17:36")


def test_17_a_later_event_does_not_touch_the_clock_of_the_first_contact():
    """https://github.com/zammad/zammad/issues/5177"""
    first_contact, update = working_hours(2), working_hours(20)
    received = at("2023-11-14 09:00")

    contact_due = deadline(first_contact, received, china(), zone=SHANGHAI)
    update_due = deadline(update, at("2023-11-14 10:00"), china(), zone=SHANGHAI)

    assert contact_due.due_at == at("2023-11-14 11:00")
    assert update_due.due_at == at("2023-11-17 09:00")


def test_18_what_comes_outside_business_hours_is_not_late_when_it_comes():
    """https://github.com/glpi-project/glpi/issues/15429"""
    saturday = at("2023-11-11 22:00")

    for limit in (working_hours(4), working_days(1), working_days(1, StartRule.SAME_DAY)):
        due = deadline(limit, saturday, china(), zone=SHANGHAI)
        assert reminder_at(limit.unit, due, china(), zone=SHANGHAI) > at("2023-11-13 08:30")
        assert time_left(limit.unit, saturday, due.due_at, china(), zone=SHANGHAI) > timedelta(0)
    assert due.due_at == at("2023-11-14 00:00")


def test_19_a_pause_over_a_weekend_gives_back_only_the_time_that_would_have_counted():
    """https://github.com/glpi-project/glpi/issues/10594, https://github.com/glpi-project/glpi/issues/9082"""
    weekend = Pause(
        from_at=at("2023-11-10 17:30"), to_at=at("2023-11-13 09:00"), evidence="检测委托书"
    )
    night = Pause(from_at=at("2023-11-09 19:00"), to_at=at("2023-11-10 08:00"), evidence="停电")

    days = deadline(
        working_days(3), at("2023-11-09 09:00"), china(), zone=SHANGHAI, pauses=[weekend, night]
    )
    by_hours = deadline(
        working_hours(14), at("2023-11-09 09:00"), china(), zone=SHANGHAI, pauses=[weekend, night]
    )

    assert days.due_at == at("2023-11-15 00:00")  # Friday, Monday, Tuesday: one hour is no day
    # 14 hours end on Monday at 09:00; of the pauses, Friday 17:30–18:00 and Monday 8:30–9:00 counted
    assert by_hours.due_at == at("2023-11-13 10:00")


def test_20_a_deadline_moves_only_when_it_is_counted_again_and_says_by_which_calendar():
    """https://github.com/glpi-project/glpi/issues/17186, https://github.com/glpi-project/glpi/issues/16236"""
    started = at("2023-09-27 10:00")
    before = china()
    holiday = before.days[at("2023-09-29 00:00").date()]
    changed = replace(
        before, version=8, days={**before.days, at("2023-10-09 00:00").date(): holiday}
    )

    first = deadline(working_days(5), started, before, zone=SHANGHAI)
    again = deadline(working_days(5), started, before, zone=SHANGHAI)
    anew = deadline(working_days(5), started, changed, zone=SHANGHAI)

    assert first == again
    assert (first.due_at, first.calendar_version) == (at("2023-10-11 00:00"), 7)
    assert (anew.due_at, anew.calendar_version) == (at("2023-10-12 00:00"), 8)


def test_21_the_next_unit_has_its_own_time():
    """https://github.com/glpi-project/glpi/issues/1911

    G1 had two hours from 9:00; passed on at 10:30, G2 with its one hour had "no time to resolve".
    """
    first = deadline(hours(2), at("2023-11-14 09:00"), china(), zone=SHANGHAI)
    second = deadline(hours(1), at("2023-11-14 10:30"), china(), zone=SHANGHAI)

    assert first.due_at == at("2023-11-14 11:00")
    assert second.due_at == at("2023-11-14 11:30")


def test_22_odd_weeks_lunch_breaks_and_weekends_are_counted_as_they_are():
    """https://github.com/osTicket/osTicket/issues/6739 (a week without Monday and Thursday),
    https://github.com/osTicket/osTicket/issues/6847 (lunch),
    https://github.com/osTicket/osTicket/issues/1168, https://github.com/osTicket/osTicket/issues/4166
    """
    tuesdays = plain(BusinessHours(spans=((480, 1020),)), frozenset({1}))
    lunch = plain(BusinessHours(spans=((540, 780), (840, 1080))), frozenset(range(5)))

    on_tuesdays = deadline(working_hours(10), at("2024-08-07 10:00"), tuesdays, zone=SHANGHAI)
    days = deadline(working_days(2), at("2024-08-07 10:00"), tuesdays, zone=SHANGHAI)
    over_lunch = deadline(working_hours(2), at("2025-06-24 12:00"), lunch, zone=SHANGHAI)
    at_lunch = deadline(working_hours(1), at("2025-06-24 13:30"), lunch, zone=SHANGHAI)
    weekend = deadline(working_hours(8), at("2025-06-28 11:00"), lunch, zone=SHANGHAI)

    assert on_tuesdays.due_at == at("2024-08-20 09:00")
    assert days.due_at == at("2024-08-21 00:00")
    assert over_lunch.due_at == at("2025-06-24 15:00")
    assert at_lunch.due_at == at("2025-06-24 15:00")
    assert weekend.due_at == at("2025-06-30 18:00")


def test_23_each_level_of_an_escalation_has_a_limit_of_its_own():
    """https://github.com/frappe/erpnext/issues/6049, https://github.com/mysociety/fixmystreet/issues/2378,
    https://github.com/osTicket/osTicket-1.7/issues/424
    """
    limits = [working_days(5), working_days(2), hours(24)]  # unit, district, city
    moment, ends = at("2023-11-13 10:00"), []

    for limit in limits:
        moment = deadline(limit, moment, china(), zone=SHANGHAI).due_at
        ends.append(moment)

    # a level that begins at 00:00 of a day does not count that day
    assert ends == [at("2023-11-21 00:00"), at("2023-11-24 00:00"), at("2023-11-25 00:00")]
    overdue = time_left(limits[0].unit, at("2023-11-21 10:30"), ends[0], china(), zone=SHANGHAI)
    assert overdue == timedelta(hours=-2)
