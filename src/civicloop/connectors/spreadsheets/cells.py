"""Turn the cells of one column into typed values, a whole column at a time.

Each parser remembers what it has read, because times, kinds, places and counts repeat: a
dictionary look-up is ten times cheaper than reading the cell again.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC

from civicloop.connectors.spreadsheets.dates import TimeRules, UnreadableTimeError, parse_time
from civicloop.connectors.spreadsheets.fields import (
    IDENTIFIER_FIELDS,
    NUMBER_FIELDS,
    TIME_FIELDS,
    Field,
)
from civicloop.connectors.spreadsheets.mapping import ImportMapping
from civicloop.connectors.spreadsheets.problems import ProblemCode

# What may travel to the parent: text, a whole number, or nothing. Times travel as ISO text in UTC.
Value = str | int | None
Parser = Callable[[str], Value]

_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 80  # characters; longer cells are hardly ever repeated
_SCIENTIFIC = re.compile(r"[-+]?\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_EXCEL_TEXT = re.compile(r'="([^"]*)"')  # ="00123", a way to keep zeros in CSV
_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.0+)?|\d+(?:\.0+)?")
_LARGEST_COUNT = 2**31 - 1
ERROR_VALUES = frozenset(
    {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)


class CellError(ValueError):
    """A cell that cannot be read."""

    def __init__(self, code: ProblemCode, **params: str) -> None:
        self.code = code
        self.params = params
        super().__init__(code.value)


class RememberingParser(dict[str, Value]):
    """A dictionary from cell to value that reads what it does not know yet.

    ``errors`` holds the cells that could not be read; their value is None.
    """

    def __init__(self, parse: Parser) -> None:
        super().__init__()
        self._parse = parse
        self.errors: dict[str, CellError] = {}

    def __missing__(self, cell: str) -> Value:
        if len(self) > _REMEMBERED:
            self.clear()
        try:
            value = self._parse(cell)
        except CellError as error:
            self.errors[cell] = error
            return None
        if len(cell) <= _LONGEST_REMEMBERED:
            self[cell] = value
        return value

    def read(self, cells: Sequence[str]) -> list[Value]:
        """Return the values of a column; ``errors`` then concerns these cells only."""
        self.errors.clear()
        return [self[cell] for cell in cells]


def parser_for(field: Field, mapping: ImportMapping, rules: TimeRules) -> Parser:
    """Return the function that reads the cells of a field."""
    if field in TIME_FIELDS:
        return lambda cell: _read_time(cell, rules)
    if field in NUMBER_FIELDS:
        return _read_count
    if field in IDENTIFIER_FIELDS:
        return _read_identifier
    if names := mapping.value_names.get(field):
        return _named(names)
    return str.strip


def _named(names: dict[str, str]) -> Parser:
    known = {_plain(name): value for name, value in names.items()}
    return lambda cell: known.get(_plain(cell), cell.strip())


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _read_time(cell: str, rules: TimeRules) -> str | None:
    if not cell or not cell.strip():
        return None
    try:
        return parse_time(cell, rules).astimezone(UTC).isoformat()
    except UnreadableTimeError as error:
        if error.code is ProblemCode.TIME_OUT_OF_RANGE:
            first, last = rules.first_day.isoformat(), rules.last_day.isoformat()
            raise CellError(error.code, first=first, last=last) from None
        raise CellError(error.code) from None


def _read_count(cell: str) -> int | None:
    plain = _plain(cell).replace(" ", "")
    if not plain:
        return None
    if not _COUNT.fullmatch(plain) or len(plain) > 20:
        raise CellError(ProblemCode.UNREADABLE_NUMBER)
    count = int(plain.split(".")[0].replace(",", ""))
    if count > _LARGEST_COUNT:
        raise CellError(ProblemCode.UNREADABLE_NUMBER)
    return count


def _read_identifier(cell: str) -> str:
    bare = cell.strip()
    if not bare.isascii():
        bare = _plain(bare)
    if wrapped := _EXCEL_TEXT.fullmatch(bare):
        bare = wrapped[1].strip()
    if _SCIENTIFIC.fullmatch(bare):
        raise CellError(ProblemCode.DESTROYED_NUMBER)
    return bare
