"""Write the workbook that goes back to the sender: the same rows, and what is wrong with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from civicloop.connectors.spreadsheets.shape import FileShape, SheetShape

LONGEST_CELL = 32_767  # characters; the format allows no more
_LAST_ROW = 1_048_575  # 0-based, of any worksheet
_LONGEST_NAME = 31
_REASON_WIDTH = 60
_TEXT_WIDTH = 20


class ReturnedRow(NamedTuple):
    """One row of the file with the words about it."""

    sheet: str  # as in ``Row.sheet``
    number: int
    cells: tuple[str, ...]
    reason: str  # "" for a row without problems
    cure: str
    bad_columns: frozenset[int]  # positions of the cells to colour


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedWording:
    """The words of the workbook, in the reader's language."""

    row_header: str  # of the column with the row number in the sender's file
    reason_header: str
    cure_header: str
    sheet_name: str  # for a CSV file, whose only sheet has no name
    too_long: str  # added to the reason when a cell does not fit into a workbook


def write_returned_workbook(
    target: Path | BinaryIO,
    *,
    shape: FileShape,
    rows: Iterable[ReturnedRow],
    wording: ReturnedWording,
) -> None:
    """Write the rows, sheet by sheet, with three more columns: row number, reason and cure.

    Everything is written as text, so that no id loses digits and nothing becomes a formula; the
    header is the file's own, so that the corrected workbook can be imported again. A cell that is
    too long for a workbook is left empty, coloured and spoken of: were it cut, a corrected
    workbook would bring in half a text.

    Args:
        target: Where to write.
        shape: What ``inspect`` said about the file.
        rows: In file order, rows of one sheet together; may be a generator, nothing is kept.
        wording: The words that are not in the file.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        writer = _Writer(workbook, shape, wording)
        for row in rows:
            writer.write(row)
        writer.require_sheet()


class _Writer:
    """Writes one row after the other and begins a new sheet where the old one ends."""

    def __init__(
        self, workbook: xlsxwriter.Workbook, shape: FileShape, wording: ReturnedWording
    ) -> None:
        self._workbook = workbook
        self._sheets = {sheet.name: sheet for sheet in shape.sheets}
        self._wording = wording
        self._header_format = workbook.add_format({"bold": True, "bg_color": "#E7ECF3"})
        self._text_format = workbook.add_format({"num_format": "@"})
        self._bad_format = workbook.add_format({"num_format": "@", "bg_color": "#F8CBC6"})
        self._words_format = workbook.add_format({"num_format": "@", "text_wrap": True})
        self._names: set[str] = set()
        self._sheet_name: str | None = None
        self._page: Worksheet | None = None
        self._line = 0
        self._width = 0

    def require_sheet(self) -> None:
        """Make sure that the workbook has a sheet even when there are no rows."""
        if self._page is None:
            self._begin(next(iter(self._sheets.values())))

    def write(self, row: ReturnedRow) -> None:
        page = self._page
        if page is None or row.sheet != self._sheet_name or self._line > _LAST_ROW:
            page = self._begin(self._sheets[row.sheet])
        page.write_number(self._line, 0, row.number)
        reason = row.reason
        for column, cell in enumerate(row.cells, start=3):
            if len(cell) > LONGEST_CELL:
                page.write_blank(self._line, column, None, self._bad_format)
                reason = f"{reason} {self._wording.too_long}".strip()
            elif column - 3 in row.bad_columns:
                page.write_string(self._line, column, cell, self._bad_format)
            elif cell:
                page.write_string(self._line, column, cell, self._text_format)
        page.write_string(self._line, 1, reason[:LONGEST_CELL], self._words_format)
        page.write_string(self._line, 2, row.cure[:LONGEST_CELL], self._words_format)
        self._line += 1

    def _begin(self, sheet: SheetShape) -> Worksheet:
        page = self._workbook.add_worksheet(self._free_name(sheet.name))
        headers = [
            self._wording.row_header,
            self._wording.reason_header,
            self._wording.cure_header,
            *(column.header for column in sheet.columns),
        ]
        page.set_column(1, 2, _REASON_WIDTH)
        page.set_column(3, len(headers) - 1, _TEXT_WIDTH)
        page.freeze_panes(1, 3)
        for column, header in enumerate(headers):
            page.write_string(0, column, header[:LONGEST_CELL], self._header_format)
        self._sheet_name, self._page, self._line = sheet.name, page, 1
        return page

    def _free_name(self, name: str) -> str:
        """Return a name that no sheet has yet; names are compared without case."""
        base = "".join("_" if mark in "[]:*?/\\" else mark for mark in name).strip("'")
        base = base or self._wording.sheet_name
        free, count = base[:_LONGEST_NAME], 1
        while free.casefold() in self._names:
            count += 1
            free = f"{base[: _LONGEST_NAME - 6]} ({count})"
        self._names.add(free.casefold())
        return free
