from datetime import date

import pytest

from civicloop.connectors.air.times import (
    NoFullHourError,
    day_of_text,
    end_of_period,
    hour_of_text,
    hours,
)

MIDNIGHT = (date(2024, 3, 5) - date(1970, 1, 1)).days * 24


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2024-03-05T08:00:00", 8),
        ("2024/3/5 8:00", 8),
        ("2024年3月5日8时", 8),
        ("2024-03-05 08:00:00.000", 8),
        ("2024030508", 8),
        ("202403050800", 8),
        ("20240305080000", 8),
        ("20240305 08:00", 8),
        ("20240305T08:00:00", 8),
        ("2024年3月5日 星期二 8时", 8),
        ("2024-03-05T08:00:00Z", 8),
        ("2024-03-05T08:00:00+08:00", 8),
        ("2024-03-05 24:00", 24),
        ("2024-03-06 00:00", 24),
    ],
)
def test_hours_are_read_as_they_are_written(text, hour):
    assert hour_of_text(text) == MIDNIGHT + hour


@pytest.mark.parametrize("text", ["", "2024-03-05", "2024-13-05 01:00", "2024-03-05 25:00", "x"])
def test_what_is_no_hour_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        hour_of_text(text)


@pytest.mark.parametrize("text", ["2024-03-05 08:30", "2024-03-05 08:00:01", "202403050830"])
def test_times_within_an_hour_are_refused(text):
    with pytest.raises(NoFullHourError):
        hour_of_text(text)


def test_days_are_read_with_or_without_a_clock():
    assert day_of_text("2024-3-5") == day_of_text("20240305") == date(2024, 3, 5)
    assert day_of_text("2024-03-05T16:00:00") == date(2024, 3, 5)
    assert day_of_text("2024年3月5日（周二）") == date(2024, 3, 5)
    with pytest.raises(ValueError, match="-1"):
        hours(date(2024, 3, 5), -1)


@pytest.mark.parametrize(
    ("text", "last_day"),
    [
        ("2023", date(2023, 12, 31)),
        ("2024-02", date(2024, 2, 29)),
        ("2023年1-8月", date(2023, 8, 31)),
        ("2023-01/2023-08", date(2023, 8, 31)),
        ("2023-01-01/2023-08-15", date(2023, 8, 15)),
        ("2023Q3", date(2023, 9, 30)),
        ("2023年三季度", date(2023, 9, 30)),
        ("2023年第2季度", date(2023, 6, 30)),
        ("2023年上半年", date(2023, 6, 30)),
        ("2023年一至八月", date(2023, 8, 31)),
        ("2023年十二月", date(2023, 12, 31)),
        ("Jan–Aug 2023", date(2023, 8, 31)),
        ("2023-01/P8M", date(2023, 8, 31)),
        ("2023-01-01/P8M", date(2023, 8, 31)),
        ("2025-07/P1Y", date(2026, 6, 30)),
        ("20230101-20230831", date(2023, 8, 31)),
        ("08/2023", date(2023, 8, 31)),
        ("1-8/2023", date(2023, 8, 31)),
        ("8月2023年", date(2023, 8, 31)),
        ("2022-10~2023-03", date(2023, 3, 31)),
        ("202308", date(2023, 8, 31)),
    ],
)
def test_periods_end_on_their_last_day(text, last_day):
    assert end_of_period(text) == last_day


@pytest.mark.parametrize("text", ["", "August", "2023-13", "13/2023", "2023-01/P0M", "20231345"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        end_of_period(text)
