"""Rows as they leave the reader: original cells, typed values, problems."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from civicloop.connectors.spreadsheets.problems import Note, Problem

_ENCODER = json.JSONEncoder(ensure_ascii=False)


class Values(NamedTuple):
    """The typed values of one row, one attribute per :class:`Field`, in its order.

    A named tuple, not a dataclass: a million are made per import and this is five times faster.
    Text is stripped of outer white space and otherwise untouched; "" means none. Times are in UTC.
    """

    id: str
    subject: str
    text: str
    received_at: datetime | None
    channel: str
    kind: str
    caller: str
    caller_name: str
    caller_phone: str
    area: str
    address: str
    topic: str
    topic_level1: str
    topic_level2: str
    topic_level3: str
    unit: str
    support: int | None
    oppose: int | None
    reply: str
    replied_at: datetime | None


class Row(NamedTuple):
    """One row of the file; it may be stored when ``problems`` is empty."""

    sheet: str  # "" for CSV
    number: int  # 1-based, as the spreadsheet program shows it
    cells_text: str  # the original cells as they are kept; made by the child, beside the parent
    values: Values  # what could be read; unreadable cells count as empty
    problems: tuple[Problem, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The original text of every cell."""
        return cells_of(self.cells_text)


class RowBatch(NamedTuple):
    """Some rows in file order, and what was set aside between them."""

    rows: tuple[Row, ...]
    notes: tuple[Note, ...]


def cells_as_text(cells: Sequence[str]) -> str:
    """The cells of a row as one text."""
    return _ENCODER.encode(cells)


def cells_of(text: str) -> tuple[str, ...]:
    """The cells again."""
    return tuple(json.loads(text))
