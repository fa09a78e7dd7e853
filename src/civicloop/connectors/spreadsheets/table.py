"""Turn the chunks of one sheet into messages: original cells, typed columns, problems, notes."""

from collections.abc import Iterator
from typing import Any

from civicloop.connectors.spreadsheets.fields import UNREPEATED_FIELDS, Field
from civicloop.connectors.spreadsheets.merges import MergedColumns, RepeatedValue
from civicloop.connectors.spreadsheets.problems import NoteCode, ProblemCode
from civicloop.connectors.spreadsheets.rows import cells_as_text, digests_of
from civicloop.connectors.spreadsheets.set_aside import set_aside_code
from civicloop.connectors.spreadsheets.shape import SheetShape
from civicloop.connectors.spreadsheets.sources import WHOLE_ROW, Chunk, Flaw, VerticalMerge
from civicloop.connectors.spreadsheets.typing_columns import (
    ColumnReader,
    Columns,
    Flaws,
    TableRules,
    field_columns,
    mend_characters,
)

SHOWN_CHARACTERS = 200
_SPARSE = 2  # rows with at most so many filled cells may be remarks even if they look complete

Message = dict[str, Any]
PlainNote = tuple[str, int, int, str, int]  # code, first row, last row, text, column


def shorten(text: str) -> str:
    """Return the beginning of a text, for display."""
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


class SheetTable:
    """Reads one sheet chunk by chunk; every row ends up in a message's rows or in its notes."""

    def __init__(self, sheet: SheetShape, merges: list[VerticalMerge], rules: TableRules) -> None:
        self._sheet = sheet
        self._rules = rules
        self._width = len(sheet.columns)
        self._header = tuple(column.header for column in sheet.columns)
        self._positions = field_columns(sheet)
        self._reader = ColumnReader(sheet, rules)
        self._counts_all = rules.mapping.every_column
        every = set(range(self._width))
        repeated = {i for f, i in self._positions.items() if f not in UNREPEATED_FIELDS}
        self._read = every if self._counts_all else set(self._positions.values())
        self._merged = MergedColumns(
            merges,
            columns=self._read,
            repeated=every if self._counts_all else repeated,
            start=sheet.first_data_row,
        )
        self._notes = NoteTaker()

    def messages(self, chunks: Iterator[Chunk]) -> Iterator[Message]:
        """Yield one message per chunk, and one for the notes that are left at the end."""
        for chunk in chunks:
            message = self._message(chunk)
            if message["numbers"] or message["notes"]:
                yield message
        self._notes.end_blank_run()
        if notes := self._notes.take():
            yield {
                "numbers": [],
                "cells": [],
                "digests": [],
                "columns": {},
                "problems": [],
                "notes": notes,
            }

    def _message(self, chunk: Chunk) -> Message:
        self._skip_to_data(chunk)
        self._notes.gaps(chunk.numbers)
        if not chunk.rows:
            return self._answer(chunk, {}, {})
        flaws = self._mapped_flaws(chunk)
        self._even(chunk, flaws)
        mend_characters(chunk.rows, self._rules.limits, flaws)
        rows, repeated, covered = self._fill_merged(chunk)
        if self._counts_all:
            chunk.rows = rows
        columns = self._reader.read(rows, flaws)
        self._reader.require_text(columns, covered, flaws)
        aside = self._aside(rows, flaws)
        self._note_aside(chunk, aside)
        self._note_repeated(chunk, repeated, aside)
        return self._answer(chunk, columns, flaws, aside)

    def _skip_to_data(self, chunk: Chunk) -> None:
        """Note what stands above the data and drop it from the chunk."""
        first = self._sheet.first_data_row
        if not chunk.numbers or chunk.numbers[0] >= first:
            return
        count = sum(1 for number in chunk.numbers if number < first)
        for number, row in zip(chunk.numbers[:count], chunk.rows[:count], strict=True):
            self._notes.gaps([number])
            is_header = number >= self._sheet.header_row
            self._notes.row(NoteCode.HEADER if is_header else NoteCode.TITLE, number, row)
        del chunk.numbers[:count], chunk.rows[:count]
        chunk.flaws = {i - count: flaws for i, flaws in chunk.flaws.items() if i >= count}

    def _mapped_flaws(self, chunk: Chunk) -> Flaws:
        """Return the source's flaws; a formula in a column that nobody reads is none."""
        read = {WHOLE_ROW, *self._read}
        return {
            index: kept
            for index, flaws in chunk.flaws.items()
            if (kept := [f for f in flaws if f.column in read or f.code in _SERIOUS])
        }

    def _even(self, chunk: Chunk, flaws: Flaws) -> None:
        """Note CSV rows of another length than the header; widen the short rows of workbooks."""
        width = self._width
        if set(map(len, chunk.rows)) == {width}:
            return
        for index, row in enumerate(chunk.rows):
            if self._rules.is_ragged_row_a_problem:
                if flaw := self._length_flaw(row):
                    flaws.setdefault(index, []).append(flaw)
            elif len(row) < width:
                row.extend([""] * (width - len(row)))

    def _length_flaw(self, row: list[str]) -> Flaw | None:
        params = {"cells": str(len(row)), "columns": str(self._width)}
        if len(row) < self._width:
            return Flaw(WHOLE_ROW, ProblemCode.TOO_FEW_CELLS, params)
        if any(cell.strip() for cell in row[self._width :]):
            return Flaw(WHOLE_ROW, ProblemCode.TOO_MANY_CELLS, params)
        return None

    def _fill_merged(
        self, chunk: Chunk
    ) -> tuple[list[list[str]], list[RepeatedValue], dict[tuple[int, int], int]]:
        """Return the rows to read; they are the chunk's own unless something had to be added."""
        width = self._width
        if not self._merged and min(map(len, chunk.rows)) >= width:
            return chunk.rows, [], {}
        rows = [row + [""] * (width - len(row)) for row in chunk.rows]
        repeated, covered = self._merged.fill(chunk.numbers, rows)
        return rows, repeated, covered

    def _aside(self, rows: list[list[str]], flaws: Flaws) -> dict[int, NoteCode]:
        """Return the rows that are no appeals, by position.

        A row without a problem and with a time of its own is always an appeal.
        """
        fewest_blank = max(self._width - _SPARSE, 1)
        sparse = [i for i, row in enumerate(rows) if row.count("") >= fewest_blank]
        position = self._positions.get(Field.RECEIVED_AT)
        aside = {}
        for index in sorted({*flaws, *sparse}):
            if index not in flaws and position is not None and rows[index][position].strip():
                continue
            code = set_aside_code(rows[index], self._header)
            if code is not None:
                aside[index] = code
        return aside

    def _note_aside(self, chunk: Chunk, aside: dict[int, NoteCode]) -> None:
        for index, code in aside.items():
            self._notes.row(code, chunk.numbers[index], chunk.rows[index])

    def _note_repeated(
        self, chunk: Chunk, repeated: list[RepeatedValue], aside: dict[int, NoteCode]
    ) -> None:
        for index, column, text in repeated:
            if index not in aside:
                self._notes.repeated(chunk.numbers[index], column, text)

    def _answer(
        self,
        chunk: Chunk,
        columns: Columns,
        flaws: Flaws,
        aside: dict[int, NoteCode] | None = None,
    ) -> Message:
        kept = [i for i in range(len(chunk.rows)) if not aside or i not in aside]
        if aside:
            columns = {field: [values[i] for i in kept] for field, values in columns.items()}
            chunk.rows = [chunk.rows[i] for i in kept]
        return {
            "numbers": [chunk.numbers[i] for i in kept],
            "cells": [cells_as_text(row) for row in chunk.rows],
            "digests": digests_of(columns, len(kept)),
            "columns": columns,
            "problems": _plain_flaws(flaws, kept),
            "notes": self._notes.take(),
        }


_SERIOUS = frozenset({ProblemCode.UNCLOSED_QUOTE})


def _plain_flaws(flaws: Flaws, kept: list[int]) -> list[tuple[int, int, str, dict[str, str]]]:
    if not flaws:
        return []
    places = {index: place for place, index in enumerate(kept)}
    return [
        (places[index], flaw.column, flaw.code, flaw.params)
        for index in sorted(flaws)
        if index in places
        for flaw in flaws[index]
    ]


class NoteTaker:
    """Collects the notes of a sheet and joins blank rows to runs."""

    def __init__(self) -> None:
        self._notes: list[PlainNote] = []
        self._repeats: dict[int, int] = {}  # column → position of its latest note
        self._blank: tuple[int, int] | None = None
        self._next_row = 1

    def take(self) -> list[PlainNote]:
        """Return the notes since the last call."""
        notes, self._notes = self._notes, []
        self._repeats.clear()
        return notes

    def gaps(self, numbers: list[int]) -> None:
        """Note the rows that the file leaves out; they are blank."""
        if not numbers:
            return
        if numbers[-1] - self._next_row + 1 != len(numbers):
            previous = self._next_row - 1
            for number in numbers:
                if number > previous + 1:
                    self._add_blank(previous + 1, number - 1)
                previous = number
        self._next_row = numbers[-1] + 1

    def row(self, code: NoteCode, number: int, row: list[str]) -> None:
        """Note one row that is no appeal."""
        text = " ".join(bare for cell in row if (bare := cell.strip()))
        if not text:
            self._add_blank(number, number)
        else:
            self._notes.append((code, number, number, shorten(text), WHOLE_ROW))

    def repeated(self, number: int, column: int, text: str) -> None:
        """Note a value that was taken over from a merged cell; rows in a row make one note."""
        place = self._repeats.get(column)
        shown = shorten(text)
        if place is not None:
            code, first, last, before, _ = self._notes[place]
            if last + 1 == number and before == shown:
                self._notes[place] = (code, first, number, shown, column)
                return
        self._repeats[column] = len(self._notes)
        self._notes.append((NoteCode.REPEATED_VALUE, number, number, shown, column))

    def _add_blank(self, first: int, last: int) -> None:
        if self._blank is not None and self._blank[1] + 1 != first:
            self.end_blank_run()
        self._blank = (first if self._blank is None else self._blank[0], last)

    def end_blank_run(self) -> None:
        """Finish the last run of blank rows."""
        if self._blank is not None:
            self._notes.append((NoteCode.BLANK, *self._blank, "", WHOLE_ROW))
            self._blank = None
