"""Rows as they leave the reader: original cells, typed values, problems."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any, NamedTuple

from civicloop.connectors.spreadsheets.fields import CALLER_FIELDS, TIME_FIELDS, Field
from civicloop.connectors.spreadsheets.problems import Note, Problem
from civicloop.values.content_digest import content_digest

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


ABSENT: dict[Field, Any] = {
    Field(name): None if "int" in str(kind) or "datetime" in str(kind) else ""
    for name, kind in Values.__annotations__.items()
}
_DIGESTED = [field for field in ABSENT if field is not Field.ID and field not in CALLER_FIELDS]


class Row(NamedTuple):
    """One row of the file; it may be stored when ``problems`` is empty."""

    sheet: str  # "" for CSV
    number: int  # 1-based, as the spreadsheet program shows it
    cells_text: str  # the original cells as they are kept; this and the digest are the child's work
    digest: str  # of all that the row says but for its number and the caller
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


def digests_of(columns: Mapping[Field, Sequence[str | int | None]], count: int) -> list[str]:
    """What each row says, but for its number and the caller, as a digest.

    Args:
        columns: The values as the child sends them: moments in ISO 8601, None for nothing.
        count: How many rows there are; a column that the file has not is nothing in each.
    """
    parts = [
        _texts(field, columns[field]) if field in columns else repeat(str(ABSENT[field]), count)
        for field in _DIGESTED
    ]
    return [content_digest(row) for row in zip(*parts, strict=True)]


def _texts(field: Field, values: Sequence[str | int | None]) -> Iterable[str]:
    nothing = str(ABSENT[field])
    if field in TIME_FIELDS:  # a moment's text has a space in its middle
        return [nothing if v is None else str(v).replace("T", " ") for v in values]
    return [nothing if v is None else str(v) for v in values]
