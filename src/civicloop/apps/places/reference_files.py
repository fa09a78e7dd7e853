"""Read the tables a city brings along: areas, units, topics, channels; from CSV or a workbook."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from civicloop.connectors.spreadsheets import (
    Field,
    FileShape,
    ImportMapping,
    ProblemCode,
    Row,
    UnreadableCode,
    UnreadableFileError,
    inspect,
    read_rows,
)
from civicloop.connectors.spreadsheets.fields import normalise_header

_HEADER_ROWS = (1, 2, 3)  # a title and a remark may stand above
_SHOWN = 60  # characters of a wrong cell
# any first column will do: only the cells are used
_TABLES = {
    row: ImportMapping(
        columns={"@A": Field.TEXT}, header_row=row, time_required=False, every_column=True
    )
    for row in _HEADER_ROWS
}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


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
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    TOO_MANY_CELLS = "too_many_cells"
    UNCLOSED_QUOTE = "unclosed_quote"
    UNREADABLE_CHARACTERS = "unreadable_characters"


_FLAWS = {
    ProblemCode.FORMULA_WITHOUT_VALUE: ReferenceCode.FORMULA_WITHOUT_VALUE,
    ProblemCode.TOO_MANY_CELLS: ReferenceCode.TOO_MANY_CELLS,
    ProblemCode.UNCLOSED_QUOTE: ReferenceCode.UNCLOSED_QUOTE,
    ProblemCode.UNREADABLE_CHARACTERS: ReferenceCode.UNREADABLE_CHARACTERS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceProblem:
    """One thing wrong with one row; row 1 is the header."""

    code: ReferenceCode
    row: int
    column: str  # as the table calls it, or should
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
    headers: Mapping[str, str]  # as the table calls its columns, or should

    def problem(self, code: ReferenceCode, column: str) -> ReferenceProblem:
        value = self.values.get(column, "")
        if len(value) > _SHOWN:
            value = f"{value[:_SHOWN]}…"
        return ReferenceProblem(
            code=code, row=self.number, column=self.headers[column], value=value
        )


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
        ReferenceFileError: a required column is missing, or a row cannot be made out.
        UnreadableFileError: the file is no table.
    """
    shape, mapping = _shape_of(path, columns, required)
    found = [column.header for column in shape.sheets[0].columns]
    positions = _positions(found, columns)
    headers = {
        name: known[0] if (place := positions[name]) is None else found[place]
        for name, known in columns.items()
    }
    rows = [
        row
        for batch in read_rows(path, shape=shape, today=day, mapping=mapping)
        for row in batch.rows
        if row.sheet == shape.sheets[0].name
    ]
    refuse(_flaws(rows, set(headers.values())))
    return [
        ReferenceRow(number=row.number, values=_values(row.cells, positions), headers=headers)
        for row in rows
    ]


def _flaws(rows: Iterable[Row], headers: Container[str]) -> Iterator[ReferenceProblem]:
    """Yield what the reader could not make out; an empty cell in its place would say something."""
    for row in rows:
        for problem in row.problems:
            is_read = not problem.header or problem.header in headers
            if is_read and problem.code in _FLAWS:
                yield ReferenceProblem(
                    code=_FLAWS[problem.code],
                    row=row.number,
                    column=problem.header,
                    value=problem.value[:_SHOWN],
                )


def _shape_of(
    path: Path, columns: Mapping[str, Sequence[str]], required: Sequence[str]
) -> tuple[FileShape, ImportMapping]:
    """Return the table's shape by the first row that names every required column."""
    missing = list(required)
    for row, mapping in _TABLES.items():
        try:
            shape = inspect(path, mapping=mapping)
        except UnreadableFileError as error:
            if row > 1 or error.code == UnreadableCode.NO_TEXT_COLUMN:
                break  # no rows are left
            raise
        positions = _positions([each.header for each in shape.sheets[0].columns], columns)
        lacking = [name for name in required if positions[name] is None]
        if not lacking:
            return shape, mapping
        missing = missing if row > 1 else lacking
    raise ReferenceFileError(
        [
            ReferenceProblem(code=ReferenceCode.MISSING_COLUMN, row=1, column=columns[name][0])
            for name in missing
        ]
    )


def _positions(found: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[str, int | None]:
    headers = [normalise_header(header) for header in found]
    return {name: _position(headers, [name, *known]) for name, known in columns.items()}


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
        name: cells[place].translate(_INVISIBLE).strip()
        if place is not None and place < len(cells)
        else ""
        for name, place in positions.items()
    }
