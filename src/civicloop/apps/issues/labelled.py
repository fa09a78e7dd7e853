"""Labelled rows from a file: text, subject, topic, and the group that keeps near-duplicates together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from civicloop.connectors.spreadsheets.fields import normalise_header
from civicloop.connectors.spreadsheets.mapping import ImportMapping
from civicloop.connectors.spreadsheets.reading import inspect, read_rows
from civicloop.connectors.spreadsheets.rows import Row
from civicloop.connectors.spreadsheets.shape import FileShape
from civicloop.engines.text.topics import LabelledText

GROUP_HEADERS = {"group", "组", "分组"}
UNTIMED = ImportMapping(time_required=False)  # what is learned from needs no time


class NoLabelColumnError(ValueError):
    """The file has no column that could be the topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRows:
    """What a labelled file held."""

    rows: list[LabelledText]
    left_out: list[tuple[str, int]]  # sheet and row number of rows without text or label


def read_labelled_file(path: Path, *, today: date) -> LabelledRows:
    """Read the rows that have a text and a topic; ``today`` tells which times are impossible.

    Raises:
        UnreadableFileError: the file cannot be read.
        NoLabelColumnError: no column is recognised as the topic.
    """
    shape = inspect(path, mapping=UNTIMED)
    rows, left_out = [], []
    for row in _rows_of(path, shape, today):
        values = row.values
        label = values.topic or _levels(row)
        if not label or not (values.text or values.subject):
            left_out.append((row.sheet, row.number))
            continue
        group = _group(row, shape) or values.caller
        rows.append(
            LabelledText(
                text=values.text,
                subject=values.subject,
                label=label,
                group=group,
                received_at=values.received_at,
                key=str(row.number),
            )
        )
    if not rows:
        raise NoLabelColumnError(str(path))
    return LabelledRows(rows=rows, left_out=left_out)


def _rows_of(path: Path, shape: FileShape, today: date) -> Iterator[Row]:
    for batch in read_rows(path, shape=shape, today=today, mapping=UNTIMED):
        yield from batch.rows


def _levels(row: Row) -> str:
    levels = (row.values.topic_level1, row.values.topic_level2, row.values.topic_level3)
    return "/".join(level for level in levels if level)


def _group(row: Row, shape: FileShape) -> str:
    """The cell under a header that says group; near-duplicates and authors share one."""
    for sheet in shape.sheets:
        if sheet.name != row.sheet:
            continue
        for position, column in enumerate(sheet.columns):
            if normalise_header(column.header) in GROUP_HEADERS and position < len(row.cells):
                return row.cells[position]
    return ""
