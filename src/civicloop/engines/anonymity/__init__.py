"""Tell of each record only as much as it shares with enough others.

Source: k-anonymity, Samarati and Sweeney (1998), "Protecting privacy when disclosing information". Own:
a fixed ladder of coarser and coarser descriptions, each record on the first step that is crowded enough
(local recoding), so that a crowded place keeps its days and a lonely one only its season.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

Record = TypeVar("Record")


def steps_of(
    records: Sequence[Record], ladder: Sequence[Callable[[Record], Hashable]], *, smallest: int
) -> list[int | None]:
    """For each record the step of the ladder on which it is told; None: on none, it is left out.

    All who are told on one step with one description are at least ``smallest``. Whoever knows that a
    record is not told on a finer step learns that few are like it there, and not which ones.

    Args:
        records: what is to be told of.
        ladder: by step what is told of a record, from the finest; equal is what looks alike.
        smallest: how many must look alike, 1 or more.
    """
    steps: list[int | None] = [None] * len(records)
    waiting: Sequence[int] = range(len(records))
    for step, told in enumerate(ladder):
        descriptions = {row: told(records[row]) for row in waiting}
        crowds = Counter(descriptions.values())
        lonely = []
        for row, description in descriptions.items():
            if crowds[description] >= smallest:
                steps[row] = step
            else:
                lonely.append(row)
        waiting = lonely
    return steps
