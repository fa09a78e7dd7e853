"""The fast path gives what the plain engine gives, one for one."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicloop.analytics.air.city_days import CityDays, Column, city_days
from civicloop.analytics.air.figures import counted_days, counted_within, period_figures
from civicloop.analytics.air.indices import UnsuitedEditionError, day_indices, indices_on
from civicloop.connectors.air.editions import (
    aqi_edition,
    aqi_editions,
    limit_editions,
    period_rules,
)
from civicloop.engines.air.attainment import days_within
from civicloop.engines.air.city_days import REPORTED, days_of_city, indices_of
from civicloop.engines.air.editions import NoEditionError, edition_on
from civicloop.engines.air.index import daily_index
from civicloop.engines.air.periods import (
    PeriodKind,
    PeriodRules,
    count_days,
    period_around,
    pollutant_figures,
)
from civicloop.engines.air.pollutants import Measure, Pollutant
from civicloop.engines.air.station_days import DayRules, days_of_station
from civicloop.values.rounding import round_half_even
from tests.analytics.air.cities import FIRST, cities, city_of, rules

often = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])


def oracle(city, rules, **options):
    stations = {name: days_of_station(hours, rules) for name, hours in city.readings.items()}
    return days_of_city(stations, **options)


def plain(days):
    """The days of the fast path as the engine states them."""
    return {
        day: {measure: days.columns[measure].exact(i) for measure in REPORTED}
        for i, day in enumerate(days.days)
    }


@often
@given(cities(), rules, st.integers(1, 3))
def test_hours_become_the_same_days(city, rules, least_stations):
    found = plain(city_days(city.block, rules, least_stations=least_stations))

    expected = oracle(city, rules, least_stations=least_stations)
    nothing = dict.fromkeys(REPORTED)
    assert {day: found[day] for day in expected} == expected
    assert all(found[day] == nothing for day in set(found) - set(expected))


@often
@given(cities(most_days=3), rules)
def test_days_have_the_same_index(city, rules):
    days = city_days(city.block, rules)
    indices = day_indices(days, aqi_editions())

    for day, expected in indices_of(oracle(city, rules), aqi_editions()).items():
        edition = edition_on(day, aqi_editions())
        assert indices.plain(days.position(day), edition) == expected


values = st.one_of(
    st.none(),
    st.sampled_from([0, 34, 35, 36, 50, 60, 75, 100, 120, 150, 160, 800, 801, 2620, 3000]),
    st.integers(0, 40_000).map(lambda tenths: Fraction(tenths, 10)),
    st.fractions(0, 3000, max_denominator=500),
)
exact_days = st.lists(
    st.fixed_dictionaries(dict.fromkeys(REPORTED, values)), min_size=1, max_size=40
)


def columns_of(days, first_day):
    """Days as the fast path keeps them; the denominators differ from day to day."""
    columns = {}
    for measure in REPORTED:
        exact = [None if day[measure] is None else Fraction(day[measure]) for day in days]
        columns[measure] = Column(
            total=np_ints([0 if value is None else value.numerator * 7 for value in exact]),
            stations=np_ints([0 if value is None else value.denominator for value in exact]),
            unit=7,
        )
    return CityDays(city="c", first_day=(first_day - date(1970, 1, 1)).days, columns=columns)


def np_ints(numbers):
    import numpy as np

    return np.array(numbers, np.int64)


@often
@given(exact_days, st.sampled_from(aqi_editions()))
def test_every_edition_gives_the_same_index(days, edition):
    found = indices_on(columns_of(days, date(2024, 1, 1)), edition)

    assert [found.plain(i, edition) for i in range(len(days))] == [
        daily_index(day, edition) for day in days
    ]


@often
@given(
    exact_days,
    st.dates(date(2025, 12, 20), date(2026, 3, 5)),
    st.sampled_from(PeriodKind),
    st.sets(st.integers(0, 39), max_size=5),
)
def test_periods_have_the_same_figures(days, first_day, kind, dusty):
    period = period_around(date(2026, 2, 20), kind)
    lenient = PeriodRules(
        percentiles=period_rules().percentiles,
        least_of_month=3,
        least_of_february=2,
        least_of_year=5,
    )
    dated = {first_day + timedelta(days=i): day for i, day in enumerate(days)}
    aside = {first_day + timedelta(days=i): (Pollutant.PM10, Pollutant.PM25) for i in dusty}
    fast = columns_of(days, first_day)

    found = period_figures(fast, period, lenient, set_aside=aside)
    counts = counted_days(fast, day_indices(fast, aqi_editions()), period)

    exact = {
        day: {m: None if v is None else Fraction(v) for m, v in each.items()}
        for day, each in dated.items()
    }
    assert found == pollutant_figures(exact, period, lenient, set_aside=aside)
    assert counts == count_days(indices_of(exact, aqi_editions()), period)
    without = counted_days(fast, day_indices(fast, aqi_editions()), period, left_out=set(aside))
    indices = indices_of(exact, aqi_editions())
    assert without == count_days(indices, period, left_out=set(aside))
    for limits in (own for each in limit_editions() for own in each.classes.values()):
        assert counted_within(fast, period, limits) == days_within(exact, period, limits)


@given(st.lists(st.fractions(0, 10**6, max_denominator=10**4), min_size=1), st.integers(0, 2))
def test_rounding_is_half_to_even(numbers, decimals):
    column = Column(
        total=np_ints([value.numerator for value in numbers]),
        stations=np_ints([value.denominator for value in numbers]),
        unit=1,
    )

    assert column.rounded(decimals).tolist() == [
        int(round_half_even(value, decimals) * 10**decimals) for value in numbers
    ]


def test_the_largest_numbers_stay_exact():
    """Means of 13 to 24 hours in many stations have denominators beyond 64 bits."""
    stations = [f"s{i}" for i in range(40)]
    rows = [
        (name, hour) for i, name in enumerate(stations) for hour in range(24) if hour % 24 >= i % 11
    ]
    table = [[10**9 - 7 * i - hour] * 6 for i, (_, hour) in enumerate(rows)]
    city, rules = city_of(stations, rows, table), DayRules(least_hours=1)

    days = city_days(city.block, rules)

    assert days.columns[Measure.PM25_24H].total.dtype == object
    expected = oracle(city, rules)
    assert {day: plain(days)[day] for day in expected} == expected
    found = period_figures(days, period_around(FIRST.date(), PeriodKind.YEAR), period_rules())
    assert found == pollutant_figures(
        expected, period_around(FIRST.date(), PeriodKind.YEAR), period_rules()
    )
    day = days.position(FIRST.date())
    pm25 = expected[FIRST.date()][Measure.PM25_24H]
    assert days.columns[Measure.PM25_24H].rounded(1)[day] == round_half_even(pm25, 1) * 10


def test_days_with_very_different_numbers_of_stations_stay_exact():
    """The least common multiple of 1 to 50 stations is beyond 64 bits."""
    days = [dict.fromkeys(REPORTED, Fraction(7 * n + 1, n)) for n in range(1, 51)]
    first_day, period = date(2024, 1, 1), period_around(date(2024, 2, 1), PeriodKind.YEAR)

    found = period_figures(columns_of(days, first_day), period, period_rules())

    dated = {first_day + timedelta(days=i): day for i, day in enumerate(days)}
    assert found == pollutant_figures(dated, period, period_rules())


def test_a_day_before_all_editions_is_refused():
    with pytest.raises(NoEditionError, match="2011-06-01"):
        day_indices(columns_of([dict.fromkeys(REPORTED, 1)], date(2011, 6, 1)), aqi_editions())


@pytest.mark.parametrize("code", ["us_epa_2024", "eu_eaqi_2025"])
def test_an_edition_of_another_kind_is_left_to_the_engine(code):
    days = columns_of([dict.fromkeys(REPORTED, 1)], date(2024, 6, 1))

    with pytest.raises(UnsuitedEditionError, match=code):
        indices_on(days, aqi_edition(code))
