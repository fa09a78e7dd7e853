"""The composite index (环境空气质量综合指数): Σ C/S over the six pollutants, lower is better.

Each item C/S is rounded to two decimals, half to even, before the items are added. That is read
off published bulletins, all of which it reproduces, whereas rounding the sum does not.
C: means of SO2, NO2, PM10, PM2.5; 95th percentile of CO's days; 90th percentile of O3's highest
8-hour means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from civicloop.engines.air.editions import LimitEdition
from civicloop.engines.air.periods import PollutantFigures
from civicloop.engines.air.pollutants import Exact, Pollutant
from civicloop.values.rounding import round_half_even

BY_PERCENTILE = (Pollutant.CO, Pollutant.O3)
PUBLISHED_DECIMALS = {Pollutant.CO: 1}  # others are published as integers


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeIndex:
    """The index of a period by one edition of the limits."""

    edition: str  # code of the limits
    items: Mapping[Pollutant, Decimal]  # two decimals
    value: Decimal | None  # None if a pollutant is missing

    @property
    def shares(self) -> dict[Pollutant, Decimal]:
        """What each pollutant contributes in %, one decimal; {} without a value or of zero."""
        if not self.value:
            return {}
        whole = Fraction(self.value)
        return {each: round_half_even(100 * item / whole, 1) for each, item in _exact(self.items)}

    @property
    def largest(self) -> tuple[Pollutant, ...]:
        """The pollutants with the largest item, side by side."""
        highest = max(self.items.values(), default=None)
        return tuple(each for each, item in self.items.items() if item == highest)


def published_concentrations(
    figures: Mapping[Pollutant, PollutantFigures],
) -> dict[Pollutant, Decimal | None]:
    """Return what the composite index uses of each pollutant, rounded once as it is published."""
    found: dict[Pollutant, Decimal | None] = {}
    for pollutant, each in figures.items():
        value = each.percentile if pollutant in BY_PERCENTILE else each.mean
        decimals = PUBLISHED_DECIMALS.get(pollutant, 0)
        found[pollutant] = None if value is None else round_half_even(value, decimals)
    return found


def composite_index(
    concentrations: Mapping[Pollutant, Exact | None], edition: LimitEdition
) -> CompositeIndex:
    """Compute the index from published concentrations.

    Args:
        concentrations: as published; µg/m³, CO in mg/m³; absent and None are the same.
        edition: the limits, and weights if an optional profile has them.
    """
    items = {
        pollutant: round_half_even(Fraction(value) / Fraction(limit), 2)
        * edition.weights[pollutant]
        for pollutant, limit in edition.limits.items()
        if (value := concentrations.get(pollutant)) is not None
    }
    is_whole = len(items) == len(edition.limits)
    value = sum(items.values(), Decimal(0)) if is_whole else None
    return CompositeIndex(edition=edition.code, items=items, value=value)


def _exact(items: Mapping[Pollutant, Decimal]) -> list[tuple[Pollutant, Fraction]]:
    return [(pollutant, Fraction(item)) for pollutant, item in items.items()]
