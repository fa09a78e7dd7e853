from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from civicloop.connectors.spreadsheets import DateOrder, ProblemCode
from civicloop.connectors.spreadsheets.dates import (
    TimeRules,
    UnreadableTimeError,
    is_year_last,
    parse_time,
    shown_order,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def rules(**changes) -> TimeRules:
    chosen = {"zone": SHANGHAI, "first_day": date(1980, 1, 1), "last_day": date(2024, 6, 2)}
    return TimeRules(**{**chosen, **changes})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019/1/16 9:05:14", "2019-01-16 01:05:14"),
        ("2019-01-16 09:05:14", "2019-01-16 01:05:14"),
        ("2019-01-16", "2019-01-15 16:00:00"),
        ("20190116", "2019-01-15 16:00:00"),
        ("20190116090514", "2019-01-16 01:05:14"),
        ("201901160905", "2019-01-16 01:05:00"),
        ("2019.1.16", "2019-01-15 16:00:00"),
        ("2019年1月16日 9时5分", "2019-01-16 01:05:00"),
        ("2019年1月16号9点05分14秒", "2019-01-16 01:05:14"),
        ("2019/1/16 下午3:05", "2019-01-16 07:05:00"),
        ("2019/1/16 上午12:30", "2019-01-15 16:30:00"),
        ("2019/1/16 中午12:30", "2019-01-16 04:30:00"),
        ("2019/1/16 中午11:30", "2019-01-16 03:30:00"),
        ("2019/1/16 12:30 PM", "2019-01-16 04:30:00"),
        ("2019-01-16T09:05:14+08:00", "2019-01-16 01:05:14"),
        ("2019-01-16T09:05:14.250-0530", "2019-01-16 14:35:14.250000"),
        ("2019-01-16 09:05:14 GMT+08:00", "2019-01-16 01:05:14"),
        ("2019-01-16T09:05Z", "2019-01-16 09:05:00"),
        ("43481", "2019-01-15 16:00:00"),
        ("43481.3786342593", "2019-01-16 01:05:14"),
        ("２０１９／１／１６　９：０５", "2019-01-16 01:05:00"),
        ("2019年1月16日（星期三）", "2019-01-15 16:00:00"),
        ("16.1.2019 9:05", "2019-01-16 01:05:00"),
        ("5/5/2019", "2019-05-04 16:00:00"),
    ],
)
def test_time_is_read_as_people_write_it(text, expected):
    moment = parse_time(text, rules())

    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_day_number_counts_from_1904_when_the_file_says_so():
    moment = parse_time("42019", rules(dates_from_1904=True, zone=ZoneInfo("UTC")))

    assert moment == datetime(2019, 1, 16, tzinfo=UTC)


def test_time_that_the_clock_skipped_is_read_with_the_offset_before():
    # Shanghai's clocks went from 02:00 to 03:00 on 17 April 1988.
    assert parse_time("1988-04-17 02:30", rules()) == datetime(1988, 4, 16, 18, 30, tzinfo=UTC)


def test_hour_that_came_twice_is_read_as_the_first():
    # ... and back from 02:00 to 01:00 on 11 September 1988; summer time is nine hours ahead.
    assert parse_time("1988-09-11 01:30", rules()) == datetime(1988, 9, 10, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("5/3/2019", DateOrder.DAY_FIRST, date(2019, 3, 5)),
        ("5/3/2019", DateOrder.MONTH_FIRST, date(2019, 5, 3)),
        ("16/3/2019", DateOrder.MONTH_FIRST, date(2019, 3, 16)),
    ],
)
def test_order_decides_only_what_the_date_leaves_open(text, order, day):
    assert parse_time(text, rules(order=order)).astimezone(SHANGHAI).date() == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("昨天", ProblemCode.UNREADABLE_TIME),
        ("2019-01-16" + " " * 90_000 + "x", ProblemCode.UNREADABLE_TIME),
        ("2019-13-01", ProblemCode.UNREADABLE_TIME),
        ("2019-01-16 24:00:00", ProblemCode.UNREADABLE_TIME),
        ("2019-01-1x 09:05:14", ProblemCode.UNREADABLE_TIME),
        ("2019", ProblemCode.UNREADABLE_TIME),
        ("17/17/2019", ProblemCode.UNREADABLE_TIME),
        ("5/3/2019", ProblemCode.AMBIGUOUS_TIME),
        ("19-1-16", ProblemCode.AMBIGUOUS_TIME),
        ("1979-12-31", ProblemCode.TIME_OUT_OF_RANGE),
        ("2024-06-03", ProblemCode.TIME_OUT_OF_RANGE),
        ("0001-01-01T00:00:00+14:00", ProblemCode.TIME_OUT_OF_RANGE),
        ("9999-12-31T23:59:59-14:00", ProblemCode.TIME_OUT_OF_RANGE),
    ],
)
def test_time_that_cannot_be_used_says_why(text, code):
    with pytest.raises(UnreadableTimeError) as caught:
        parse_time(text, rules())

    assert caught.value.code is code


def test_last_day_is_a_day_of_the_place_not_of_utc():
    assert parse_time("2024-06-02 23:59", rules()) == datetime(2024, 6, 2, 15, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("16/1/2019", DateOrder.DAY_FIRST),
        ("1/16/2019 9:05", DateOrder.MONTH_FIRST),
        ("1/2/2019", DateOrder.UNKNOWN),
        ("2019/1/16", DateOrder.UNKNOWN),
    ],
)
def test_date_shows_its_order_when_one_number_can_be_no_month(text, order):
    assert shown_order(text) is order


def test_year_last_dates_are_told_from_others():
    assert is_year_last("1/2/2019")
    assert not is_year_last("2019/1/2")
    assert not is_year_last("1/2/2019" + " " * 90_000 + "x")
