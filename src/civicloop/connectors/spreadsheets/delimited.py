"""Read CSV files of any encoding and delimiter, row by row, with bounded memory."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from civicloop.connectors.spreadsheets.cell_limit import cells_of_at_most
from civicloop.connectors.spreadsheets.encodings import MARK_BAD_BYTES, detect_encoding
from civicloop.connectors.spreadsheets.fields import guess_field, normalise_header
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.mapping import DELIMITERS, ImportMapping
from civicloop.connectors.spreadsheets.problems import (
    ProblemCode,
    UnreadableCode,
    UnreadableFileError,
)
from civicloop.connectors.spreadsheets.sources import Chunk, Flaw, SheetInfo, VerticalMerge

# Appended to the text: in a sound file it is a row of its own, behind an unclosed quotation mark
# it ends up inside a cell. NUL cannot stand in a sound file.
_END = "\0end of file\0"
_SAMPLE_LINES = 60
_SAMPLE_CHARACTERS = 1 << 18
_PIECE_BYTES = 1 << 20


class Dialect(NamedTuple):
    """How a CSV file is written."""

    encoding: str
    delimiter: str


class DelimitedSource:
    """One CSV file."""

    is_ragged_row_a_problem = True
    dates_from_1904 = False
    sheets = (SheetInfo(name="", index=0),)

    def __init__(self, path: Path, *, encoding: str, delimiter: str, limits: Limits) -> None:
        self._path = path
        self._encoding = encoding
        self._delimiter = delimiter
        self._limits = limits
        self._characters = 0  # of the lines read for the chunk at hand

    def chunks(self, sheet: int) -> Iterator[Chunk]:  # noqa: ARG002  a CSV file has one
        """Yield the rows from the beginning; none of a file that has too many."""
        if self._has_many_lines() and self._count_rows() > self._limits.max_rows:
            raise self._too_many()
        number = 0
        with _opened(self._path, self._encoding) as text:
            reader = csv.reader(self._lines(text), delimiter=self._delimiter)
            while True:
                self._characters = 0
                rows = self._read_rows(reader, number)
                chunk = Chunk(list(range(number + 1, number + len(rows) + 1)), rows)
                number += len(rows)  # now: whoever gets the chunk may change it
                is_last = _strip_end(chunk)
                if chunk.rows:
                    yield chunk
                if is_last:
                    return

    def _has_many_lines(self) -> bool:
        """Whether its bytes end more lines than it may have rows: most files need no counting."""
        most, lines = self._limits.max_rows, 0
        with self._path.open("rb") as file:
            while lines <= most and (piece := file.read(_PIECE_BYTES)):
                lines += piece.count(b"\n") + piece.count(b"\r") - piece.count(b"\r\n")
        return lines > most

    def _count_rows(self) -> int:
        """How many rows it has, and no more than one too many: reading them costs a tenth of judging them."""
        with _opened(self._path, self._encoding) as text:
            reader = csv.reader(self._lines(text), delimiter=self._delimiter)
            number = 0
            while number <= self._limits.max_rows:
                self._characters = 0
                rows = self._read_rows(reader, number)
                number += len(rows)
                if rows[-1] and rows[-1][-1].endswith(_END):
                    return number - (rows[-1] == [_END])
            return number

    def _too_many(self) -> UnreadableFileError:
        params = {"sheet": "", "limit": str(self._limits.max_rows)}
        return UnreadableFileError(UnreadableCode.TOO_MANY_ROWS, params)

    def merges(self, sheet: int) -> list[VerticalMerge]:  # noqa: ARG002
        """Return nothing: CSV knows no merged cells."""
        return []

    def row_estimate(self, sheet: int, *, sampled_rows: int) -> int:  # noqa: ARG002
        """Return about how many rows the file has, from the length of the first ones."""
        size = self._path.stat().st_size
        with self._path.open("rb") as file:
            sample = file.read(_SAMPLE_CHARACTERS * 4)
        if len(sample) >= size:
            return sampled_rows
        return max(sampled_rows, size * max(1, sample.count(b"\n")) // len(sample))

    def _lines(self, text: io.TextIOBase) -> Iterator[str]:
        limit = self._limits.max_line_characters
        longest = limit + self._limits.batch_characters
        while line := text.readline(limit):
            self._characters += len(line)
            if len(line) >= limit or self._characters > longest:
                raise _LineTooLongError
            yield line
        yield _END

    def _read_rows(self, reader: Iterator[list[str]], number: int) -> list[list[str]]:
        rows: list[list[str]] = []
        enough, full = self._limits.batch_rows, self._limits.batch_characters
        try:
            with cells_of_at_most(self._limits.max_line_characters):
                for row in reader:
                    rows.append(row)
                    if len(rows) >= enough or self._characters > full:
                        break
        except (_LineTooLongError, csv.Error):
            params = {
                "row": str(number + len(rows) + 1),
                "limit": str(self._limits.max_line_characters),
            }
            raise UnreadableFileError(UnreadableCode.LINE_TOO_LONG, params) from None
        _check_columns(rows, number, self._limits)
        return rows


class _LineTooLongError(Exception):
    pass


def _check_columns(rows: list[list[str]], number: int, limits: Limits) -> None:
    if max(map(len, rows), default=0) <= limits.max_columns:
        return
    offset = next(i for i, row in enumerate(rows) if len(row) > limits.max_columns)
    params = {
        "sheet": "",
        "row": str(number + offset + 1),
        "column": str(len(rows[offset])),
        "limit": str(limits.max_columns),
    }
    raise UnreadableFileError(UnreadableCode.TOO_MANY_COLUMNS, params)


def _strip_end(chunk: Chunk) -> bool:
    """Remove the mark at the end of the file; return whether it was there."""
    last = chunk.rows[-1]
    if not last or not last[-1].endswith(_END):
        return False
    if last == [_END]:
        del chunk.rows[-1], chunk.numbers[-1]
        return True
    last[-1] = last[-1].removesuffix(_END)
    params = {"lines": str(last[-1].count("\n") + 1)}
    flaw = Flaw(len(last) - 1, ProblemCode.UNCLOSED_QUOTE, params)
    chunk.flaws[len(chunk.rows) - 1] = [flaw]
    return True


def sniff_dialect(path: Path, mapping: ImportMapping, limits: Limits) -> Dialect:
    """Find out encoding and delimiter, where the mapping does not say them.

    Raises:
        UnreadableFileError: The bytes are no text in any encoding that is known.
    """
    encoding = mapping.encoding or detect_encoding(path)
    with _opened(path, encoding) as text:
        sample = text.read(_SAMPLE_CHARACTERS)
    first = sample.split("\n", 1)[0].rstrip("\r").casefold()
    if first.startswith("sep=") and len(first) == 5:  # Excel's own mark
        return Dialect(encoding, mapping.delimiter or first[4])
    with cells_of_at_most(limits.max_line_characters):
        delimiter = mapping.delimiter or max(DELIMITERS, key=lambda mark: _fitness(sample, mark))
    return Dialect(encoding, delimiter)


def _fitness(sample: str, delimiter: str) -> tuple[int, float]:
    """Return how well a delimiter fits: known headers first, then rows of equal length."""
    lines = sample.splitlines(keepends=True)
    try:
        rows = list(islice(csv.reader(lines, delimiter=delimiter), _SAMPLE_LINES))
    except csv.Error:
        return 0, 0.0
    known = max((_known_headers(row) for row in rows[:30]), default=0)
    lengths = Counter(len(row) for row in rows if row)
    if not lengths:
        return known, 0.0
    length, count = lengths.most_common(1)[0]
    return known, 0.0 if length == 1 else count / len(rows)


def _known_headers(row: list[str]) -> int:
    if len(row) < 2:
        return 0
    return sum(1 for cell in row if normalise_header(cell[:80]) and guess_field(cell[:80]))


def _opened(path: Path, encoding: str) -> io.TextIOWrapper:
    return path.open(encoding=encoding, errors=MARK_BAD_BYTES, newline="")
