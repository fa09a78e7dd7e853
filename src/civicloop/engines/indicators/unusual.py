"""Unusual movement of a series: beyond what the same season showed before.

Values: the median of the same season in earlier years (with its neighbours while there are only two),
and limits from the median absolute deviation (MAD) of all earlier residuals; a rise of the whole level is taken out first by the
median of the last year. Counts: limits of the negative binomial distribution whose mean is the
season's and whose spread is estimated from the residuals, Poisson where they spread no wider. The
seasonal-naive value (that of a year before) stands beside the expected one: an expectation that is
no better than it is not worth much. How often limits are broken by chance is measured, in the tests
and in docs/methods/indicators.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from statistics import median

from scipy.special import betainc, pdtr

SEASON = 12  # periods of a year, where they are months
LEAST_YEARS = 2
MANY_YEARS = 3  # from here on the season stands for itself, so that a sharp peak stays one
NEIGHBOURS = 1  # periods to each side that count to the same season before
MAD_TO_SIGMA, MEAN_TO_SIGMA = 1.4826, 1.2533  # of a normal distribution
TOLERANCE = 1e-9  # of sums of floats
THRESHOLD = 4.0  # robust standard deviations
TAIL = 0.0005  # chance beyond each limit of a count


class NotEnoughHistoryError(ValueError):
    """There are fewer than two years before the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A value beside what was to be expected."""

    value: float
    expected: float
    low: float
    high: float
    naive: float  # a year before

    @property
    def is_unusual(self) -> bool:
        """Whether it lies beyond the limits."""
        return not self.low <= self.value <= self.high


def movement_of_values(
    history: Sequence[float], value: float, *, season: int = SEASON, threshold: float = THRESHOLD
) -> Movement:
    """Compare a value with its history.

    Args:
        history: earlier values, the oldest first, without gaps.
        value: the next one.
        season: periods of a year.
        threshold: limits in robust standard deviations.

    Raises:
        NotEnoughHistoryError: `history` is shorter than two years.
    """
    expected, residuals = _expectation(history, season)
    reach = max(threshold * _sigma(residuals), TOLERANCE * max(1.0, abs(expected)))
    return Movement(
        value=value,
        expected=expected,
        low=expected - reach,
        high=expected + reach,
        naive=history[-season],
    )


def movement_of_counts(
    history: Sequence[int], value: int, *, season: int = SEASON, tail: float = TAIL
) -> Movement:
    """Compare a count with its history; `tail` is the chance beyond each limit.

    Raises:
        NotEnoughHistoryError: `history` is shorter than two years.
    """
    expected, residuals = _expectation(history, season)
    mean = max(expected, 0.5)  # of a silent series one is no alarm
    # the expectation is itself the middle of some counts: their own chance is added
    variance = max(_sigma(residuals) ** 2, mean * (1 + 1 / MANY_YEARS))
    return Movement(
        value=value,
        expected=expected,
        low=_quantile(tail, mean, variance),
        high=_quantile(1 - tail, mean, variance),
        naive=history[-season],
    )


def mean_errors(history: Sequence[float], *, season: int = SEASON) -> tuple[float, float]:
    """Return the mean absolute error of the expectation and of the seasonal-naive value.

    Each value is foretold from those before it only.

    Raises:
        NotEnoughHistoryError: no value of `history` has two years before it.
    """
    places = range(LEAST_YEARS * season, len(history))
    if not places:
        raise NotEnoughHistoryError(f"need {LEAST_YEARS * season + 1} values, got {len(history)}")
    ours = [abs(_expected(history[:place], season) - history[place]) for place in places]
    naive = [abs(history[place - season] - history[place]) for place in places]
    return sum(ours) / len(ours), sum(naive) / len(naive)


def _expectation(history: Sequence[float], season: int) -> tuple[float, list[float]]:
    """Return what is expected next, and by how much earlier values differed from theirs."""
    if len(history) < LEAST_YEARS * season:
        raise NotEnoughHistoryError(f"need {LEAST_YEARS * season} values, got {len(history)}")
    residuals = [
        history[place] - _expected(history[:place], season)
        for place in range(season + NEIGHBOURS, len(history))
    ]
    return _expected(history, season), residuals


def _expected(history: Sequence[float], season: int) -> float:
    """Return the season's usual value at today's level."""
    place, now = len(history), median(history[-season:])
    reach = NEIGHBOURS if place < MANY_YEARS * season else 0
    alike: list[float] = []
    for year in range(season, place + 1, season):
        level = median(history[max(place - year - season, 0) : place - year + season])
        around = range(max(place - year - reach, 0), min(place - year + reach + 1, place))
        alike.extend(history[each] - level + now for each in around)
    return median(alike)


def _sigma(residuals: Sequence[float]) -> float:
    """Return the spread; where most residuals are equal, from their mean (Iglewicz, Hoaglin 1993)."""
    middle = median(residuals)
    sizes = [abs(each - middle) for each in residuals]
    return MAD_TO_SIGMA * median(sizes) or MEAN_TO_SIGMA * sum(sizes) / len(sizes)


def _quantile(chance: float, mean: float, variance: float) -> float:
    """Return the smallest count that is not exceeded with at least this chance."""
    low, high = -1, max(1, floor(mean))
    while _distribution(high, mean, variance) < chance:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        if _distribution(middle, mean, variance) >= chance:
            high = middle
        else:
            low = middle
    return float(high)


def _distribution(count: int, mean: float, variance: float) -> float:
    """Return the chance of at most so many: negative binomial, or Poisson if nothing spreads wider."""
    if variance <= mean * (1 + 1e-9):
        return float(pdtr(count, mean))
    size = mean**2 / (variance - mean)
    return float(betainc(size, count + 1, size / (size + mean)))
