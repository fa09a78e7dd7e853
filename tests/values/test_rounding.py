from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.values.rounding import round_half_even


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        (Decimal("12.1498"), 1, "12.1"),  # the standard's own examples
        (Decimal("12.1498"), 0, "12"),
        (1268, -2, "1300"),
        (Decimal("1.050"), 1, "1.0"),
        (Decimal("0.35"), 1, "0.4"),
        (2500, -3, "2000"),
        (3500, -3, "4000"),
        (Decimal("-0.0365"), 3, "-0.036"),
        (Decimal("15.4546"), 0, "15"),  # one step: 15.455, 15.46, 15.5, 16 is what it forbids
        (Fraction(57, 200), 2, "0.28"),
        (Fraction(1, 3), 4, "0.3333"),
        (7, 1, "7.0"),
    ],
)
def test_numbers_are_rounded_as_the_standard_says(value, decimals, rounded):
    assert str(round_half_even(value, decimals)) == rounded


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.integers(0, 5))
def test_rounding_agrees_with_the_decimal_module(value, decimals):
    step = Decimal(1).scaleb(-decimals)

    expected = value.quantize(step, rounding=ROUND_HALF_EVEN, context=Context(prec=60))

    assert round_half_even(value, decimals) == expected


def test_a_float_is_refused_because_it_is_not_what_was_written():
    with pytest.raises(TypeError, match="exact"):
        round_half_even(0.285, 2)
