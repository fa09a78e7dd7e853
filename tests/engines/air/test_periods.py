from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.connectors.air.editions import period_rules
from civicloop.engines.air.index import AirIndex
from civicloop.engines.air.periods import (
    Period,
    PeriodKind,
    count_days,
    is_enough,
    percentile,
    period_around,
    pollutant_figures,
    year_before,
)
from civicloop.engines.air.pollutants import Measure, Pollutant

RULES = period_rules()
MAY = period_around(date(2024, 5, 9), PeriodKind.MONTH)


def days_between(first, last):
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def per_month(days):
    return Counter((day.year, day.month) for day in days)


def test_periods_begin_and_end_with_the_calendar():
    def ends(day, kind):
        period = period_around(day, kind)
        return period.first_day, period.last_day

    assert ends(date(2024, 2, 9), PeriodKind.MONTH) == (date(2024, 2, 1), date(2024, 2, 29))
    assert ends(date(2024, 5, 9), PeriodKind.QUARTER) == (date(2024, 4, 1), date(2024, 6, 30))
    assert ends(date(2024, 5, 9), PeriodKind.YEAR) == (date(2024, 1, 1), date(2024, 12, 31))
    assert ends(date(2024, 5, 9), PeriodKind.TO_DATE) == (date(2024, 1, 1), date(2024, 5, 9))


def test_a_year_before_compares_the_same_stretch():
    def ends(day, kind):
        period = year_before(period_around(day, kind))
        return period.first_day, period.last_day

    assert ends(date(2024, 2, 9), PeriodKind.MONTH) == (date(2023, 2, 1), date(2023, 2, 28))
    assert ends(date(2025, 2, 9), PeriodKind.MONTH) == (date(2024, 2, 1), date(2024, 2, 29))
    assert ends(date(2024, 2, 29), PeriodKind.TO_DATE) == (date(2023, 1, 1), date(2023, 2, 28))
    assert ends(date(2024, 10, 31), PeriodKind.TO_DATE) == (date(2023, 1, 1), date(2023, 10, 31))


def test_a_month_has_mean_and_percentile_of_its_unrounded_days():
    days = {
        day: {Measure.PM25_24H: Fraction(2 * i + 1, 2)}
        for i, day in enumerate(days_between(MAY.first_day, MAY.last_day))
    }
    days[date(2024, 6, 1)] = {Measure.PM25_24H: Fraction(900)}

    found = pollutant_figures(days, MAY, RULES)

    pm25 = found[Pollutant.PM25]
    assert (pm25.days, pm25.mean) == (31, Fraction(31, 2))  # 0.5 … 30.5
    assert pm25.percentile == 29  # place 28.5 of 0 … 30
    assert pm25.is_valid
    assert found[Pollutant.O3].mean is None
    assert found[Pollutant.O3].percentile is None
    assert not found[Pollutant.O3].is_valid


def test_days_set_aside_are_left_out_but_were_measured():
    days = {
        day: {Measure.PM10_24H: Fraction(50), Measure.O3_8H: Fraction(90)}
        for day in days_between(MAY.first_day, MAY.last_day)
    }
    dusty = days_between(date(2024, 5, 3), date(2024, 5, 8))
    for day in dusty:
        days[day] = {Measure.PM10_24H: Fraction(500), Measure.O3_8H: Fraction(90)}

    found = pollutant_figures(days, MAY, RULES, set_aside=dict.fromkeys(dusty, (Pollutant.PM10,)))

    pm10 = found[Pollutant.PM10]
    assert (pm10.days, pm10.set_aside, pm10.mean, pm10.is_valid) == (25, 6, 50, True)
    assert (found[Pollutant.O3].days, found[Pollutant.O3].set_aside) == (31, 0)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60), st.integers(0, 100))
def test_percentiles_are_those_of_numpy_but_exact(values, share):
    exact = percentile([Fraction(value) for value in values], Fraction(share, 100))

    assert float(exact) == pytest.approx(np.percentile(values, share), abs=1e-9)


@pytest.mark.parametrize(("values", "share"), [([], Fraction(1, 2)), ([Fraction(1)], Fraction(2))])
def test_a_percentile_of_nothing_or_beyond_all_is_refused(values, share):
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, share)


@pytest.mark.parametrize(
    ("period", "missing", "enough"),
    [
        (MAY, 4, True),
        (MAY, 5, False),
        (period_around(date(2023, 2, 1), PeriodKind.MONTH), 3, True),
        (period_around(date(2023, 2, 1), PeriodKind.MONTH), 4, False),
        (period_around(date(2024, 5, 1), PeriodKind.QUARTER), 3, True),
        (period_around(date(2024, 3, 15), PeriodKind.TO_DATE), 0, False),  # half of March
    ],
)
def test_each_month_needs_its_days(period, missing, enough):
    measured = days_between(period.first_day, period.last_day)[missing:]

    assert is_enough(per_month(measured), period, RULES) is enough


def test_a_year_needs_324_days_even_if_its_months_have_enough():
    year = period_around(date(2023, 1, 1), PeriodKind.YEAR)
    days = days_between(year.first_day, year.last_day)
    last_of_month = {31: 4, 30: 3, 28: 3}
    lengths = {m: max(d.day for d in days if d.month == m) for m in range(1, 13)}
    sparse = [d for d in days if d.day > last_of_month[lengths[d.month]]]

    assert len(sparse) == 322
    assert not is_enough(per_month(sparse), year, RULES)
    assert is_enough(per_month([*sparse, date(2023, 1, 1), date(2023, 3, 1)]), year, RULES)


def test_good_days_are_counted_among_the_valid():
    def index(value, level):
        return AirIndex(value=value, level=level, primary=(), sub_indices={}, missing=())

    values = [(40, 1), (100, 2), (101, 3), (None, None), (320, 6)]
    indices = {date(2024, 5, 1 + i): index(*each) for i, each in enumerate(values)}
    indices[date(2024, 6, 1)] = index(10, 1)

    counts = count_days(indices, MAY)

    assert (counts.valid, counts.good, counts.levels) == (4, 2, (1, 1, 1, 0, 0, 1))
    assert counts.good_rate == Decimal("50.0")
    assert count_days({}, MAY).good_rate is None


def test_periods_are_ordered_by_their_days():
    june = Period(first_day=date(2024, 6, 1), last_day=date(2024, 6, 30), kind=PeriodKind.MONTH)

    assert sorted([june, MAY]) == [MAY, june]
