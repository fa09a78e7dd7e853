"""Count what indicators count, over Parquet files of facts, on DuckDB or on Spark.

Ibis writes the statement for the engine; it only filters, counts and adds up whole numbers, so that
both engines give what `tally_rows` gives. Nothing is divided or rounded there.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import ibis

from civicloop.analytics.indicators.compiling import IbisValue, Scope, compiled
from civicloop.analytics.indicators.row_engines import RowEngine
from civicloop.engines.indicators.expressions import Expression, Type
from civicloop.engines.indicators.periods import Month
from civicloop.engines.indicators.tables import Column
from civicloop.engines.indicators.tallies import Plan, Tally, decimals_of

TYPES = {Type.NUMBER: "int64", Type.TEXT: "string", Type.FLAG: "boolean"}
FACTS = "facts"  # the name of the table in a statement
_SUM = "decimal(38, 0)"  # more rows of 18 digits than there are


def tally(plan: Plan, files: Sequence[Path], engine: RowEngine) -> list[Tally]:
    """Return what `tally_rows` of the engine returns, from files of facts.

    Raises:
        RowEngineError: the engine cannot be reached, or gave up.
    """
    if not files:
        return []
    rows = _rows(plan)
    counted = engine.rows(_sums(plan, rows), files)
    values = _values_by_key(plan, engine.rows(_values(plan, rows), files)) if plan.value else {}
    found = [_tally(plan, row, values) for row in counted]
    return sorted(found, key=lambda each: (each.area, each.member, each.month))


def schema_of(columns: Mapping[str, Column]) -> dict[str, str]:
    """Return what a table of facts looks like to Ibis."""
    types = {name: TYPES[column.type] for name, column in columns.items()}
    return {**types, "day": "date", "ref": "string"}


def _rows(plan: Plan) -> IbisValue:
    """Give the rows that the indicator is about, with what is to be counted as columns of their own."""
    facts = ibis.table(schema_of(plan.columns), name=FACTS)
    scope = Scope(facts, plan.columns)
    counted = {
        "is_kept": ibis.coalesce(compiled(plan.kept, scope).value, ibis.literal(value=False))
    }
    for name, expression in _counted(plan).items():
        counted[name] = compiled(expression, scope).value
    return facts.filter(compiled(plan.where, scope).value).mutate(**counted)


def _counted(plan: Plan) -> dict[str, Expression]:
    found = {"numerator": plan.numerator, "denominator": plan.denominator, "value": plan.value}
    return {name: each for name, each in found.items() if each is not None}


def _keys(plan: Plan, rows: IbisValue) -> dict[str, IbisValue]:
    keys = {"area": rows.area, "month": rows.day.year() * 12 + rows.day.month() - 1}
    return keys | ({"member": rows.member} if plan.by_member else {})


def _sums(plan: Plan, rows: IbisValue) -> IbisValue:
    counts = {"counted": rows.is_kept.ifelse(1, 0).sum(), "every": rows.count()}
    for name in _counted(plan).keys() - {"value"}:
        counts[name] = _sum(rows.is_kept, rows[name])
    return rows.group_by(**_keys(plan, rows)).aggregate(**counts)


def _sum(is_kept: IbisValue, value: IbisValue) -> IbisValue:
    if value.type().is_boolean():
        return (is_kept & value).ifelse(1, 0).sum()
    return ibis.cases((is_kept, value)).cast(_SUM).sum()


def _values(plan: Plan, rows: IbisValue) -> IbisValue:
    kept = rows.filter(rows.is_kept)
    return kept.group_by(**_keys(plan, kept), value=kept.value).aggregate(times=kept.count())


def _tally(plan: Plan, row: dict[str, Any], values: dict[Any, dict[Fraction, int]]) -> Tally:
    return Tally(
        area=row["area"],
        member=row.get("member", ""),
        month=Month.numbered(int(row["month"])),
        rows=int(row["counted"]),
        left_out=int(row["every"]) - int(row["counted"]),
        numerator=_exact(plan, plan.numerator, row.get("numerator")),
        denominator=_exact(plan, plan.denominator, row.get("denominator")),
        values=values.get(_key(row), {}),
    )


def _values_by_key(plan: Plan, rows: list[dict[str, Any]]) -> dict[Any, dict[Fraction, int]]:
    found: dict[Any, dict[Fraction, int]] = {}
    for row in rows:
        if row["value"] is not None:
            value = _exact(plan, plan.value, row["value"])
            found.setdefault(_key(row), {})[value] = int(row["times"])
    return found


def _key(row: dict[str, Any]) -> tuple[str, str, int]:
    return row["area"], row.get("member", ""), int(row["month"])


def _exact(plan: Plan, expression: Expression | None, whole: IbisValue) -> Fraction:
    """Turn a whole number in the last decimal to the number that it stands for."""
    if expression is None or whole is None:
        return Fraction()
    return Fraction(int(whole), 10 ** decimals_of(expression, plan))
