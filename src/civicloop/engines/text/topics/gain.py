"""Whether a new model is better than the one in use, measured on the same unseen rows.

Source: McNemar 1947, "Note on the sampling error of the difference between correlated proportions
or percentages", in its exact one-sided form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

CHANCE = 0.05  # a gain that chance brings about as often does not count


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """Two models on the same rows."""

    rows: int
    accuracy: float  # of the new model
    accuracy_before: float  # of the model in use
    only_new_right: int
    only_old_right: int
    chance: float  # how often so great a gain comes about where both are equally good

    @property
    def is_measured(self) -> bool:
        """Whether the new model is better beyond chance."""
        return self.only_new_right > self.only_old_right and self.chance <= CHANCE


def measure_gain(new_right: Sequence[bool], old_right: Sequence[bool]) -> Gain:
    """Compare two models by the rows that only one of them gets right.

    Args:
        new_right: Whether the new model is right, for each row; at least one.
        old_right: The same for the model in use.
    """
    pairs = list(zip(new_right, old_right, strict=True))
    only_new = sum(new and not old for new, old in pairs)
    only_old = sum(old and not new for new, old in pairs)
    return Gain(
        rows=len(pairs),
        accuracy=sum(new_right) / len(pairs),
        accuracy_before=sum(old_right) / len(pairs),
        only_new_right=only_new,
        only_old_right=only_old,
        chance=_tail(only_new, only_new + only_old),
    )


def _tail(successes: int, trials: int) -> float:
    """Return the chance of so many heads or more in fair tosses."""
    ways = sum(comb(trials, count) for count in range(successes, trials + 1))
    return float(Fraction(ways, 1 << trials))
