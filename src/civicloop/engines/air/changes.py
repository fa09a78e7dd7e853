"""Change against the same period a year before, and places among cities.

The index changes in %, from published (rounded) values; a rate in percentage points. Where the
rules changed between the two periods, both are computed on each basis, never one against the other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from civicloop.values.ranks import rank_with_ties
from civicloop.values.rounding import round_half_even


class ChangeUnit(StrEnum):
    """What a change is counted in."""

    PERCENT = "%"
    POINTS = "pp"  # percentage points


class NoChange(StrEnum):
    """Why there is no change to state."""

    NO_VALUE = "no_value"  # one of the two is missing
    ZERO_BASE = "zero_base"  # nothing can be divided by


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change, or why there is none."""

    value: Decimal | None  # one decimal
    unit: ChangeUnit
    why_none: NoChange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBasis:
    """Two values on one basis and the change between them."""

    basis: str  # code of the edition that both values follow
    now: Decimal | None
    before: Decimal | None
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a ranking; equal values share it."""

    from_top: int
    from_bottom: int


def percent_change(now: Decimal | None, before: Decimal | None) -> Change:
    """Return (now - before) / before in %; both values as published."""
    unit = ChangeUnit.PERCENT
    if now is None or before is None:
        return Change(value=None, unit=unit, why_none=NoChange.NO_VALUE)
    if before == 0:
        return Change(value=None, unit=unit, why_none=NoChange.ZERO_BASE)
    exact = 100 * (Fraction(now) - Fraction(before)) / Fraction(before)
    return Change(value=round_half_even(exact, 1), unit=unit)


def point_change(now: Decimal | None, before: Decimal | None) -> Change:
    """Return now - before in percentage points; both rates as published."""
    unit = ChangeUnit.POINTS
    if now is None or before is None:
        return Change(value=None, unit=unit, why_none=NoChange.NO_VALUE)
    return Change(value=round_half_even(now - before, 1), unit=unit)


Basis = TypeVar("Basis")


def changes_on_each_basis(
    bases: Mapping[str, Basis],
    values: Callable[[Basis], tuple[Decimal | None, Decimal | None]],
    change: Callable[[Decimal | None, Decimal | None], Change],
) -> list[OnBasis]:
    """Compute a change on every basis that was in force in either period.

    Args:
        bases: the editions by their codes, the oldest first; one if the rules did not change.
        values: gives the value of the period and of the one before by an edition.
        change: `percent_change` or `point_change`.
    """
    found = []
    for code, basis in bases.items():
        now, before = values(basis)
        found.append(OnBasis(basis=code, now=now, before=before, change=change(now, before)))
    return found


def places(values: Sequence[Decimal], *, is_high_good: bool) -> list[Place]:
    """Rank published values from both ends: 1, 2, 2, 4."""
    from_top = rank_with_ties(values, descending=is_high_good)
    from_bottom = rank_with_ties(values, descending=not is_high_good)
    return [
        Place(from_top=top, from_bottom=bottom)
        for top, bottom in zip(from_top, from_bottom, strict=True)
    ]
