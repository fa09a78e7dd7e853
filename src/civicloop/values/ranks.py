"""Places in a ranking where equal values share a place: 1, 2, 2, 4."""

from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

Exact = Decimal | Fraction | int


def rank_with_ties(values: Sequence[Exact], descending: bool) -> list[int]:  # noqa: FBT001
    """Rank values by standard competition: 1 + the number of values that are better.

    Rank what is published, i.e. rounded: cities that show the same figure stand side by side.
    The place from the bottom is the same question asked the other way round:
    `rank_with_ties(values, not descending)`.

    Args:
        values: one value per place, in any order.
        descending: whether the highest value is first.

    Returns:
        The place of each value, in the order given.
    """
    ordered = sorted(-value if descending else value for value in values)
    return [1 + bisect_left(ordered, -value if descending else value) for value in values]
