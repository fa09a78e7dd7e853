"""Read .xls, .xlsb and .ods through calamine, which holds one sheet in memory at a time."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from civicloop.connectors.spreadsheets.cell_texts import number_text
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError
from civicloop.connectors.spreadsheets.shape import column_letter
from civicloop.connectors.spreadsheets.sources import Chunk, SheetInfo, VerticalMerge

Cell = int | float | str | bool | time | date | datetime | timedelta


class CalamineSource:
    """One workbook of an old or foreign format."""

    is_ragged_row_a_problem = False
    dates_from_1904 = False  # calamine has turned the numbers into dates already

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        try:
            self._workbook = CalamineWorkbook.from_path(path)
        except PasswordError:
            raise UnreadableFileError(UnreadableCode.ENCRYPTED) from None
        except (CalamineError, OSError) as error:
            raise self._refusal(error) from None
        listed = self._workbook.sheets_metadata
        if len(listed) > limits.max_sheets:
            params = {"sheets": str(len(listed)), "limit": str(limits.max_sheets)}
            raise UnreadableFileError(UnreadableCode.TOO_MANY_SHEETS, params)
        self.sheets = tuple(
            SheetInfo(name=m.name, index=i, is_hidden=m.visible != SheetVisibleEnum.Visible)
            for i, m in enumerate(listed)
            if m.typ == SheetTypeEnum.WorkSheet
        )

    def chunks(self, sheet: int) -> Iterator[Chunk]:
        """Yield the rows of a sheet that hold anything."""
        opened = self._sheet(sheet)
        chunk, characters = Chunk([], []), 0
        for number, cells in enumerate(opened.iter_rows(), start=1):
            row = [_cell_text(cell) for cell in cells]
            while row and not row[-1]:
                row.pop()
            if not row:
                continue
            self._check_width(sheet, number, row)
            chunk.numbers.append(number)
            chunk.rows.append(row)
            characters += sum(map(len, row))
            if len(chunk.rows) == self._limits.batch_rows or characters > (
                self._limits.batch_characters
            ):
                yield chunk
                chunk, characters = Chunk([], []), 0
        if chunk.rows:
            yield chunk

    def merges(self, sheet: int) -> list[VerticalMerge]:
        """Return the merged cells that span several rows."""
        ranges = self._sheet(sheet).merged_cell_ranges or []
        return [
            VerticalMerge(first[0] + 1, last[0] + 1, first[1])
            for first, last in ranges
            if last[0] > first[0]
        ]

    def row_estimate(self, sheet: int, *, sampled_rows: int) -> int:
        """Return the height of the sheet."""
        return max(sampled_rows, self._sheet(sheet).total_height + 1)

    def _sheet(self, sheet: int) -> CalamineSheet:
        try:
            return self._workbook.get_sheet_by_index(sheet)
        except (CalamineError, OSError) as error:
            raise self._refusal(error) from None

    def _refusal(self, error: Exception) -> UnreadableFileError:
        if "Cell limit" in str(error):  # calamine's own guard against far cells
            params = {"limit": str(self._limits.memory_bytes)}
            return UnreadableFileError(UnreadableCode.TOO_MUCH_MEMORY, params)
        return UnreadableFileError(UnreadableCode.DAMAGED, {"detail": str(error)[:200]})

    def _check_width(self, sheet: int, number: int, row: list[str]) -> None:
        if len(row) > self._limits.max_columns:
            params = {
                "sheet": next(info.name for info in self.sheets if info.index == sheet),
                "row": str(number),
                "column": column_letter(len(row) - 1),
                "limit": str(self._limits.max_columns),
            }
            raise UnreadableFileError(UnreadableCode.TOO_MANY_COLUMNS, params)


def _cell_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return number_text(repr(cell))
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0).isoformat(" ")
    return str(cell)
