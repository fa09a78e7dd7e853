"""Read a spreadsheet: look at it, then stream its rows. All parsing happens in a child process."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import repeat
from pathlib import Path
from typing import Any

from civicloop.connectors.spreadsheets.fields import TIME_FIELDS, Field
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.mapping import ImportMapping, mapping_as_json
from civicloop.connectors.spreadsheets.problems import (
    Note,
    NoteCode,
    Problem,
    ProblemCode,
    UnreadableCode,
    UnreadableFileError,
)
from civicloop.connectors.spreadsheets.rows import ABSENT, Row, RowBatch, Values, cells_of
from civicloop.connectors.spreadsheets.sandbox import run_child
from civicloop.connectors.spreadsheets.shape import (
    FileShape,
    SheetShape,
    column_letter,
    shape_as_json,
    shape_from_json,
)

_NO_MAPPING = ImportMapping()
_DEFAULT_LIMITS = Limits()
_SHOWN_CHARACTERS = 200


def inspect(
    path: Path, *, mapping: ImportMapping = _NO_MAPPING, limits: Limits = _DEFAULT_LIMITS
) -> FileShape:
    """Return what a file looks like: format, sheets, header, columns and guessed fields.

    Raises:
        UnreadableFileError: The file cannot be read, or lacks what the mapping names.
    """
    task = _task("inspect", path, mapping)
    shape: FileShape | None = None
    for message in run_child(task, limits=limits, file_bytes=_size(path)):
        shape = shape_from_json(message["shape"])
    if shape is None:  # pragma: no cover  the child sends a shape or an error
        raise UnreadableFileError(UnreadableCode.READER_DIED, {"detail": "no shape"})
    return shape


def read_rows(
    path: Path,
    *,
    shape: FileShape,
    today: date,
    mapping: ImportMapping = _NO_MAPPING,
    limits: Limits = _DEFAULT_LIMITS,
) -> Iterator[RowBatch]:
    """Yield all rows of all readable sheets in file order, in batches.

    Each row of the file comes out exactly once: as a row without problems, as a row with
    problems, or in a note.

    Args:
        path: The file.
        shape: What ``inspect`` returned for it with the same mapping.
        today: Received and replied times after the day after this one are problems.
        mapping: What is known about the source.
        limits: Bounds of the child process.

    Raises:
        UnreadableFileError: The file as a whole cannot be read, at once or further down; rows
            that were yielded before stand.
    """
    task = _task("read", path, mapping)
    task |= {"shape": shape_as_json(shape), "today": today.isoformat()}
    for message in run_child(task, limits=limits, file_bytes=_size(path)):
        yield _batch(message, shape.sheets[message["sheet"]])


def _task(name: str, path: Path, mapping: ImportMapping) -> dict[str, Any]:
    return {
        "task": name,
        "path": str(path.resolve()),
        "mapping": mapping_as_json(mapping),
    }


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _batch(message: dict[str, Any], sheet: SheetShape) -> RowBatch:
    if "skipped" in message:
        note = Note(
            code=NoteCode.SKIPPED_SHEET,
            sheet=sheet.name,
            first_row=1,
            last_row=max(1, sheet.first_data_row - 1 + sheet.row_estimate),
        )
        return RowBatch((), (note,))
    texts: list[str] = message["cells"]
    count = len(texts)
    columns = [_column(field, message["columns"].get(field), count) for field in ABSENT]
    problems: list[tuple[Problem, ...]] = [()] * count
    for place, column, code, params in message["problems"]:
        row = message["numbers"][place]
        problem = _problem(sheet, row, column, ProblemCode(code), cells_of(texts[place]), params)
        problems[place] = (*problems[place], problem)
    rows = zip(
        repeat(sheet.name),
        message["numbers"],
        texts,
        message["digests"],
        map(Values._make, zip(*columns, strict=True)),
        problems,
        strict=False,
    )
    notes = tuple(_note(sheet, *note) for note in message["notes"])
    return RowBatch(tuple(map(Row._make, rows)), notes)


def _column(field: Field, sent: list[Any] | None, count: int) -> list[Any]:
    """Return a field's values, which the child sent or not."""
    if sent is None:
        return [ABSENT[field]] * count
    if field in TIME_FIELDS:
        return [None if time is None else datetime.fromisoformat(time) for time in sent]
    absent = ABSENT[field]
    return [absent if value is None else value for value in sent]


def _problem(
    sheet: SheetShape,
    row: int,
    column: int,
    code: ProblemCode,
    cells: tuple[str, ...],
    params: dict[str, str],
) -> Problem:
    is_cell = 0 <= column < len(cells)
    value = cells[column] if is_cell else ""
    return Problem(
        code=code,
        sheet=sheet.name,
        row=row,
        column=column_letter(column) if column >= 0 else "",
        header=sheet.columns[column].header if 0 <= column < len(sheet.columns) else "",
        value=value if len(value) <= _SHOWN_CHARACTERS else value[: _SHOWN_CHARACTERS - 1] + "…",
        params=params,
    )


def _note(sheet: SheetShape, code: str, first: int, last: int, text: str, column: int) -> Note:
    return Note(
        code=NoteCode(code),
        sheet=sheet.name,
        first_row=first,
        last_row=last,
        text=text,
        column=column_letter(column) if column >= 0 else "",
    )
