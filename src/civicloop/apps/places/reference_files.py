"""Read the tables a city brings along: areas, units, topics, channels; from CSV or a workbook."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from civicloop.connectors.spreadsheets import Field, ImportMapping, inspect, read_rows
from civicloop.connectors.spreadsheets.fields import normalise_header

# any first column will do: only the cells are used
_ANY_TABLE = ImportMapping(columns={"@A": Field.TEXT}, header_row=1, time_required=False)


class ReferenceCode(StrEnum):
    """What can be wrong with a row of such a table."""

    MISSING_COLUMN = "missing_column"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    WRONG_CODE = "wrong_code"
    UNKNOWN_LEVEL = "unknown_level"
    UNKNOWN_AREA = "unknown_area"
    UNKNOWN_PARENT = "unknown_parent"
    UNKNOWN_UNIT = "unknown_unit"
    WRONG_DAY = "wrong_day"
    UNKNOWN_DAY_KIND = "unknown_day_kind"
    GAP_IN_LEVELS = "gap_in_levels"
    TWICE = "twice"
    NO_DAY = "no_day"
    NEITHER_YES_NOR_NO = "neither_yes_nor_no"
    UNKNOWN_CASE = "unknown_case"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceProblem:
    """One thing wrong with one row; row 1 is the header."""

    code: ReferenceCode
    row: int
    column: str
    value: str = ""


class ReferenceFileError(ValueError):
    """The table cannot be used; nothing of it was loaded."""

    def __init__(self, problems: Sequence[ReferenceProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{p.row} {p.column} {p.code}" for p in problems[:5]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRow:
    """One row; its values by the names of the columns asked for, "" where there is none."""

    number: int
    values: Mapping[str, str]

    def problem(self, code: ReferenceCode, column: str) -> ReferenceProblem:
        value = self.values.get(column, "")
        return ReferenceProblem(code=code, row=self.number, column=column, value=value)


def read_reference_file(
    path: Path, *, columns: Mapping[str, Sequence[str]], required: Sequence[str], day: date
) -> list[ReferenceRow]:
    """The rows of the first sheet, every required cell filled.

    Args:
        path: CSV or workbook with one header row.
        columns: the names of the columns, each with the headers that mean it.
        required: the columns that must be there and filled.
        day: today.

    Raises:
        ReferenceFileError: a required column is missing, or a cell of it is empty.
        UnreadableFileError: the file is no table.
    """
    rows = read_table_rows(path, columns=columns, required=required, day=day)
    refuse(
        row.problem(ReferenceCode.EMPTY, name)
        for row in rows
        for name in required
        if not row.values[name]
    )
    return rows


def read_table_rows(
    path: Path, *, columns: Mapping[str, Sequence[str]], required: Sequence[str], day: date
) -> list[ReferenceRow]:
    """The rows of the first sheet as they are; only their columns are checked.

    Raises:
        ReferenceFileError: a required column is missing.
        UnreadableFileError: the file is no table.
    """
    shape = inspect(path, mapping=_ANY_TABLE)
    headers = [normalise_header(column.header) for column in shape.sheets[0].columns]
    positions = {name: _position(headers, [name, *known]) for name, known in columns.items()}
    missing = [name for name in required if positions[name] is None]
    if missing:
        problems = [
            ReferenceProblem(code=ReferenceCode.MISSING_COLUMN, row=1, column=name)
            for name in missing
        ]
        raise ReferenceFileError(problems)
    return [
        ReferenceRow(number=row.number, values=_values(row.cells, positions))
        for batch in read_rows(path, shape=shape, today=day, mapping=_ANY_TABLE)
        for row in batch.rows
        if row.sheet == shape.sheets[0].name
    ]


def refuse(problems: Iterable[ReferenceProblem]) -> None:
    """Raise the problems if there are any."""
    found = list(problems)
    if found:
        raise ReferenceFileError(found)


def _position(headers: Sequence[str], known: Sequence[str]) -> int | None:
    for name in known:
        if normalise_header(name) in headers:
            return headers.index(normalise_header(name))
    return None


def _values(cells: Sequence[str], positions: Mapping[str, int | None]) -> dict[str, str]:
    return {
        name: cells[place].strip() if place is not None and place < len(cells) else ""
        for name, place in positions.items()
    }
