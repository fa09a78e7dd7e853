from datetime import date, timedelta

import pytest

from civicloop.connectors.sample_city import CityPlan
from civicloop.connectors.sample_city.days import (
    Days,
    is_holiday,
    season_factor,
    spring_festival,
)
from civicloop.connectors.sample_city.vocabulary import vocabulary

PLAN = CityPlan(appeals=100, last_day=date(2024, 12, 31))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 2, 8), False),
        (date(2024, 2, 9), True),  # the eve
        (date(2024, 2, 10), True),
        (date(2024, 2, 16), True),
        (date(2024, 2, 17), False),
        (date(2024, 10, 7), True),
        (date(2024, 10, 8), False),
        (date(2024, 5, 5), True),
        (date(2024, 3, 12), False),
    ],
)
def test_holidays_follow_both_calendars(day, expected):
    assert is_holiday(day) is expected


def test_year_outside_the_table_takes_the_mean_day():
    assert spring_festival(2050) == date(2050, 2, 5)


def test_unpaid_wages_come_up_before_spring_festival():
    assert season_factor("festival", date(2024, 2, 9)) == pytest.approx(1.8)
    assert season_factor("festival", date(2024, 2, 10)) == 1.0


def test_heating_is_a_matter_of_winter(city):
    months = [int(row["编号"][4:6]) for row in city.appeals if "/供暖/" in city.truth[row["编号"]]]

    assert len(months) > 50
    assert sum(month in (11, 12, 1, 2) for month in months) > 0.7 * len(months)


def test_counts_are_shared_out_without_loss():
    counts = Days(PLAN, vocabulary().problems).counts(12_345)

    assert sum(counts) == 12_345
    assert len(counts) == PLAN.days == 730


def test_weekends_and_holidays_are_quiet():
    days = Days(PLAN, vocabulary().problems)
    weights = {PLAN.first_day + timedelta(days=n): w for n, w in enumerate(days.weights)}

    assert weights[date(2024, 3, 11)] > 1.5 * weights[date(2024, 3, 10)]
    assert weights[date(2024, 10, 1)] < 0.6 * weights[date(2024, 10, 15)]


def test_drawn_day_stays_within_the_plan():
    days, stream = Days(PLAN, vocabulary().problems), PLAN.stream("test")

    drawn = [days.draw(-30, 3, stream) for _ in range(200)]

    assert set(drawn) == {0, 1, 2, 3}
