"""Change of a figure: in % of a level, in points of a rate; always from what was published."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from civicloop.values.rounding import round_half_even


class ChangeUnit(StrEnum):
    """What a change is counted in."""

    PERCENT = "%"
    POINTS = "pp"  # percentage points


class NoChange(StrEnum):
    """Why there is no change to state."""

    NO_VALUE = "no_value"  # one of the two is missing
    ZERO_BASE = "zero_base"  # nothing can be divided by
    OTHER_BASIS = "other_basis"  # the two follow different rules or prices
    NOT_ASKED = "not_asked"  # the indicator states none


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change, or why there is none."""

    value: Decimal | None  # rounded
    unit: ChangeUnit
    why_none: NoChange | None = None


def percent_change(now: Decimal | None, before: Decimal | None, decimals: int = 1) -> Change:
    """Return (now - before) / |before| in %; both values as published."""
    unit = ChangeUnit.PERCENT
    if now is None or before is None:
        return Change(value=None, unit=unit, why_none=NoChange.NO_VALUE)
    if before == 0:
        return Change(value=None, unit=unit, why_none=NoChange.ZERO_BASE)
    exact = 100 * (Fraction(now) - Fraction(before)) / abs(Fraction(before))
    return Change(value=round_half_even(exact, decimals), unit=unit)


def point_change(now: Decimal | None, before: Decimal | None, decimals: int = 1) -> Change:
    """Return now - before in percentage points; both rates as published."""
    unit = ChangeUnit.POINTS
    if now is None or before is None:
        return Change(value=None, unit=unit, why_none=NoChange.NO_VALUE)
    return Change(value=round_half_even(now - before, decimals), unit=unit)
