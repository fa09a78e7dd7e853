"""What figures are made from: counts of rows, stated values, lists of members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from civicloop.engines.indicators.periods import Month
from civicloop.engines.indicators.tallies import Tally

WHOLE = ""  # the area of a figure over all areas


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedValue:
    """What a source states of an area and period, in the vintage that was known."""

    value: Decimal | None  # None: the source says that there is none
    status: str = ""  # preliminary, revised, final
    basis: str = ""  # rules or prices that it follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """One version of a list of members, such as the firms of the key chains."""

    number: int
    valid_from: date
    members: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which months a table of facts is kept for, and which of its tables must report."""

    first: Month
    last: Month
    is_reported: bool = False
    is_daily: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that figures of one day of knowledge are made from."""

    tallies: Mapping[str, Sequence[Tally]] = field(default_factory=dict)  # by indicator
    coverage: Mapping[str, Coverage] = field(default_factory=dict)  # by table
    stated: Mapping[tuple[str, str, str], StatedValue] = field(default_factory=dict)
    rosters: Mapping[str, Sequence[Roster]] = field(default_factory=dict)

    def roster_on(self, code: str, day: date) -> Roster | None:
        """Return the version of a list that is in force on a day."""
        known = [each for each in self.rosters.get(code, ()) if each.valid_from <= day]
        return max(known, key=lambda each: (each.valid_from, each.number), default=None)
