"""Change against the same period a year before, and places among cities.

The index changes in %, from published (rounded) values; a rate in percentage points. Where the
rules changed between the two periods, both are computed on each basis, never one against the other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from civicloop.values.changes import Change
from civicloop.values.ranks import rank_with_ties


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBasis:
    """Two values on one basis and the change between them."""

    basis: str  # code of the edition that both values follow
    now: Decimal | None
    before: Decimal | None
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a ranking; equal values share it."""

    from_top: int
    from_bottom: int


Basis = TypeVar("Basis")


def changes_on_each_basis(
    bases: Mapping[str, Basis],
    values: Callable[[Basis], tuple[Decimal | None, Decimal | None]],
    change: Callable[[Decimal | None, Decimal | None], Change],
) -> list[OnBasis]:
    """Compute a change on every basis that was in force in either period.

    Args:
        bases: the editions by their codes, the oldest first; one if the rules did not change.
        values: gives the value of the period and of the one before by an edition.
        change: `percent_change` or `point_change`.
    """
    found = []
    for code, basis in bases.items():
        now, before = values(basis)
        found.append(OnBasis(basis=code, now=now, before=before, change=change(now, before)))
    return found


def places(values: Sequence[Decimal], *, is_high_good: bool) -> list[Place]:
    """Rank published values from both ends: 1, 2, 2, 4."""
    from_top = rank_with_ties(values, descending=is_high_good)
    from_bottom = rank_with_ties(values, descending=not is_high_good)
    return [
        Place(from_top=top, from_bottom=bottom)
        for top, bottom in zip(from_top, from_bottom, strict=True)
    ]
