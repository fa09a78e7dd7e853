"""Find the pattern in a picture of a page: how large it is, where it begins, what it says."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter, uniform_filter
from scipy.sparse import csr_array

from civicloop.engines.watermark.code import decode
from civicloop.engines.watermark.pattern import (
    CELL_PIXELS,
    DATA_PLACES,
    GUIDE,
    SIDE,
    SIGNS,
    WHITENING,
    Mark,
    mark_of,
)

Picture = NDArray[np.float32]  # by row and column how bright, 0 to 255
SMALLEST, LARGEST = 0.3, 3.2  # of the page's own size; a telephone has three dots for a pixel
FINE = 3  # samples along a cell's side
MOST_LEVELS = 10.0  # a larger step is a letter or a line, not the pattern
CANDIDATES = 6  # sizes that are looked at closely
NEAR = np.arange(-1.0, 1.01, 0.05)  # around each, in pixels
PEAKS = 3


def read_marks(picture: Picture) -> Iterator[Mark]:
    """What the picture may say, the likeliest first; whoever asks knows the own by its tag."""
    faint = _faint(picture)
    found = []
    for period in _periods(faint):
        folded = _folded(faint, period)
        heights = _agreement(folded)
        height = float(heights.max() / (heights.std() + 1e-9))
        found.append((height, folded, heights))
    found.sort(key=lambda each: each[0], reverse=True)
    for _height, folded, heights in found[:CANDIDATES]:
        for place in np.argsort(heights, axis=None)[::-1][:PEAKS]:
            yield _mark_at(folded, *np.unravel_index(place, heights.shape))


def _faint(picture: Picture) -> Picture:
    """The faint differences of the picture; nothing where letters and lines stand."""
    bright = picture.astype(np.float32)
    reach = maximum_filter(bright, 5) - minimum_filter(bright, 5)
    is_plain = (reach < MOST_LEVELS * 2).astype(np.float32)
    size = 2 * CELL_PIXELS * 2 + 1
    weight = uniform_filter(is_plain, size) + 1e-6
    around = uniform_filter(bright * is_plain, size) / weight
    faint: Picture = np.clip((bright - around) * is_plain, -MOST_LEVELS, MOST_LEVELS)
    return faint.astype(np.float32)


def _periods(faint: Picture) -> list[float]:
    """The likeliest sizes of the square in pixels: by which shift is the picture like itself?"""
    likeness = _likeness(faint, axis=1) + _likeness(faint.T, axis=1)
    least, most = (round(SIDE * CELL_PIXELS * size) for size in (SMALLEST, LARGEST))
    shifts = np.arange(least, min(most, len(likeness) - 1))
    sharp = likeness - uniform_filter(likeness, 31)
    best = sorted(shifts, key=lambda shift: sharp[shift], reverse=True)
    chosen: list[int] = []
    for shift in best:
        if all(abs(shift - other) > 1 for other in chosen):
            chosen.append(int(shift))
        if len(chosen) == CANDIDATES:
            break
    return [float(shift + step) for shift in chosen for step in NEAR]


def _likeness(lines: Picture, *, axis: int) -> NDArray[np.float64]:
    """By shift along the lines how alike they are to themselves, up to the largest square."""
    length = lines.shape[axis]
    most = round(SIDE * CELL_PIXELS * LARGEST) + 32
    spectrum = np.fft.rfft(lines, 2 * length, axis=axis)
    alike = np.fft.irfft((np.abs(spectrum) ** 2).sum(axis=0), 2 * length)[:length]
    alike /= np.arange(length, 0, -1)  # shorter overlaps count as much
    alike[int(length * 0.8) :] = 0.0
    wide = np.zeros(most)
    wide[: min(most, length)] = alike[:most]
    wide /= wide[0] + 1e-9
    return wide


def _folded(faint: Picture, period: float) -> NDArray[np.float64]:
    """All squares laid upon each other, FINE samples along a cell's side."""
    samples = SIDE * FINE
    down, across = (
        (np.arange(size) * (samples / period)).astype(np.int64) % samples for size in faint.shape
    )
    sums = _gathered(down, samples) @ faint @ _gathered(across, samples).T
    weights = np.bincount(down, minlength=samples)[:, None] * np.bincount(across, minlength=samples)
    folded: NDArray[np.float64] = sums / (weights + 1e-9)
    return folded


def _gathered(places: NDArray[np.int64], count: int) -> csr_array:
    """A matrix that adds up the lines of a picture that fall on the same place."""
    lines = np.arange(len(places))
    return csr_array((np.ones(len(places), np.float32), (places, lines)), (count, len(places)))


def _agreement(folded: NDArray[np.float64]) -> NDArray[np.float64]:
    """By shift of the square how well the cells that guide agree."""
    guide = np.kron(-GUIDE, np.ones((FINE, FINE)))  # darker is less
    product = np.fft.fft2(folded) * np.conj(np.fft.fft2(guide))
    return np.fft.ifft2(product).real


def _mark_at(folded: NDArray[np.float64], down: np.intp, across: np.intp) -> Mark:
    """What the square says if it begins here."""
    turned = np.roll(folded, (-int(down), -int(across)), axis=(0, 1))
    cells = turned.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3)).reshape(-1)
    darker = -cells[DATA_PLACES] * WHITENING
    likely = np.zeros(SIGNS)
    np.add.at(likely, np.arange(len(darker)) % SIGNS, darker)
    return mark_of(decode(likely))
