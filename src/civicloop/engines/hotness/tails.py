"""Chances of counts: the negative binomial tail, and the threshold that an error budget allows.

Source: the tail as an incomplete beta function, Abramowitz and Stegun 1972, 26.5.26; an error budget
kept by the sum of the chances holds under any dependence of the tests (Bonferroni; Tarone 1990,
"A modified Bonferroni method for discrete data", Biometrics 46, for tests that can hardly reject).
"""

import numpy as np
from scipy.special import betainc

from civicloop.engines.hotness.alarm_values import Bools, Floats, Ints

SMALLEST = 1e-300


def tail(count: Floats, mean: Floats, size: Floats) -> Floats:
    """Return P(N >= count) of negative binomial counts, exactly, elementwise.

    Args:
        count: Counts, at least 0; 0 has the chance 1.
        mean: Expected counts, above 0.
        size: Gamma shape of the rate; the variance is mean + mean² / size.
    """
    ratio = mean / (mean + size)
    chance = betainc(np.maximum(count, 1.0), size, ratio)
    kept: Floats = np.where(count >= 1, np.maximum(chance, SMALLEST), 1.0)
    return kept


def upper_limit(mean: Floats, size: Floats, chance: Floats) -> Ints:
    """Return the largest counts that are exceeded with at most this chance, elementwise.

    Args:
        mean: Expected counts, at least 0; 0 has the limit 0.
        size: Gamma shape of the rate.
        chance: Above 0 and below 1.
    """

    def is_rare(count: Floats) -> Bools:
        return tail(count + 1, mean + SMALLEST, size) <= chance

    high = np.ones(len(mean))
    while not (rare := is_rare(high)).all():
        high = np.where(rare, high, 2 * high)
    low = np.full(len(mean), -1.0)  # exceeded more often
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        rare = is_rare(middle)
        high, low = np.where(rare, middle, high), np.where(rare, low, middle)
    return high.astype(np.int64)


def threshold_of(chances: Floats, weights: Floats, budget: float) -> float:
    """Return the largest bound b with sum of weights * min(b, chances) <= budget.

    Args:
        chances: For each test the chance that it can alarm at all (it needs some citizens).
        weights: How often each test is made.
        budget: Expected false alarms that are allowed.

    A test that can hardly alarm uses up next to nothing of the budget. 1 when the budget covers all.
    """
    order = np.argsort(chances)
    rising, times = chances[order], weights[order]
    used = np.concatenate([[0.0], np.cumsum(rising * times)])  # by those below the bound
    left = np.concatenate([np.cumsum(times[::-1])[::-1], [0.0]])  # tests at the bound or above
    spent_at = used[:-1] + rising * left[:-1]  # if the bound were each chance
    first = int(np.searchsorted(spent_at, budget))
    if first == len(rising):
        return 1.0
    return float(max(budget - used[first], 0.0) / left[first])
