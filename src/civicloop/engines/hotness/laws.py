"""How surely windows of several lengths hold more people than chance explains.

The people of a window are those taken for granted (the first of a new matter) and a negative binomial
number of others. The least of the windows' chances is corrected for the choice among them by adding up,
over the windows, the chance that any of them is as small. Counts are whole numbers, so that this is often
much less than the number of windows times the least chance, and it holds however the windows overlap.

Source: Tarone 1990, "A modified Bonferroni method for discrete data", Biometrics 46.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from civicloop.engines.hotness.alarm_values import LEAST_PEOPLE, Floats, Ints
from civicloop.engines.hotness.tails import tail, upper_limit

NEARLY_NOTHING = 1e-12  # people; a series that expects nothing has a law, too


class Law(NamedTuple):
    """The people of one window of some series if nothing happens; arrays of one shape."""

    given: Floats  # taken for granted
    mean: Floats  # of the others
    size: Floats  # gamma shape of the others' rate

    @property
    def expected(self) -> Floats:
        """Return the people expected."""
        return self.given + self.mean

    def of(self, chosen: Ints) -> "Law":
        """Return the law of some of the series."""
        return Law(self.given[chosen], self.mean[chosen], self.size[chosen])

    def times(self, ratio: float) -> "Law":
        """Return the law if so many times the others came."""
        return Law(self.given, self.mean * ratio, self.size)

    def chance(self, people: Floats) -> Floats:
        """Return the chance of as many people or more; 1 for two, and for no more than expected."""
        others = people - self.given
        chance = tail(others, self.mean + NEARLY_NOTHING, self.size)
        kept: Floats = np.where((people >= LEAST_PEOPLE) & (others > self.mean), chance, 1.0)
        return kept

    def chance_of(self, limit: Floats) -> Floats:
        """Return the chance that ``chance`` of the people who come is no more than a limit."""
        rare = upper_limit(self.mean, self.size, limit) + 1.0
        least = np.maximum(LEAST_PEOPLE - self.given, np.floor(self.mean) + 1)
        return tail(np.maximum(rare, least), self.mean + NEARLY_NOTHING, self.size)


def corrected(least: Floats, laws: Sequence[Law], *, largest: float) -> Floats:
    """Return the chance that the least chance of the windows is as small, at most.

    Args:
        least: The least of the windows' chances of each series.
        laws: The law of each window.
        largest: Chances above this are not needed exactly, and given as they are.
    """
    score = least.copy()
    chosen = np.flatnonzero((least <= largest) & (least < 1))
    limit = least[chosen]
    total = np.sum([law.of(chosen).chance_of(limit) for law in laws], axis=0)
    score[chosen] = np.minimum(total, 1.0)
    return score
