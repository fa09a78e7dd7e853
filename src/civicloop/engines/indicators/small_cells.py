"""Hide small counts so that they cannot be found again from the sums beside them.

Source: the Statistics Law (2024) forbids to publish what identifies one respondent; complementary
suppression as in Hundepool et al. (2012), "Statistical Disclosure Control", ch. 4.
"""

from collections.abc import Collection, Iterable, Sequence


def hidden_cells(
    table: Sequence[Sequence[int]],
    smallest: int,
    *,
    also: Collection[tuple[int, int]] = frozenset(),
) -> frozenset[tuple[int, int]]:
    """Return which cells of a table are not shown, where the sums of rows and columns are.

    Cells from 1 to `smallest` - 1 are hidden. In every row and column with hidden cells others are
    hidden too, the smallest first, until two or more are and together they count `smallest` or
    more: who subtracts finds no small count, and no exact one. Zeros are shown as long as there is
    something else to hide. If a line has nothing more to hide, all of it is hidden already.

    Args:
        table: counts, each row as long as the others; a single row stands for a list with its sum.
        smallest: the smallest count that may be shown (k); 0 or 1 hide nothing.
        also: cells that are hidden for another reason, and must not be found either.
    """
    hidden = set(also) | {
        (row, column)
        for row, cells in enumerate(table)
        for column, count in enumerate(cells)
        if 0 < count < smallest
    }
    lines = [*_rows(table), *(_columns(table) if len(table) > 1 else ())]
    is_done = False
    while not is_done:
        is_done = True
        for line in lines:
            more = _one_more(table, line, hidden, smallest)
            if more is not None:
                hidden.add(more)
                is_done = False
    return frozenset(hidden)


def _rows(table: Sequence[Sequence[int]]) -> Iterable[list[tuple[int, int]]]:
    return [[(row, column) for column in range(len(cells))] for row, cells in enumerate(table)]


def _columns(table: Sequence[Sequence[int]]) -> Iterable[list[tuple[int, int]]]:
    return [[(row, column) for row in range(len(table))] for column in range(len(table[0]))]


def _one_more(
    table: Sequence[Sequence[int]],
    line: Sequence[tuple[int, int]],
    hidden: set[tuple[int, int]],
    smallest: int,
) -> tuple[int, int] | None:
    """Return the cell that a row or column must hide as well, if it must and can."""
    counts = [table[row][column] for row, column in line if (row, column) in hidden]
    if not counts or (len(counts) > 1 and sum(counts) >= smallest):
        return None
    others = [
        (table[row][column], (row, column)) for row, column in line if (row, column) not in hidden
    ]
    filled = [each for each in others if each[0] > 0]
    chosen = min(filled or others, default=None)
    return chosen[1] if chosen else None
