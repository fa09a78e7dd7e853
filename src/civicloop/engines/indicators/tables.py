"""Tables of facts: what columns there are, and how many digits each can hold.

A number is kept as a whole number of its last decimal, so that every engine that adds rows up gives
the same sum to the last digit.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from civicloop.engines.indicators.expressions import Type

MOST_DIGITS = 18  # of a row's number in its last decimal: what 64 bits hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of facts."""

    type: Type
    decimals: int = 0  # of a number
    digits: int = 15  # of a number in its last decimal; larger ones are refused when they are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of facts; each row also has area, day, member and ref (what it was made from)."""

    code: str
    columns: Mapping[str, Column]
    is_daily: bool = False  # one row for each area and day, so days can be counted as valid
    is_reported: bool = False  # a month without rows was not reported; elsewhere it is a count of 0


COMMON = {
    "area": Column(type=Type.TEXT),
    "member": Column(type=Type.TEXT),
}
