"""The pattern as a picture that a browser lays over a page."""

from html import escape

from civicloop.engines.watermark.pattern import CELL_PIXELS, SIDE, Mark, dark_cells

FAINT = 0.016  # how much darker: 4 of 255 levels on white
WORDS_SIZE, WORDS_FAINT = 15, 0.13
_APART = 2.2  # lines of words in each direction, in squares


def drawing_of(mark: Mark, *, words: str) -> str:
    """An SVG of the pattern, and across it words that everybody sees; it fills whatever it is put on."""
    size = SIDE * CELL_PIXELS
    cells = "".join(
        f"M{column * CELL_PIXELS} {row * CELL_PIXELS}h{CELL_PIXELS}v{CELL_PIXELS}h-{CELL_PIXELS}z"
        for row, line in enumerate(dark_cells(mark))
        for column, is_dark in enumerate(line)
        if is_dark
    )
    wide = round(size * _APART)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%"><defs>'
        f'<pattern id="c" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
        f'<path d="{cells}" fill-opacity="{FAINT}" shape-rendering="crispEdges"/></pattern>'
        f'<pattern id="w" width="{wide}" height="{size}" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(-18)">'
        f'<text x="8" y="{size // 2}" font-family="sans-serif" font-size="{WORDS_SIZE}" '
        f'fill-opacity="{WORDS_FAINT}">{escape(words)}</text></pattern></defs>'
        '<rect width="100%" height="100%" fill="url(#c)"/>'
        '<rect width="100%" height="100%" fill="url(#w)"/></svg>'
    )
