"""Find numbers that stand for nothing: 999 in a column in which nothing else comes near it."""

import numpy as np

from civicloop.engines.air.blocks import Floats

GAP_MARKS = (999.0, 999.9, 999.99, 9999.0, 9999.9, 9999.99, 99999.0)


def gap_mark(values: Floats) -> int | None:
    """Return the place of the first number that was hardly measured; None where there is none.

    A highest reading has others on the way to it, as an instrument that stops at 999 shows 960 and
    990 too; a mark for a gap stands alone. So one is found if all other numbers of the column are
    less than half of it. Numbers below zero are no measurements in any case.
    """
    if not len(values) or float(np.fmax.reduce(values)) not in GAP_MARKS:
        return None  # one quick look: a mark that stands alone is the highest number
    is_mark = np.isin(values, GAP_MARKS)
    rest = values[~is_mark & (values >= 0)]
    highest = float(rest.max()) if len(rest) else 0.0
    found = np.flatnonzero(is_mark & (values > 2 * highest))
    return int(found[0]) if len(found) else None
