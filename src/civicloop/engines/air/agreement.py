"""How far computed figures agree with published ones: counts, and where they part."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from civicloop.values.rounding import round_half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure that does not agree."""

    where: str  # the row as a person would name it
    published: str
    computed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One kind of figure, published and computed."""

    compared: int
    equal: int
    differences: tuple[Difference, ...]

    @property
    def percent(self) -> Decimal | None:
        """Share of equal figures in %, two decimals; None of none."""
        if not self.compared:
            return None
        return round_half_even(Fraction(100 * self.equal, self.compared), 2)


def agreement(pairs: Iterable[tuple[str, object, object]]) -> Agreement:
    """Compare figures that were published with those computed; rows without one are not given.

    Args:
        pairs: where it stands, what was published, what is computed.
    """
    compared, differences = 0, []
    for where, published, computed in pairs:
        compared += 1
        if published != computed:
            told = Difference(where=where, published=str(published), computed=str(computed))
            differences.append(told)
    equal = compared - len(differences)
    return Agreement(compared=compared, equal=equal, differences=tuple(differences))
