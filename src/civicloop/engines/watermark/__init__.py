"""A pattern that nobody sees on a page and that tells, from a picture of it, for whom it was shown.

A number of 28 bits and a tag of 20, by which who holds the key knows the own pattern, go through a
convolutional code of rate 1/2 (constraint length 7, octal 171 and 133, as in many radio standards)
and lie, darker or not, in the cells of a square that is repeated over the whole page. Other cells of
the square are the same in every pattern: they tell where it begins, and how large it has become.
"""

from civicloop.engines.watermark.pattern import (
    CELL_PIXELS,
    MOST_NUMBER,
    SIDE,
    TAG_BITS,
    Mark,
    dark_cells,
)
from civicloop.engines.watermark.reading import read_marks

__all__ = [
    "CELL_PIXELS",
    "MOST_NUMBER",
    "SIDE",
    "TAG_BITS",
    "Mark",
    "dark_cells",
    "read_marks",
]
