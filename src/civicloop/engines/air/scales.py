"""How a concentration becomes a sub-index: three families of rules, each exact.

Sources: HJ 633-2012 and HJ 633-2026, 4.3 (interpolated, always rounded up); US EPA-454/B-24-002
(May 2024) (gapped classes, truncated input, nearest integer); ETC HE Report 2024/17, table 5.2
(bands without numbers between them).
"""

from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple, Protocol


class Scale(Protocol):
    """One column of an edition's table."""

    def sub_index(self, value: Fraction) -> int | None:
        """Return the sub-index of a concentration of 0 or more; None where none is defined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpolated:
    """Straight lines between breakpoints, rounded up (向上进位)."""

    limits: tuple[Decimal, ...]  # concentrations, ascending, from 0
    indices: tuple[int, ...]  # of the same length
    above: int | None  # what applies above the last limit; None: another measure has to say

    def __post_init__(self) -> None:
        """Refuse a table that cannot be interpolated."""
        if len(self.limits) != len(self.indices) or len(self.limits) < 2:
            raise ValueError("a table needs as many indices as limits, at least two")
        ascends = (
            all(low < high for low, high in pairwise(self.limits)),
            all(low < high for low, high in pairwise(self.indices)),
        )
        if not all(ascends):
            raise ValueError("the limits and indices of a table must ascend")

    def sub_index(self, value: Fraction) -> int | None:
        """Return the index on the line that the value falls on, rounded up."""
        if value > self.limits[-1]:
            return self.above
        row = max(bisect_left(self.limits, value), 1)
        low, high = Fraction(self.limits[row - 1]), Fraction(self.limits[row])
        index_low, index_high = self.indices[row - 1], self.indices[row]
        return ceil((index_high - index_low) / (high - low) * (value - low) + index_low)


class Segment(NamedTuple):
    """A class of a gapped table, both ends included."""

    low: Decimal
    high: Decimal
    index_low: int
    index_high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmented:
    """Classes with gaps between them: the value is truncated first, so that it meets none."""

    segments: tuple[Segment, ...]  # ascending
    decimals: int  # digits that are kept of the value
    above: int | None

    def sub_index(self, value: Fraction) -> int | None:
        """Return the index within the class of the truncated value, to the nearest integer."""
        step = Fraction(10) ** self.decimals
        kept = floor(value * step) / step
        if kept > self.segments[-1].high:
            return self.above
        for low, high, index_low, index_high in self.segments:
            if low <= kept <= high:
                slope = (index_high - index_low) / (Fraction(high) - Fraction(low))
                return floor(slope * (kept - Fraction(low)) + index_low + Fraction(1, 2))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Banded:
    """Bands numbered from 1; a bound belongs to the band below it."""

    bounds: tuple[Decimal, ...]  # upper bounds of all bands but the last

    def sub_index(self, value: Fraction) -> int | None:
        """Return the number of the band."""
        return 1 + bisect_left(self.bounds, value)
