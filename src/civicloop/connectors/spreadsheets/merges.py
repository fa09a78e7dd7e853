"""Cells merged over several rows: which value counts for which row."""

from collections.abc import Iterable
from typing import NamedTuple

from civicloop.connectors.spreadsheets.sources import VerticalMerge


class RepeatedValue(NamedTuple):
    """A value taken over from the first row of a merged cell."""

    place: int  # of the row in its chunk
    column: int
    text: str


class MergedColumns:
    """Follows the merged cells while the rows of a sheet go by."""

    def __init__(
        self, merges: Iterable[VerticalMerge], *, columns: set[int], repeated: set[int], start: int
    ) -> None:
        """Watch some columns.

        Args:
            merges: The sheet's merged cells that span several rows.
            columns: Positions of the columns that matter.
            repeated: Those of them whose value counts for every row of a merged cell.
            start: First data row; merged cells of the header do not matter.
        """
        self._repeated = repeated
        self._starts: dict[int, list[VerticalMerge]] = {}
        for merge in merges:
            if merge.column in columns and merge.first_row >= start:
                self._starts.setdefault(merge.first_row, []).append(merge)
        self._active: dict[int, tuple[VerticalMerge, str]] = {}

    def __bool__(self) -> bool:
        return bool(self._starts or self._active)

    def fill(
        self, numbers: list[int], rows: list[list[str]]
    ) -> tuple[list[RepeatedValue], dict[tuple[int, int], int]]:
        """Write the repeated values into ``rows``.

        Returns:
            The values written; and, for each cell (row's position, column) that lies under a
            merged cell and was left empty, the number of the row that the value belongs to.
        """
        written: list[RepeatedValue] = []
        covered: dict[tuple[int, int], int] = {}
        for index, number in enumerate(numbers):
            row = rows[index]
            for merge in self._starts.pop(number, ()):
                self._active[merge.column] = (merge, row[merge.column])
            for column, (merge, text) in list(self._active.items()):
                if number > merge.last_row:
                    del self._active[column]
                elif number > merge.first_row and not row[column]:
                    if column in self._repeated:
                        row[column] = text
                        written.append(RepeatedValue(index, column, text))
                    else:
                        covered[index, column] = merge.first_row
        return written, covered
