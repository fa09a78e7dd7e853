"""How often each pollutant was the primary one."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from civicloop.engines.air.pollutants import Pollutant
from civicloop.values.rounding import round_half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryCounts:
    """Days by primary pollutant; a day with two counts for both."""

    days: int  # that have one
    by_pollutant: Mapping[Pollutant, int]

    @property
    def shares(self) -> dict[Pollutant, Decimal]:
        """Of the days that have one, in %, one decimal; more than 100 together where days have two."""
        return {
            pollutant: round_half_even(Fraction(100 * count, self.days), 1)
            for pollutant, count in self.by_pollutant.items()
        }


def count_primaries(days: Iterable[Collection[Pollutant]]) -> PrimaryCounts:
    """Count the days of each primary pollutant; days without one count nowhere."""
    named = [set(primary) for primary in days if primary]
    counts = Counter(pollutant for primary in named for pollutant in primary)
    found = {pollutant: counts[pollutant] for pollutant in Pollutant if counts[pollutant]}
    return PrimaryCounts(days=len(named), by_pollutant=found)
