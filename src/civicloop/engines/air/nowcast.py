"""NowCast of particles: what the United States report of the current hour (US EPA, AirNow).

A weighted mean of the last twelve hours; the steadier the air, the more the older hours weigh:
w = max(1/2, 1 - range/highest), the mean is the sum of w**i c(i) over that of w**i, i hours ago.
It needs two of the last three hours. Ozone's NowCast is another method and is not computed.
"""

from collections.abc import Sequence
from fractions import Fraction

from civicloop.engines.air.pollutants import Exact, NegativeConcentrationError

HOURS = 12
RECENT, LEAST_RECENT = 3, 2
LEAST_WEIGHT = Fraction(1, 2)


def nowcast(hours: Sequence[Exact | None]) -> Fraction | None:
    """Return the NowCast concentration of an hour, unrounded; None where it needs more hours.

    Args:
        hours: hourly means in one unit, the current hour first; None: not measured; what is beyond
            the twelfth does not count.

    Raises:
        NegativeConcentrationError: a concentration is below zero.
    """
    measured = [(ago, Fraction(each)) for ago, each in enumerate(hours[:HOURS]) if each is not None]
    if any(each < 0 for _, each in measured):
        raise NegativeConcentrationError("an hour is below zero")
    if sum(ago < RECENT for ago, _ in measured) < LEAST_RECENT:
        return None
    values = [each for _, each in measured]
    highest = max(values)
    weight = max(LEAST_WEIGHT, min(values) / highest) if highest else Fraction(1)
    weights = [weight**ago for ago, _ in measured]
    total = sum((each * own for each, own in zip(values, weights, strict=True)), Fraction())
    return total / sum(weights)
