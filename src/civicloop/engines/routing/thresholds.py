"""How sure the learned suggestion must be for the accuracy that the city chose.

Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference", for
the interval of a share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

Z_95 = 1.959964  # two-sided 95 %
NEVER = 1.01  # above every probability
FEWEST_ANSWERED = 30  # fewer prove nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Bounds of a share, 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageAndAccuracy:
    """Always told together: a high accuracy of few orders is no feat."""

    rows: int
    answered: int  # went by themselves
    right: int  # of those

    @property
    def coverage(self) -> float:
        """Share of the orders that went by themselves."""
        return self.answered / self.rows if self.rows else 0.0

    @property
    def accuracy(self) -> float | None:
        """Share of those that went to the right unit; None where none went."""
        return self.right / self.answered if self.answered else None

    @property
    def interval(self) -> Interval:
        """95 % interval of the accuracy."""
        return wilson(self.right, self.answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """An order whose right unit is known, guessed by what had not seen it."""

    probability: float
    is_right: bool
    may_go: bool = True  # nothing but the probability speaks against it


def wilson(successes: int, trials: int) -> Interval:
    """Return the 95 % interval of a share; everything is possible where nothing was tried."""
    if not trials:
        return Interval(low=0.0, high=1.0)
    share, square = successes / trials, Z_95**2
    middle = share + square / (2 * trials)
    reach = Z_95 * sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    whole = 1 + square / trials
    return Interval(low=max(0.0, (middle - reach) / whole), high=min(1.0, (middle + reach) / whole))


def measure(guesses: Sequence[Guess], threshold: float) -> CoverageAndAccuracy:
    """Count how many orders would have gone by themselves, and how many of them rightly."""
    gone = [guess for guess in guesses if guess.may_go and guess.probability >= threshold]
    right = sum(guess.is_right for guess in gone)
    return CoverageAndAccuracy(rows=len(guesses), answered=len(gone), right=right)


def lowest_threshold(guesses: Sequence[Guess], accuracy: float) -> float:
    """Return the least probability from which on the accuracy is met.

    Args:
        guesses: Of orders later than those that were learned from.
        accuracy: Wanted share of right units, above 0 and below 1.

    Returns:
        The threshold; ``NEVER`` where no threshold with ``FEWEST_ANSWERED`` orders meets it.
    """
    going = sorted((guess for guess in guesses if guess.may_go), key=lambda one: -one.probability)
    answered = right = 0
    found = NEVER
    for probability, alike in groupby(going, key=lambda guess: guess.probability):
        group = list(alike)
        answered += len(group)
        right += sum(guess.is_right for guess in group)
        if answered >= FEWEST_ANSWERED and right / answered >= accuracy:
            found = probability
    return found
