"""An indicator as it is defined once: what is counted, how it is rounded, compared and judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from civicloop.engines.indicators.expressions import Expression
from civicloop.engines.indicators.periods import PeriodKind

Words = Mapping[str, str]  # by language: zh, en


class Kind(StrEnum):
    """What sort of number it is; from it follows how it changes."""

    COUNT = "count"
    FLOW = "flow"  # an amount that adds up over time
    STOCK = "stock"  # the state at the end of a period
    LEVEL = "level"  # a mean or a percentile
    RATE = "rate"  # a share of a whole
    GROWTH = "growth"  # a rate of growth that somebody states
    INDEX = "index"


class Direction(StrEnum):
    """Which way is better; colour follows it, never the sign."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class ChangeKind(StrEnum):
    """What a change is counted in."""

    PERCENT = "percent"
    POINTS = "pp"
    NONE = "none"


class PriceBasis(StrEnum):
    """Prices of which time an amount is counted in."""

    CURRENT = "current"
    COMPARABLE = "comparable"  # growth at these is never computed from current-price levels


class Scope(StrEnum):
    """Among whom an indicator is ranked: the areas of one level that lie in the same one."""

    PROVINCE = "province"  # cities of a province
    CITY = "city"  # counties of a city


CHANGE_OF_KIND = {
    Kind.RATE: ChangeKind.POINTS,
    Kind.GROWTH: ChangeKind.POINTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Numerator over denominator, both added up over rows: never a mean of means."""

    table: str
    where: Expression | None
    numerator: Expression
    denominator: Expression | None  # None: the numerator is the figure
    times: int  # 100 for a share in %


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """A percentile of rows, by linear interpolation; it is not additive."""

    table: str
    where: Expression | None
    value: Expression
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a source states for the very period; never recomputed."""

    series: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Numbers of a formula, in force from a day to a day."""

    code: str
    valid_from: date | None
    valid_to: date | None
    values: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """Calculated from other indicators, as they are published, and parameters."""

    formula: Expression
    uses: Mapping[str, str]  # code of an indicator by its name in the formula
    editions: tuple[Parameters, ...]


Calculation = Counted | Percentile | Stated | Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """From which value on a year's light is green, or amber."""

    green: Decimal
    amber: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One indicator."""

    code: str  # air.good_share
    title: Words
    unit: str
    kind: Kind
    direction: Direction
    calculation: Calculation
    periods: frozenset[PeriodKind]
    decimals: int
    change: ChangeKind
    change_decimals: int
    scope: Scope | None  # None: it is not ranked
    gap_to: Scope | None  # beside the figure of the area around
    adds_up: bool  # whether areas are added up to a whole
    parts: tuple[tuple[str, ...], ...]  # lists of indicators, each of which adds up to this one
    least_denominator: int  # fewer make the figure provisional
    least_share_of_days: Fraction | None
    exclude: tuple[str, ...]  # flags of rows that do not count
    roster: str  # only members of this list count; "": all
    targets: Mapping[int, Target]  # by year
    bounds: tuple[Decimal | None, Decimal | None]  # impossible beyond
    price_basis: PriceBasis | None
    smallest_published: int  # counts of fewer people are not shown to the public; 0: all are
    hides_with: tuple[str, ...]  # indicators whose small counts it would give away beside a total
    fresh_days: int | None  # days after a period's end by which its data should be there
    author: Words
    checker: Words
    source: Words
    next_review_day: date
    unverified: tuple[Words, ...]  # parts that no primary text confirms
