from fractions import Fraction

import pytest

from civicloop.engines.air.nowcast import nowcast
from civicloop.engines.air.pollutants import NegativeConcentrationError


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([30] * 12, 30),
        ([40, 50], Fraction(80, 1) / Fraction(9, 5)),  # w = 1 - 10/50: (40 + 0.8*50) / 1.8
        ([30, 90], 50),  # w is never below 1/2: (30 + 45) / 1.5
        ([60, None, 60], 60),  # two of the last three hours
        ([None, 20, 40], Fraction(80, 3)),  # (10 + 10) / (1/2 + 1/4)
        ([0, 0, 0], 0),
        ([8, 0], Fraction(16, 3)),  # (8 + 0) / 1.5
        ([10] * 12 + [1000], 10),  # the thirteenth hour does not count
    ],
)
def test_steady_air_weighs_older_hours_more(hours, expected):
    assert nowcast(hours) == expected


@pytest.mark.parametrize("hours", [[], [5], [5, None, None, *[5] * 9], [None, None, 5, *[5] * 9]])
def test_it_needs_two_of_the_last_three_hours(hours):
    assert nowcast(hours) is None


def test_an_hour_below_zero_is_refused():
    with pytest.raises(NegativeConcentrationError):
        nowcast([5, 5, -1])
