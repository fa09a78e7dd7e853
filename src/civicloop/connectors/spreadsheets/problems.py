"""What can be wrong with a file or a row, as codes with parameters; the app words them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ProblemCode(StrEnum):
    """Why one row was not accepted (or, for warnings, what to know about it)."""

    MISSING_TEXT = "missing_text"  # neither text nor subject
    MISSING_TIME = "missing_time"  # no received time, and the mapping gives none
    UNREADABLE_TIME = "unreadable_time"
    AMBIGUOUS_TIME = "ambiguous_time"  # 5/3/2019: day or month first?
    TIME_OUT_OF_RANGE = "time_out_of_range"  # params: first, last
    UNREADABLE_NUMBER = "unreadable_number"  # votes are whole numbers, 0 or more
    DESTROYED_NUMBER = "destroyed_number"  # 4.2E+17: the spreadsheet program lost the digits
    TOO_LONG = "too_long"  # params: characters, limit
    TOO_MANY_CELLS = "too_many_cells"  # params: cells, columns
    TOO_FEW_CELLS = "too_few_cells"  # params: cells, columns
    UNCLOSED_QUOTE = "unclosed_quote"  # params: lines; the rest of the file sits in one cell
    UNREADABLE_CHARACTERS = "unreadable_characters"  # bytes that the file's encoding does not know
    NUL_CHARACTER = "nul_character"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    ERROR_VALUE = "error_value"  # #N/A, #REF!, #NAME? …
    MERGED_WITH_ABOVE = "merged_with_above"  # params: row; the text belongs to that row


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with one row."""

    code: ProblemCode
    sheet: str  # "" for CSV
    row: int  # 1-based, as the spreadsheet program shows it
    column: str = ""  # letter, "" when the whole row is meant
    header: str = ""  # text of the column's header
    value: str = ""  # the cell as it stands, shortened
    params: Mapping[str, str] = field(default_factory=dict)


class NoteCode(StrEnum):
    """Why rows of the file are not appeals."""

    TITLE = "title"  # above the header
    HEADER = "header"
    REPEATED_HEADER = "repeated_header"  # the header printed again further down
    TOTAL = "total"  # 合计, 总计, 小计
    REMARK = "remark"  # 注：, 备注：, 制表人：
    BLANK = "blank"
    SKIPPED_SHEET = "skipped_sheet"  # a sheet without appeals, or one that the mapping leaves out
    REPEATED_VALUE = "repeated_value"  # a vertically merged cell whose value counts for each row


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Rows that were read and set aside, or a liberty that was taken with a row."""

    code: NoteCode
    sheet: str
    first_row: int
    last_row: int
    text: str = ""  # what stands there, shortened
    column: str = ""  # letter, for REPEATED_VALUE

    @property
    def is_row(self) -> bool:
        """Whether the rows of this note are accounted for by it (not by a row of the batch)."""
        return self.code is not NoteCode.REPEATED_VALUE


class UnreadableCode(StrEnum):
    """Why a whole file cannot be read."""

    NOT_FOUND = "not_found"
    NOT_A_FILE = "not_a_file"
    EMPTY = "empty"
    TOO_BIG = "too_big"  # params: bytes, limit
    NOT_A_SPREADSHEET = "not_a_spreadsheet"  # params: found
    NO_TABLE = "no_table"  # bytes of no known format, and no text: overwritten, encrypted, cut
    ARCHIVE = "archive"  # a zip with files in it: unpack it first
    HTML_TABLE = "html_table"  # a web page named .xls
    XML_SPREADSHEET = "xml_spreadsheet"  # Excel 2003 XML
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"  # params: detail
    BOMB = "bomb"  # params: part, bytes, limit
    UNSAFE_XML = "unsafe_xml"  # params: part; document type or entity declarations
    TOO_MANY_ROWS = "too_many_rows"  # params: sheet, limit
    TOO_MANY_COLUMNS = "too_many_columns"  # params: sheet, row, column, limit
    TOO_MANY_SHEETS = "too_many_sheets"  # params: sheets, limit
    LINE_TOO_LONG = "line_too_long"  # params: row, limit
    UNKNOWN_ENCODING = "unknown_encoding"
    NO_TEXT_COLUMN = "no_text_column"  # neither a text nor a subject column is known
    NO_TIME_COLUMN = "no_time_column"  # and the mapping gives no time and does not waive it
    MAPPED_COLUMN_MISSING = "mapped_column_missing"  # params: header
    MAPPED_COLUMN_TWICE = "mapped_column_twice"  # params: letters, header, and the _field of each
    MAPPED_SHEET_MISSING = "mapped_sheet_missing"  # params: sheet
    CHANGED = "changed"  # the file is not the one that was inspected
    TOO_MUCH_MEMORY = "too_much_memory"  # params: limit
    TOO_MUCH_TIME = "too_much_time"  # params: seconds
    READER_DIED = "reader_died"  # params: detail


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; ``code`` and ``params`` say why."""

    def __init__(self, code: UnreadableCode, params: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.params: dict[str, str] = dict(params or {})
        super().__init__(f"{code}: {self.params}" if self.params else str(code))
