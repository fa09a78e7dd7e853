from datetime import date

import pytest

from civicloop.engines.indicators.periods import (
    Month,
    NotAPeriodError,
    PeriodKind,
    period_ending,
    periods_between,
    read_period,
)


@pytest.mark.parametrize("text", ["2023-10", "2023-01/P10M", "2023-Q3", "2023"])
def test_a_period_is_written_as_it_is_read(text):
    assert str(read_period(text)) == text


@pytest.mark.parametrize(
    "text", ["", "2023-13", "2023-Q5", "2023-01/P13M", "23", "2023-02/P3M", "2023 "]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(NotAPeriodError):
        read_period(text)


def test_january_to_october_has_304_days():
    period = read_period("2023-01/P10M")

    assert (period.first_day, period.last_day, period.days) == (
        date(2023, 1, 1),
        date(2023, 10, 31),
        304,
    )


def test_the_year_before_has_the_same_months_and_in_a_leap_year_a_day_more():
    period = read_period("2025-01/P2M")

    assert str(period.year_before) == "2024-01/P2M"
    assert (period.days, period.year_before.days) == (59, 60)


def test_a_quarter_ends_with_its_third_month():
    assert period_ending(PeriodKind.QUARTER, Month(2023, 8)) is None
    assert str(period_ending(PeriodKind.QUARTER, Month(2023, 9))) == "2023-Q3"


def test_all_periods_of_a_span_are_given():
    found = periods_between(Month(2022, 11), Month(2023, 1), frozenset(PeriodKind))

    assert list(map(str, found)) == [
        "2022-11", "2022-01/P11M",
        "2022-12", "2022-01/P12M", "2022-Q4", "2022",
        "2023-01", "2023-01/P1M",
    ]  # fmt: skip


def test_a_period_knows_its_months():
    assert read_period("2023-Q1").months == (Month(2023, 1), Month(2023, 2), Month(2023, 3))
