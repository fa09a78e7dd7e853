"""A mark is read back from a picture of a page that was made smaller, cut and saved as JPEG."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from civicloop.engines.watermark import CELL_PIXELS, MOST_NUMBER, SIDE, Mark, dark_cells, read_marks
from civicloop.engines.watermark.code import coded_length, decode, encode
from civicloop.engines.watermark.drawing import drawing_of
from civicloop.engines.watermark.pattern import BITS, mark_of

pytestmark = pytest.mark.one_database
LEVELS = 4  # as FAINT makes on white


def page_with(mark, size=(1000, 640), levels=LEVELS):
    """A page with lines of words, and the pattern over it."""
    page = Image.new("L", size, 255)
    draw = ImageDraw.Draw(page)
    for line in range(20, size[1] // 2, 26):
        draw.text((40, line), "the street lamp is dark since three days " * 3, fill=30)
    dark = np.kron(dark_cells(mark), np.ones((CELL_PIXELS, CELL_PIXELS)))
    across, down = (edge // (SIDE * CELL_PIXELS) + 1 for edge in size)
    tiled = np.tile(dark, (down, across))[: size[1], : size[0]]
    return np.clip(np.asarray(page, float) - levels * tiled, 0, 255)


def saved(page, *, scale=1.0, quality=75):
    picture = Image.fromarray(page.astype(np.uint8))
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("L"), np.float32)


@pytest.mark.parametrize(("scale", "quality"), [(1.0, 60), (0.73, 75), (0.5, 60), (2.0, 60)])
def test_a_mark_is_read_from_a_small_jpeg(scale, quality):
    mark = Mark(20_261_126, 0xBEEF)

    assert mark in read_marks(saved(page_with(mark), scale=scale, quality=quality))


def test_a_mark_is_read_from_a_part_of_the_page():
    mark = Mark(7, 1)

    assert mark in read_marks(saved(page_with(mark)[101:520, 77:830]))


def test_nothing_is_read_where_there_is_no_pattern():
    """The red twin: without the pattern no mark comes out by chance."""
    mark = Mark(7, 0xBEEF)

    assert mark not in read_marks(saved(page_with(mark, levels=0)))


@pytest.mark.parametrize("mark", [Mark(0, 0), Mark(MOST_NUMBER, (1 << 20) - 1), Mark(12345, 678)])
def test_marks_are_their_bits(mark):
    bits = [mark.number >> place & 1 for place in reversed(range(28))]
    bits += [mark.tag >> place & 1 for place in reversed(range(20))]

    assert mark_of(bits) == mark


def test_the_code_mends_signs_that_were_read_wrong():
    bits = [int(sign) for sign in f"{0xC0FFEE12345:0{BITS}b}"[:BITS]]
    signs = np.array(encode(bits)) * 2.0 - 1.0
    assert len(signs) == coded_length(BITS)
    signs[[3, 20, 37, 54, 71, 88, 105]] *= -1

    assert decode(signs) == bits


def test_different_marks_differ_in_many_cells():
    cells = [dark_cells(Mark(number, 5)) for number in (1, 2)]

    assert (cells[0] != cells[1]).sum() > 15


def test_the_words_of_a_drawing_are_text_and_no_markup():
    drawing = drawing_of(Mark(1, 1), words="<script>alert(1)</script>&")

    assert "<script>" not in drawing
    assert "&lt;script&gt;" in drawing
