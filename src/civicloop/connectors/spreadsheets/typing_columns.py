"""Read the columns of a chunk and collect what is wrong with its rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from civicloop.connectors.spreadsheets.cells import (
    ERROR_VALUES,
    CellError,
    RememberingParser,
    Value,
    parser_for,
)
from civicloop.connectors.spreadsheets.dates import TimeRules
from civicloop.connectors.spreadsheets.fields import Field
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.mapping import ImportMapping
from civicloop.connectors.spreadsheets.problems import ProblemCode
from civicloop.connectors.spreadsheets.shape import DateOrder, SheetShape
from civicloop.connectors.spreadsheets.sources import Flaw

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Flaws = dict[int, list[Flaw]]  # by position of the row in its chunk
Columns = dict[Field, list[Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRules:
    """Everything that decides how the cells of a file are read."""

    mapping: ImportMapping
    times: TimeRules
    limits: Limits
    is_ragged_row_a_problem: bool


def field_columns(sheet: SheetShape) -> dict[Field, int]:
    """Return the position of each field's column."""
    return {
        column.field: index
        for index, column in enumerate(sheet.columns)
        if column.field is not Field.IGNORE
    }


class ColumnReader:
    """Reads the known columns of one sheet, chunk after chunk."""

    def __init__(self, sheet: SheetShape, rules: TableRules) -> None:
        self._rules = rules
        self._positions = field_columns(sheet)
        self._parsers = {
            field: RememberingParser(
                parser_for(field, rules.mapping, _with_order(rules.times, sheet, position))
            )
            for field, position in self._positions.items()
        }
        self._constants = {
            field: parser_for(field, replace(rules.mapping, value_names={}), rules.times)(text)
            for field, text in rules.mapping.constants.items()
        }

    def read(self, rows: list[list[str]], flaws: Flaws) -> Columns:
        """Return the values of every known field, one per row; add what is wrong to ``flaws``."""
        cells = list(zip(*rows, strict=False))
        columns: Columns = {}
        for field, position in self._positions.items():
            columns[field] = self._read_column(field, cells[position], flaws)
        for field, constant in self._constants.items():
            found = columns.get(field, [None] * len(rows))
            columns[field] = [constant if v is None or v == "" else v for v in found]
        self._require_time(columns, len(rows), flaws)
        return columns

    def _read_column(self, field: Field, cells: Sequence[str], flaws: Flaws) -> list[Value]:
        position = self._positions[field]
        parser = self._parsers[field]
        values = parser.read(cells)
        for index in _positions_of(parser.errors, cells):
            error = parser.errors[cells[index]]
            _add(flaws, index, Flaw(position, error.code, error.params))
        if not ERROR_VALUES.isdisjoint(cells):
            for index in _positions_of(ERROR_VALUES, cells):
                _replace(flaws, index, Flaw(position, ProblemCode.ERROR_VALUE, {}))
        return values

    def _require_time(self, columns: Columns, count: int, flaws: Flaws) -> None:
        if not self._rules.mapping.time_required:
            return
        times = columns.get(Field.RECEIVED_AT, [None] * count)
        if None not in times:
            return
        position = self._positions[Field.RECEIVED_AT]
        for index, time in enumerate(times):
            if time is None and not _has_flaw(flaws, index, position):
                _add(flaws, index, Flaw(position, ProblemCode.MISSING_TIME, {}))

    def require_text(
        self, columns: Columns, covered: dict[tuple[int, int], int], flaws: Flaws
    ) -> None:
        """Note the rows without text and subject; ``covered`` tells those under a merged cell."""
        fields = [field for field in (Field.TEXT, Field.SUBJECT) if field in self._positions]
        found = [columns[field] for field in fields]
        for index, values in enumerate(zip(*found, strict=True)):
            if any(values):
                continue
            positions = [self._positions[field] for field in fields]
            if any(_has_flaw(flaws, index, position) for position in positions):
                continue
            row = next((covered[index, p] for p in positions if (index, p) in covered), 0)
            if row:
                flaw = Flaw(positions[0], ProblemCode.MERGED_WITH_ABOVE, {"row": str(row)})
            else:
                flaw = Flaw(positions[0], ProblemCode.MISSING_TEXT, {})
            _add(flaws, index, flaw)


def mend_characters(rows: list[list[str]], limits: Limits, flaws: Flaws) -> None:
    """Find over-long cells, NUL and undecodable bytes; the last two get a visible stand-in."""
    longest = max(map(len, chain.from_iterable(rows)), default=0)
    if longest > limits.max_cell_characters:
        for index, row in enumerate(rows):
            _note_long_cells(index, row, limits.max_cell_characters, flaws)
    everything = "".join(chain.from_iterable(rows))
    if "\0" in everything or not _is_encodable(everything):
        for index, row in enumerate(rows):
            _mend_row(index, row, flaws)


def _note_long_cells(index: int, row: list[str], limit: int, flaws: Flaws) -> None:
    for column, cell in enumerate(row):
        if len(cell) > limit:
            params = {"characters": str(len(cell)), "limit": str(limit)}
            _add(flaws, index, Flaw(column, ProblemCode.TOO_LONG, params))


def _mend_row(index: int, row: list[str], flaws: Flaws) -> None:
    for column, cell in enumerate(row):
        if "\0" in cell:
            _add(flaws, index, Flaw(column, ProblemCode.NUL_CHARACTER, {}))
            row[column] = cell.replace("\0", "␀")
        if not _is_encodable(cell):
            _add(flaws, index, Flaw(column, ProblemCode.UNREADABLE_CHARACTERS, {}))
            row[column] = _LONE_SURROGATE.sub("\ufffd", row[column])


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _with_order(times: TimeRules, sheet: SheetShape, position: int) -> TimeRules:
    """Let the order of day and month that a column shows count.

    When the mapping says another order than the column proves, neither is believed.
    """
    shown = sheet.columns[position].date_order
    if times.order and shown and times.order is not shown:
        return replace(times, order=DateOrder.UNKNOWN)
    return replace(times, order=times.order or shown)


def _positions_of(wanted: dict[str, CellError] | frozenset[str], cells: Sequence[str]) -> list[int]:
    return [index for index, cell in enumerate(cells) if cell in wanted] if wanted else []


def _add(flaws: Flaws, index: int, flaw: Flaw) -> None:
    flaws.setdefault(index, []).append(flaw)


def _replace(flaws: Flaws, index: int, flaw: Flaw) -> None:
    """Put a flaw in the place of whatever was found wrong with the same cell."""
    others = [other for other in flaws.get(index, []) if other.column != flaw.column]
    flaws[index] = [*others, flaw]


def _has_flaw(flaws: Flaws, index: int, column: int) -> bool:
    return any(flaw.column == column for flaw in flaws.get(index, ()))
