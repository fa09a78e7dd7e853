"""What a file looks like before it is read: format, sheets, header and columns."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from civicloop.connectors.spreadsheets.fields import Field


class FileFormat(StrEnum):
    """Formats that can be read."""

    CSV = "csv"
    XLSX = "xlsx"  # also .xlsm; macros are never run
    XLS = "xls"
    XLSB = "xlsb"
    ODS = "ods"


class DateOrder(StrEnum):
    """Which number comes first in 5/3/2019."""

    UNKNOWN = ""
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column under the header."""

    letter: str  # A, B, … as the spreadsheet program shows it
    header: str  # "" when it has none; group and sub header joined by a space
    field: Field  # IGNORE when no field is known
    passed_over: Field = Field.IGNORE  # named here too, but read from another column
    date_order: DateOrder = DateOrder.UNKNOWN  # shown by the column's own values


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetShape:
    """One sheet; a CSV file is one sheet named ""."""

    name: str
    index: int  # position among the sheets of the file
    header_row: int  # first row of the header, 1-based; 0 when the sheet has none
    header_rows: int  # 1 or 2; 0 when the sheet has none
    columns: tuple[Column, ...]
    row_estimate: int  # data rows; exact for short files
    is_hidden: bool = False

    @property
    def is_readable(self) -> bool:
        """Whether rows of this sheet can be appeals: a text or subject column is known."""
        return self.has(Field.TEXT) or self.has(Field.SUBJECT)

    def has(self, field: Field) -> bool:
        """Whether a column holds this field."""
        return any(column.field is field for column in self.columns)

    @property
    def first_data_row(self) -> int:
        """Number of the first row below the header."""
        return self.header_row + self.header_rows if self.header_row else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShape:
    """A whole file; pass it to ``read_rows`` together with the path."""

    format: FileFormat
    file_bytes: int
    encoding: str = ""  # CSV only
    delimiter: str = ""  # CSV only
    dates_from_1904: bool = False
    sheets: tuple[SheetShape, ...]

    @property
    def row_estimate(self) -> int:
        """Data rows of all readable sheets."""
        return sum(sheet.row_estimate for sheet in self.sheets if sheet.is_readable)


def shape_as_json(shape: FileShape) -> dict[str, Any]:
    """Return the shape as plain lists and strings."""
    return asdict(shape)


def shape_from_json(plain: dict[str, Any]) -> FileShape:
    """Rebuild a shape from :func:`shape_as_json` after its way through JSON."""
    sheets = tuple(
        SheetShape(**{**sheet, "columns": tuple(map(_column_from_json, sheet["columns"]))})
        for sheet in plain["sheets"]
    )
    return FileShape(**{**plain, "format": FileFormat(plain["format"]), "sheets": sheets})


def _column_from_json(plain: dict[str, Any]) -> Column:
    return Column(
        letter=plain["letter"],
        header=plain["header"],
        field=Field(plain["field"]),
        passed_over=Field(plain.get("passed_over", Field.IGNORE)),  # shapes kept before had none
        date_order=DateOrder(plain["date_order"]),
    )


def column_letter(index: int) -> str:
    """Return the letters of a column: 0 → A, 26 → AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the position of a column: A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
