"""Rounding as GB/T 8170 asks: half to even, from the exact value, in one step."""

from decimal import Decimal
from fractions import Fraction


def round_half_even(value: Decimal | Fraction | int, decimals: int) -> Decimal:
    """Round an exact number to so many decimals; a half goes to the even neighbour.

    GB/T 8170-2008, 3.2 and 3.3: once, from the number as measured or computed, never from one that
    was rounded before. A float is refused: 0.285 as a float lies below the half that was meant.

    Args:
        value: the exact number, e.g. Fraction(57, 200).
        decimals: digits kept behind the point; negative ones round to tens, hundreds …

    Returns:
        The rounded number, with exactly `decimals` digits behind its point if there are any.

    Raises:
        TypeError: the value is not exact.
    """
    if not isinstance(value, Decimal | Fraction | int):
        raise TypeError(f"{value!r} is no exact number: give Decimal, Fraction or int")
    steps = round(Fraction(value) * Fraction(10) ** decimals)  # a Fraction rounds half to even
    sign, digits = int(steps < 0), tuple(int(digit) for digit in str(abs(steps)))
    rounded = Decimal((sign, digits, -decimals))
    return rounded if decimals >= 0 else Decimal(int(rounded))
