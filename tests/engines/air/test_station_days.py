from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from civicloop.engines.air.pollutants import Measure, NegativeConcentrationError, Pollutant
from civicloop.engines.air.station_days import (
    DayRules,
    HourStamp,
    Windows,
    days_of_station,
    highest_hour,
    highest_window,
    hour_of,
    mean_of,
)

DAY = date(2024, 5, 1)
NOTHING = [None] * 24
STANDARD = DayRules()
ALL_WINDOWS = DayRules(windows=Windows.ENDING)


def test_a_mean_needs_twenty_hours():
    hours = [*range(1, 21), None, None, None, None]

    assert mean_of(hours, least=20) == Fraction(21, 2)
    assert mean_of([None, *hours[1:]], least=20) is None


def test_the_highest_hour_needs_as_many():
    assert highest_hour([7] * 19 + [9, None, None, None, None], least=20) == 9
    assert highest_hour([7] * 19 + [None] * 5, least=20) is None


def test_the_highest_window_is_the_best_stretch_of_eight_hours():
    hours = [0] * 12 + [80] * 8 + [0] * 4

    assert highest_window(hours, NOTHING, STANDARD) == 80


def test_windows_within_the_day_do_not_see_the_evening_before():
    evening = [0] * 17 + [160] * 7
    hours = [80] + [0] * 23

    assert highest_window(hours, evening, STANDARD) == 10  # hours 1–8
    assert highest_window(hours, evening, ALL_WINDOWS) == 150  # 18–24 and 1


def test_a_window_needs_six_of_its_hours():
    one_valid = DayRules(least_windows=1)

    assert highest_window([100] * 5 + [None] * 2 + [40] * 17, NOTHING, one_valid) == 90  # hours 1–8
    assert highest_window([100] * 5 + [None] * 3 + [40] * 16, NOTHING, one_valid) == 40


def test_with_few_windows_a_day_is_valid_only_above_the_limit():
    def day(level):
        return [None] * 7 + [level] * 10 + [None] * 7  # 7 windows have six hours or more

    assert highest_window(day(160), NOTHING, STANDARD) is None
    assert highest_window(day(161), NOTHING, STANDARD) == 161
    assert highest_window(day(161), NOTHING, DayRules(valid_above=None)) is None
    assert highest_window(day(160), NOTHING, DayRules(least_windows=7)) == 160
    assert highest_window(NOTHING, NOTHING, STANDARD) is None


def test_a_stamp_that_ends_its_hour_counts_midnight_to_the_day_before():
    midnight = datetime.fromisoformat("2024-05-02T00:00")

    assert hour_of(midnight, HourStamp.ENDS) == (DAY, 23)
    assert hour_of(midnight, HourStamp.BEGINS) == (date(2024, 5, 2), 0)
    assert hour_of(datetime.fromisoformat("2024-05-01T01:00"), HourStamp.ENDS) == (DAY, 0)


def test_hours_become_days():
    first = datetime.fromisoformat("2024-05-01T01:00")
    readings = {
        first + timedelta(hours=i): {
            Pollutant.SO2: 4,
            Pollutant.CO: Decimal("0.7") if i % 2 else Decimal("0.8"),
            Pollutant.O3: None if i < 3 else 60 + i,
        }
        for i in range(24)
    }

    days = days_of_station(readings, STANDARD)

    assert list(days) == [DAY]
    assert days[DAY] == {
        Measure.SO2_24H: 4,
        Measure.NO2_24H: None,
        Measure.PM10_24H: None,
        Measure.PM25_24H: None,
        Measure.CO_24H: Fraction(3, 4),
        Measure.O3_8H: Fraction(159, 2),  # hours 17–24: 76 … 83
        Measure.O3_1H: 83,
    }


def test_the_first_windows_of_a_day_use_the_day_before():
    first = datetime.fromisoformat("2024-05-01T01:00")
    readings = {
        first + timedelta(hours=i): {Pollutant.O3: 120 if 17 <= i < 24 else 0} for i in range(48)
    }

    days = days_of_station(readings, ALL_WINDOWS)

    assert days[date(2024, 5, 2)][Measure.O3_8H] == 105  # 18–24 of the first day and 1


def test_an_hour_below_zero_is_refused_with_its_time():
    with pytest.raises(NegativeConcentrationError, match="2024-05-01 03:00"):
        days_of_station({datetime.fromisoformat("2024-05-01T03:00"): {Pollutant.O3: -1}}, STANDARD)


@pytest.mark.parametrize("rules", [{"least_hours": 0}, {"least_of_window": 9}])
def test_rules_that_make_a_mean_of_nothing_are_refused(rules):
    with pytest.raises(ValueError, match="mean"):
        DayRules(**rules)
