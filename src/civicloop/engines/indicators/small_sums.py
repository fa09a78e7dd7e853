"""Hide what areas and months give away together: the whole less the other areas, over periods that no line shows.

A line is what is counted in one area, or in the whole, over the months of a year. Shown periods join the
boundaries of months at which they begin and end (`small_differences`). The whole is the sum of the areas:
a difference between boundaries that follows from every other line follows for this one, too.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.indicators.small_differences import Span, is_few

BOUNDARIES = 13  # of the months of a year
_NEAR = 1e-7  # between numbers that follow from zeros and ones
_Blocks = frozenset[int]  # boundaries that are joined, each block as bits
_Matrix = NDArray[np.float64]


def hidden_in_sums(
    cells: Sequence[tuple[str, Span]], smallest: int, hidden: Collection[int], *, whole: str
) -> frozenset[int]:
    """Return the positions of the cells that are not shown, those that were hidden already among them.

    Cells are shown one after the other, those that end first first, of these the whole and then the
    longest and largest: what was shown in March stays when April comes. A cell is hidden if with it
    the count of any months of a line from 1 to `smallest` - 1 could be found.

    Args:
        cells: area and span, of one year.
        smallest: the smallest count that may be shown (k); 0 or 1 hide nothing.
        hidden: positions that are hidden for another reason.
        whole: the name of the line that is the sum of the others; without it nothing follows.
    """
    lines: dict[str, list[Span]] = {}
    for name, span in cells:
        lines.setdefault(name, []).append(span)
    small = {name for name, spans in lines.items() if _has_few(spans, smallest)}
    if smallest < 2 or whole not in lines or not small:
        return frozenset(hidden)
    sums = {name: _sums(lines[name]) for name in small}
    shown = {name: frozenset(1 << boundary for boundary in range(BOUNDARIES)) for name in lines}
    found = set(hidden)
    for at in sorted(set(range(len(cells))) - found, key=lambda at: _turn(cells[at], whole)):
        name, span = cells[at]
        joined = _joined(shown[name], span)
        if joined == shown[name]:
            continue  # it tells nothing that is not known
        asked = shown | {name: joined}
        if _tells_of_few(asked, {each: sums[each] for each in small}, span.per_months, smallest):
            found.add(at)
        else:
            shown = asked
    return frozenset(found)


def _turn(cell: tuple[str, Span], whole: str) -> tuple[int, bool, int, int, str]:
    name, span = cell
    return span.last, name != whole, span.first, -span.amount, name


def _joined(blocks: _Blocks, span: Span) -> _Blocks:
    ends = 1 << (span.first - 1) | 1 << span.last
    touched = {block for block in blocks if block & ends}
    return (blocks - touched) | {sum(touched)}


def _tells_of_few(
    shown: Mapping[str, _Blocks],
    sums: Mapping[str, Mapping[int, int]],
    per_months: bool,  # noqa: FBT001
    smallest: int,
) -> bool:
    counts = Counter(block for blocks in shown.values() for block in blocks)
    shared = [block for block, count in counts.items() if count > 1]
    if np.linalg.matrix_rank(_matrix(shared)) == BOUNDARIES:
        return any(
            _is_small(sums[name], shown[name], per_months, smallest) for name in sums
        )  # nothing follows from other lines
    return any(
        _is_small(sums[name], _derived(shown[name], counts), per_months, smallest) for name in sums
    )


def _derived(blocks: _Blocks, counts: Counter[int]) -> _Blocks:
    """Join the blocks of a line whose difference follows from all other lines.

    What every other line knows are the vectors over boundaries that add up to zero over each of its
    blocks. Blocks of this line stay apart if something that is constant over its blocks, and a sum of
    blocks of the others, tells them apart.
    """
    others = [block for block, count in counts.items() if count > (block in blocks)]
    _, values, rows = np.linalg.svd(_matrix(others))
    known = rows[int((values > _NEAR).sum()) :]
    own = sorted(blocks)
    told = known @ _matrix(own).T
    told[np.abs(told) < _NEAR] = 0
    apart = np.eye(len(own)) - np.linalg.pinv(told, rcond=_NEAR) @ told
    groups: list[tuple[NDArray[np.float64], int]] = []
    for block, row in zip(own, apart, strict=True):
        for place, (like, bits) in enumerate(groups):
            if np.abs(row - like).max() < _NEAR:
                groups[place] = like, bits | block
                break
        else:
            groups.append((row, block))
    return frozenset(bits for _, bits in groups)


def _matrix(blocks: Iterable[int]) -> _Matrix:
    rows = [[block >> boundary & 1 for boundary in range(BOUNDARIES)] for block in blocks]
    return np.array(rows, np.float64).reshape(-1, BOUNDARIES)


def _is_small(
    sums: Mapping[int, int],
    blocks: _Blocks,
    per_months: bool,  # noqa: FBT001
    smallest: int,
) -> bool:
    for block in blocks:
        joined = [at for at in range(BOUNDARIES) if block >> at & 1 and at in sums]
        for before, after in pairwise(joined):
            span = Span(
                first=before + 1,
                last=after,
                amount=sums[after] - sums[before],
                per_months=per_months,
            )
            if is_few(span.amount, span, smallest):
                return True
    return False


def _sums(spans: Sequence[Span]) -> dict[int, int]:
    """Return the count from the first boundary to each that the line's spans, shown or not, lead to."""
    ends = [(each.first - 1, each.last, each.amount) for each in spans]
    steps = [*ends, *((last, first, -amount) for first, last, amount in ends)]
    found = {min(first for first, _, _ in ends): 0}
    while more := {
        last: found[first] + amount
        for first, last, amount in steps
        if first in found and last not in found
    }:
        found |= more
    return found


def _has_few(spans: Sequence[Span], smallest: int) -> bool:
    per_months = spans[0].per_months
    sums = _sums(spans)
    every = sum(1 << boundary for boundary in sums)
    return _is_small(sums, frozenset({every}), per_months, smallest)
