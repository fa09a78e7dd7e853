"""Parquet files of facts: whole numbers in the last decimal, texts, flags; nothing is a float."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from civicloop.engines.indicators.evaluating import Value
from civicloop.engines.indicators.expressions import Type
from civicloop.engines.indicators.tables import COMMON, Column, Table
from civicloop.engines.indicators.tallies import FactRow

Cell = int | str | bool | None
_TYPES = {Type.NUMBER: pa.int64(), Type.TEXT: pa.string(), Type.FLAG: pa.bool_()}


class UnfitNumberError(ValueError):
    """A number has more digits than its column holds; the message says which."""


def write_facts(table: Table, rows: Iterable[tuple[FactRow, str]], file: Path) -> Path:
    """Write the rows of a table, each with a reference to what it was made from.

    The file appears whole or not at all, and is the same byte for byte for the same rows.

    Raises:
        UnfitNumberError: a number does not fit into its column.
    """
    listed = list(rows)
    arrays = {
        "area": pa.array([row.area for row, _ in listed], pa.string()),
        "member": pa.array([row.member for row, _ in listed], pa.string()),
        "day": pa.array([row.day for row, _ in listed], pa.date32()),
        "ref": pa.array([ref for _, ref in listed], pa.string()),
    }
    for name, column in table.columns.items():
        values = [_cell(row.cells.get(name), name, column) for row, _ in listed]
        arrays[name] = pa.array(values, _TYPES[column.type])
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(file.name + ".part")
    pq.write_table(pa.table(arrays), unfinished, compression="zstd")
    unfinished.replace(file)
    return file


def read_facts(table: Table, file: Path) -> list[tuple[FactRow, str]]:
    """Read back what `write_facts` wrote."""
    columns = {**COMMON, **table.columns}
    found = []
    for cells in pq.read_table(file).to_pylist():
        row = FactRow(
            area=cells["area"],
            day=cells["day"],
            member=cells["member"],
            cells={name: _value(cells[name], columns[name]) for name in table.columns},
        )
        found.append((row, cells["ref"]))
    return found


def _cell(value: Value, name: str, column: Column) -> Cell:
    if value is None or isinstance(value, str | bool):
        return value
    whole = Fraction(value) * 10**column.decimals
    if whole.denominator != 1 or abs(whole) >= 10**column.digits:
        text = f"{value} does not fit {name}: {column.digits} digits, {column.decimals} decimals"
        raise UnfitNumberError(text)
    return int(whole)


def _value(cell: Cell, column: Column) -> Value:
    if cell is None or column.type is not Type.NUMBER:
        return cell if isinstance(cell, bool | None) else str(cell)
    return Fraction(int(cell), 10**column.decimals)
