"""How one concrete matter goes on after its first appeal, if nothing special happens.

Others join at a rate that differs from matter to matter: most draw nobody, some draw many. The rate is
gamma distributed, so the people who join within some days are negative binomial, and what a matter has
drawn so far says what to expect of it. The two parameters come from the share of matters that drew nobody
and the share that drew one in four weeks: bursts, all in the tail, do not touch them.

Source: own work; the gamma-Poisson model is Greenwood and Yule 1920, JRSS 83.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from civicloop.engines.hotness.alarm_values import Floats
from civicloop.engines.hotness.tails import tail

FIT_DAYS = 28
NEARLY = 1 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """The rate at which others join a matter: gamma with this shape, after so many days' worth."""

    shape: float
    days: float

    def chance(self, count: Floats, seen: Floats, age_days: Floats, window_days: Floats) -> Floats:
        """Return the chance that so many or more join in a window.

        Args:
            count: People who joined in the window, without the first of the matter.
            seen: People who joined before it, without the first; below 0 the matter is new.
            age_days: Days from the first appeal to the window.
            window_days: Length of the window.
        """
        return tail(count, self.expected(seen, age_days, window_days), self.size(seen))

    def size(self, seen: Floats) -> Floats:
        """Return the gamma shape of the rate of a matter that so many joined."""
        return self.shape + np.maximum(seen, 0.0)

    def expected(self, seen: Floats, age_days: Floats, window_days: Floats) -> Floats:
        """Return how many are expected to join in a window."""
        mean: Floats = self.size(seen) * window_days / (self.days + np.maximum(age_days, 0.0))
        return mean


def fit_joining(joined: Floats) -> Joining:
    """Fit the rate to how many joined each matter within 28 days of its first appeal.

    Half a matter is added to those that drew nobody, one and more, so that an empty history fits too.
    Where hardly any drew just one, only the share that drew nobody is met.
    """
    total = len(joined) + 1.0
    nobody = ((joined == 0).sum() + 0.5) / total
    one = ((joined == 1).sum() + 0.25) / total
    ratio = one / nobody  # shape * x with x = 28 / (28 + days)
    gone = -np.log(nobody)  # shape * -ln(1 - x)
    if gone <= ratio * 1.000001:  # no more spread than chance: nearly one rate for all
        return Joining(shape=1_000.0, days=1_000.0 * FIT_DAYS / ratio)
    x = _solved(float(gone / ratio))
    return Joining(shape=float(gone / -np.log1p(-x)), days=float(FIT_DAYS * (1 - x) / x))


def _solved(spread: float) -> float:
    """Return x with -ln(1 - x) / x = spread, or the largest x where none is so spread."""
    if spread >= -np.log1p(-NEARLY) / NEARLY:
        return NEARLY
    return float(brentq(lambda x: -np.log1p(-x) / x - spread, 1e-9, NEARLY))
