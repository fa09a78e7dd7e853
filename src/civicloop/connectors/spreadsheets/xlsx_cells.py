"""The rows and cells of one worksheet, from its XML."""

from xml.parsers import expat

from civicloop.connectors.spreadsheets.cell_texts import date_text, number_text, unescaped
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.problems import (
    ProblemCode,
    UnreadableCode,
    UnreadableFileError,
)
from civicloop.connectors.spreadsheets.shape import column_index, column_letter
from civicloop.connectors.spreadsheets.sources import Chunk, Flaw

_LAST_ROW = 1_048_576  # of any worksheet
_DIGITS = "0123456789"


class _ColumnIndexes(dict[str, int]):
    """Remembers the positions of column letters."""

    def __missing__(self, letters: str) -> int:
        if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
            raise UnreadableFileError(UnreadableCode.DAMAGED, {"detail": f"cell {letters[:20]}"})
        index = self[letters] = column_index(letters.upper())
        return index


class SheetParser:
    """Collects rows while expat reads; rows without any cell text are left out.

    The three handlers run for every cell, so they are short and know the document's prefix
    instead of cutting it off each name.
    """

    def __init__(
        self,
        *,
        sheet: str,
        strings: list[str],
        date_styles: list[bool],
        dates_from_1904: bool,
        limits: Limits,
    ) -> None:
        self.expat = expat.ParserCreate()
        self.expat.buffer_text = True
        self.expat.buffer_size = 1 << 16
        self.expat.StartElementHandler = self._root
        self.expat.EndElementHandler = self._end
        self.expat.CharacterDataHandler = self._data
        self._sheet = sheet
        self._strings = strings
        self._dates = {str(style) for style, is_date in enumerate(date_styles) if is_date}
        self._dates_from_1904 = dates_from_1904
        self._limits = limits
        self._indexes = _ColumnIndexes()
        self._number = 0
        self._column = -1
        self._row: list[str] = []
        self._row_flaws: list[Flaw] = []
        self._cell: dict[str, str] = {}
        self._text: list[str] = []
        self._text_length = 0
        self._is_text = False
        self._has_formula = False
        self._has_value = False
        self._is_hint = False
        self._characters = 0
        self._chunk = Chunk([], [])

    @property
    def is_full(self) -> bool:
        """Whether enough rows are there for a chunk."""
        return (
            len(self._chunk.rows) >= self._limits.batch_rows
            or self._characters > self._limits.batch_characters
        )

    def take(self) -> Chunk:
        """Return the rows so far and begin a new chunk."""
        chunk, self._chunk = self._chunk, Chunk([], [])
        self._characters = 0
        return chunk

    def _root(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        """Learn the prefix from the first element, then step aside."""
        prefix = tag.rpartition("worksheet")[0]
        self._row_tag, self._cell_tag = prefix + "row", prefix + "c"
        self._value_tag, self._formula_tag = prefix + "v", prefix + "f"
        self._text_tag, self._hint_tag = prefix + "t", prefix + "rPh"
        self.expat.StartElementHandler = self._start

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == self._cell_tag:
            self._cell = attributes
            self._has_formula = self._has_value = False
        elif tag == self._value_tag:
            self._is_text = self._has_value = True
        elif tag == self._text_tag:
            self._is_text = not self._is_hint
        elif tag == self._formula_tag:
            self._has_formula = True
        elif tag == self._row_tag:
            self._begin_row(attributes)
        elif tag == self._hint_tag:
            self._is_hint = True

    def _data(self, text: str) -> None:
        if self._is_text:
            self._text.append(text)
            self._text_length += len(text)
            if self._text_length > self._limits.max_line_characters:
                params = {
                    "row": str(self._number),
                    "limit": str(self._limits.max_line_characters),
                }
                raise UnreadableFileError(UnreadableCode.LINE_TOO_LONG, params)

    def _end(self, tag: str) -> None:
        if tag == self._value_tag or tag == self._text_tag:
            self._is_text = False
        elif tag == self._cell_tag:
            self._end_cell()
        elif tag == self._row_tag:
            self._end_row()
        elif tag == self._hint_tag:
            self._is_hint = False

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = self._number + 1
        if "r" in attributes:
            text = attributes["r"]
            number = int(text) if text.isdecimal() and len(text) < 8 else 0
        if not self._number < number <= _LAST_ROW:
            raise UnreadableFileError(
                UnreadableCode.DAMAGED, {"detail": f"row {number} after {self._number}"}
            )
        self._number = number
        self._column = -1

    def _end_cell(self) -> None:
        reference = self._cell.get("r")
        column = self._indexes[reference.rstrip(_DIGITS)] if reference else self._column + 1
        self._column = column
        text = self._cell_text() if self._text else ""
        if self._has_formula and not text and self._lacks_value():
            self._row_flaws.append(Flaw(column, ProblemCode.FORMULA_WITHOUT_VALUE, {}))
        elif not text:
            return
        if column >= self._limits.max_columns:
            self._refuse_column(column)
        row = self._row
        gap = column - len(row)
        if gap == 0:
            row.append(text)
        elif gap > 0:
            row.extend([""] * gap)
            row.append(text)
        else:
            row[column] = text

    def _lacks_value(self) -> bool:
        """Whether a formula was never computed; a formula may well say that there is no text."""
        return not self._has_value or self._cell.get("t") != "str"

    def _cell_text(self) -> str:
        text = self._text[0] if len(self._text) == 1 else "".join(self._text)
        self._text.clear()
        self._text_length = 0
        kind = self._cell.get("t", "n")
        if kind == "s":
            return self._shared_string(text)
        if kind == "n":
            if self._cell.get("s") in self._dates:
                return date_text(text, dates_from_1904=self._dates_from_1904)
            return number_text(text)
        if kind == "b":
            return "FALSE" if text.strip() == "0" else "TRUE"
        return unescaped(text)

    def _shared_string(self, text: str) -> str:
        try:
            return self._strings[int(text)]
        except (ValueError, IndexError):
            raise UnreadableFileError(
                UnreadableCode.DAMAGED, {"detail": f"shared string {text[:20]}"}
            ) from None

    def _end_row(self) -> None:
        row = self._row
        if row or self._row_flaws:
            if self._row_flaws:
                self._chunk.flaws[len(self._chunk.rows)] = self._row_flaws
                self._row_flaws = []
            self._chunk.numbers.append(self._number)
            self._chunk.rows.append(row)
            self._characters += sum(map(len, row))
            self._row = []

    def _refuse_column(self, column: int) -> None:
        params = {
            "sheet": self._sheet,
            "row": str(self._number),
            "column": column_letter(column),
            "limit": str(self._limits.max_columns),
        }
        raise UnreadableFileError(UnreadableCode.TOO_MANY_COLUMNS, params)
