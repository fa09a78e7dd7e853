"""What every format's reader offers to the rest: sheets, and their rows in chunks of text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from civicloop.connectors.spreadsheets.problems import ProblemCode

WHOLE_ROW = -1  # column of a flaw that concerns the whole row


class Flaw(NamedTuple):
    """Something wrong with one cell or row, before it is tied to sheet and header."""

    column: int  # position, or WHOLE_ROW
    code: ProblemCode
    params: dict[str, str]


@dataclass(slots=True)
class Chunk:
    """Some rows of a sheet in order; rows may be missing between the numbers (they are blank)."""

    numbers: list[int]  # 1-based
    rows: list[list[str]]
    flaws: dict[int, list[Flaw]] = field(default_factory=dict)  # by position in ``rows``


class VerticalMerge(NamedTuple):
    """A cell that spans several rows; its value stands in the first."""

    first_row: int  # 1-based
    last_row: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetInfo:
    """One sheet before its header is known."""

    name: str
    index: int
    is_hidden: bool = False


class Source(Protocol):
    """An opened file."""

    @property
    def sheets(self) -> tuple[SheetInfo, ...]:
        """All sheets that can hold rows."""

    @property
    def is_ragged_row_a_problem(self) -> bool:
        """Whether a row of another length than the header's means that cells have moved."""

    @property
    def dates_from_1904(self) -> bool:
        """Whether day numbers count from 1904."""

    def chunks(self, sheet: int) -> Iterator[Chunk]:
        """Yield the rows of a sheet from its beginning."""

    def merges(self, sheet: int) -> list[VerticalMerge]:
        """Return the merged cells that span several rows."""

    def row_estimate(self, sheet: int, *, sampled_rows: int) -> int:
        """Return about how many rows a sheet has, whose first rows have just been read."""
