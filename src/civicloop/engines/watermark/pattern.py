"""The square of a pattern: which cells are darker."""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.watermark.code import coded_length, encode

SIDE = 23  # cells of the square; a prime, so that no grid of the picture's format falls on it
CELL_PIXELS = 8  # of the page; 4 are left of them at half size
NUMBER_BITS, TAG_BITS = 28, 20
MOST_NUMBER = (1 << NUMBER_BITS) - 1
BITS = NUMBER_BITS + TAG_BITS
GUIDE_SHARE = 0.45  # of the cells that are the same in every pattern


@dataclass(frozen=True, slots=True)
class Mark:
    """What a pattern says."""

    number: int
    tag: int


def _chance(purpose: str, count: int) -> list[bytes]:
    """As good as random, and the same in every version of everything."""
    return [
        sha256(f"civicloop watermark {purpose} {place}".encode()).digest() for place in range(count)
    ]


_CELLS = SIDE * SIDE
_ORDER = np.array(sorted(range(_CELLS), key=_chance("order", _CELLS).__getitem__))
_GUIDES, DATA_PLACES = np.split(_ORDER, [round(_CELLS * GUIDE_SHARE)])
_GUIDING = np.zeros(_CELLS)
_GUIDING[_GUIDES] = [1.0 if chance[0] & 1 else -1.0 for chance in _chance("guide", len(_GUIDES))]
GUIDE = _GUIDING.reshape(SIDE, SIDE)  # -1, 1 in the cells that guide, 0 in the others
WHITENING = np.array(
    [1.0 if chance[0] & 1 else -1.0 for chance in _chance("white", len(DATA_PLACES))]
)
SIGNS = coded_length(BITS)


def dark_cells(mark: Mark) -> NDArray[np.bool_]:
    """By row and column the cells of the square that are darker."""
    bits = [mark.number >> place & 1 for place in reversed(range(NUMBER_BITS))]
    bits += [mark.tag >> place & 1 for place in reversed(range(TAG_BITS))]
    signs = np.array(encode(bits)) * 2.0 - 1.0
    cells = GUIDE.reshape(-1).copy()
    cells[DATA_PLACES] = np.resize(signs, len(DATA_PLACES)) * WHITENING  # each sign twice or more
    return cells.reshape(SIDE, SIDE) > 0


def mark_of(bits: list[int]) -> Mark:
    """The mark of decoded bits."""
    value = int("".join(map(str, bits)), 2)
    return Mark(value >> TAG_BITS, value & ((1 << TAG_BITS) - 1))
