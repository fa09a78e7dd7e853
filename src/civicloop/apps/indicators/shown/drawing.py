"""A series as one SVG file that stands alone: no script, no style sheet, nothing asked of anybody."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.html import escape

from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.goals import TargetChange
from civicloop.apps.indicators.shown.words import number, word_day, word_period
from civicloop.engines.indicators.definitions import Definition, Target
from civicloop.engines.indicators.guards import Break
from civicloop.engines.indicators.periods import Month

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 300, 70, 20, 20, 90
WORDS_A_LINE = 44  # of wide characters; others take half the room
MOST_LINES = 3
INK, LINE, ACCENT = "#1c2733", "#d5dce3", "#0b5394"


def svg_of(
    figures: Sequence[Figure],
    definition: Definition,
    sentence: str,
    breaks: Sequence[Break],
    *,
    targets: Sequence[Target | None],
    changes: Sequence[TargetChange] = (),
) -> str:
    """Draw the figures, the oldest first, all of which have a value, and the target of each."""
    first, last = (Month.of(figures[place].last_day).number for place in (0, -1))
    values = [float(each.value or 0) for each in figures]
    greens = [float(each.green) for each in targets if each is not None]
    low, high = min([*values, *greens]), max([*values, *greens])
    span, width = (high - low) or 1.0, max(last - first, 1)

    def x_of(number: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (number - first) / width

    def y_of(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / span

    points = [
        f"{x_of(Month.of(each.last_day).number):.1f},{y_of(value):.1f}"
        for each, value in zip(figures, values, strict=True)
    ]
    marks = [x_of(each.period.last.number) for each in breaks if each.period.last.number >= first]
    foot = HEIGHT - BOTTOM
    begun = [(Month.of(each.tree.valid_from).number, str(each.tree)) for each in changes]
    retargeted = [(x_of(at - 0.5), words) for at, words in begun if first < at <= last]
    ends = [Month.of(each.last_day).number for each in figures]
    apart = min((now - was for was, now in pairwise(ends)), default=1)
    steps = [
        f"M{max(x_of(at - apart / 2), LEFT):.1f} {y_of(float(target.green)):.1f}H{min(x_of(at + apart / 2), WIDTH - RIGHT):.1f}"
        for at, target in zip(ends, targets, strict=True)
        if target is not None
    ]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" font-size="13" fill="{INK}">',
        f"<title>{escape(sentence)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<path d="M{LEFT} {TOP}V{foot}H{WIDTH - RIGHT}" fill="none" stroke="{LINE}"/>',
        *(f'<path d="M{x:.1f} {TOP}V{foot}" stroke="#a83a0c" stroke-dasharray="4 3"/>' for x in marks),
        *(f'<path d="M{x:.1f} {TOP}V{foot}" stroke="{INK}" stroke-dasharray="1 3"/><text x="{x + 3:.1f}" y="{TOP - 6}" font-size="11">{escape(words)}</text>' for x, words in retargeted),
        f'<path d="{"".join(steps)}" fill="none" stroke="{INK}" stroke-dasharray="2 3"/>' if steps else "",
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{ACCENT}" stroke-width="2"/>',
        *(f'<circle cx="{point.split(",")[0]}" cy="{point.split(",")[1]}" r="2.5" fill="{ACCENT}"/>' for point in points),
        *_axis(figures, definition, y_of(max(values)), y_of(min(values))),
        *_foot(sentence),
        f'<text x="{LEFT}" y="{HEIGHT - 6}" font-size="11">{escape(_made_from(figures[-1]))}</text>',
        "</svg>",
    ]  # fmt: skip
    return "".join(parts)


def _axis(
    figures: Sequence[Figure], definition: Definition, top: float, bottom: float
) -> Iterator[str]:
    for figure, y in ((max(figures, key=_value), top), (min(figures, key=_value), bottom)):
        text = escape(number(_value(figure), definition))
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
    ends = ((LEFT, "start", figures[0]), (WIDTH - RIGHT, "end", figures[-1]))
    for x, anchor, figure in ends:
        words = escape(word_period(figure.period))
        yield f'<text x="{x}" y="{HEIGHT - BOTTOM + 16}" text-anchor="{anchor}">{words}</text>'


def _value(figure: Figure) -> Decimal:
    return figure.value or Decimal(0)


def _foot(sentence: str) -> Iterator[str]:
    for place, line in enumerate(_lines(sentence)[:MOST_LINES]):
        y = HEIGHT - BOTTOM + 36 + 17 * place
        yield f'<text x="{LEFT}" y="{y}">{escape(line)}</text>'


def _lines(text: str) -> list[str]:
    """Break a sentence where the room ends; Chinese has no spaces to break at."""
    lines, room = [""], 0.0
    for piece in _pieces(text):
        size = sum(1 if ord(character) > 0x2E80 else 0.5 for character in piece)
        if room + size > WORDS_A_LINE:
            lines, room = [*lines, ""], 0.0
            piece = piece.lstrip()  # noqa: PLW2901
        lines[-1] += piece
        room += size
    return lines


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for character in text:
        if character == " " or ord(character) > 0x2E80:
            yield word
            word = character
        else:
            word += character
    yield word


def _made_from(figure: Figure) -> str:
    return f"{figure.code} · v{figure.definition.number} · {word_day(figure.run.as_of)}"
