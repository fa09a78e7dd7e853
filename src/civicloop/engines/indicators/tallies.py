"""What an indicator counts, month by month: the plan that every engine of rows follows, and its oracle.

Numerators and denominators of months add up to those of years; percentiles do not, so for them each
value is counted, and the percentile of any months is found from the counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from civicloop.engines.indicators.checking import shape_of
from civicloop.engines.indicators.definitions import Counted, Definition, Percentile
from civicloop.engines.indicators.evaluating import Row, Value, value_of
from civicloop.engines.indicators.expressions import (
    Both,
    Expression,
    Flag,
    Missing,
    Name,
    Not,
    Type,
)
from civicloop.engines.indicators.periods import Month
from civicloop.engines.indicators.tables import COMMON, Column, Table

MOST_VALUES = 100_000  # different values of a percentile in a month; beyond it is no measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be counted over the rows of a table."""

    table: str
    columns: Mapping[str, Column]
    where: Expression  # rows that the indicator is about
    kept: Expression  # those of them that are not left out
    numerator: Expression | None  # None: the values are counted
    denominator: Expression | None
    value: Expression | None
    by_member: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counts of one area, member and month."""

    area: str
    member: str  # "" where members do not matter
    month: Month
    rows: int  # that count
    left_out: int
    numerator: Fraction = Fraction()
    denominator: Fraction = Fraction()
    values: Mapping[Fraction, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One row of a table of facts."""

    area: str
    day: date
    member: str
    cells: Row


def plan_of(definition: Definition, tables: Mapping[str, Table]) -> Plan | None:
    """Return what a definition counts over rows; None if it counts none."""
    calculation = definition.calculation
    if not isinstance(calculation, Counted | Percentile):
        return None
    kept: Expression = Flag(value=True)
    for flag in definition.exclude:
        name = Name(flag, 0)
        stays = Both("or", Missing(name, 0), Not(name, 0), 0)
        kept = stays if isinstance(kept, Flag) else Both("and", kept, stays, 0)
    counted = calculation if isinstance(calculation, Counted) else None
    percentile = calculation if isinstance(calculation, Percentile) else None
    return Plan(
        table=calculation.table,
        columns={**COMMON, **tables[calculation.table].columns},
        where=calculation.where or Flag(value=True),
        kept=kept,
        numerator=counted.numerator if counted else None,
        denominator=counted.denominator if counted else None,
        value=percentile.value if percentile else None,
        by_member=bool(definition.roster) or tables[calculation.table].is_reported,
    )


def tally_rows(plan: Plan, rows: Iterable[FactRow]) -> list[Tally]:
    """Count rows one by one: the oracle of every fast path. Areas, members and months in order."""
    found: dict[tuple[str, str, Month], _Sums] = {}
    for row in rows:
        cells = {**row.cells, "area": row.area, "member": row.member}
        if value_of(plan.where, cells) is not True:
            continue
        key = (row.area, row.member if plan.by_member else "", Month.of(row.day))
        sums = found.setdefault(key, _Sums())
        if value_of(plan.kept, cells) is True:
            sums.add(plan, cells)
        else:
            sums.left_out += 1
    return [
        Tally(
            area=area,
            member=member,
            month=month,
            rows=sums.rows,
            left_out=sums.left_out,
            numerator=sums.numerator,
            denominator=sums.denominator,
            values=dict(sums.values),
        )
        for (area, member, month), sums in sorted(found.items(), key=lambda each: each[0])
    ]


class _Sums:
    def __init__(self) -> None:
        self.rows = self.left_out = 0
        self.numerator = self.denominator = Fraction()
        self.values: Counter[Fraction] = Counter()

    def add(self, plan: Plan, cells: Row) -> None:
        self.rows += 1
        if plan.numerator is not None:
            self.numerator += _counted(value_of(plan.numerator, cells))
        if plan.denominator is not None:
            self.denominator += _counted(value_of(plan.denominator, cells))
        value = value_of(plan.value, cells) if plan.value is not None else None
        if isinstance(value, Fraction):
            self.values[value] += 1


def _counted(value: Value) -> Fraction:
    """A row that is true counts one; a number counts as it is; what is unknown does not count."""
    if isinstance(value, bool):
        return Fraction(int(value))
    return value if isinstance(value, Fraction) else Fraction()


def percentile_of(values: Mapping[Fraction, int], share: Fraction) -> Fraction | None:
    """Return a percentile of counted values, between neighbours in a straight line (HJ 663-2013)."""
    count = sum(values.values())
    if not count:
        return None
    place = (count - 1) * share
    low = int(place)
    one, other = _at(values, low), _at(values, min(low + 1, count - 1))
    return one + (other - one) * (place - low)


def _at(values: Mapping[Fraction, int], position: int) -> Fraction:
    for value in sorted(values):
        position -= values[value]
        if position < 0:
            return value
    raise IndexError(position)  # pragma: no cover  positions are below the count


def decimals_of(expression: Expression, plan: Plan) -> int:
    """Return in which decimal a sum of the expression is counted; 0 for rows that are true."""
    shape = shape_of(expression, plan.columns)
    return shape.decimals if shape.type is Type.NUMBER else 0
