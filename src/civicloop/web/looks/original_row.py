"""The row an appeal came from, each cell under the header of its column."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from civicloop.apps.intake.models import OriginalRow


class OriginalCells(NamedTuple):
    """A row of the file and its cells as (header, cell)."""

    original: OriginalRow
    cells: list[tuple[str, str]]


def original_cells(original: OriginalRow, cells: Sequence[str]) -> OriginalCells:
    """Pair the cells with the headers of their sheet; what has no header keeps its letter."""
    columns = _columns(original)
    pairs = zip_longest(columns, cells, fillvalue="")
    return OriginalCells(original, list(pairs))


def _columns(original: OriginalRow) -> list[str]:
    for sheet in original.run.shape.get("sheets", []):
        if sheet["name"] == original.sheet:
            return [column["header"] or column["letter"] for column in sheet["columns"]]
    return []
