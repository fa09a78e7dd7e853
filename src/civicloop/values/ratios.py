"""A share of a whole, how sure it is, and ranks that say no more than the numbers do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

Z_95 = 1.959964  # two-sided 95 % of the normal distribution

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Ratio:
    """So many of so many; both numbers are published with it."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        """Refuse a part that is larger than its whole."""
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator} is no share")

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None of nothing."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the share; None of nothing.

        Source: Wilson (1927), "Probable inference, the law of succession, and statistical
        inference", JASA 22(158).
        """
        if not self.denominator:
            return None
        n, share = self.denominator, self.numerator / self.denominator
        middle = share + Z_95**2 / (2 * n)
        reach = Z_95 * sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2))
        whole = 1 + Z_95**2 / n
        return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def shared_ranks(ratios: Mapping[Key, Ratio], *, smallest: int) -> dict[Key, int]:
    """Rank shares, highest first; a rank is lower only where an interval lies wholly above.

    Args:
        ratios: the shares of peers that may be compared.
        smallest: denominators below it are too small to rank and get none.

    Returns:
        By key 1 + the number of peers whose interval lies wholly above its own.
    """
    intervals = {
        key: ratio.interval
        for key, ratio in ratios.items()
        if ratio.denominator >= max(smallest, 1)
    }
    lows: Sequence[float] = [interval[0] for interval in intervals.values() if interval]
    return {
        key: 1 + sum(low > interval[1] for low in lows)
        for key, interval in intervals.items()
        if interval
    }
