"""Invisible marks that a text carries while it is worded, so that its truth survives every change.

A mark is one sign of Unicode's private use area. Words are wrapped in an opening mark of their type
and a closing one; a mark of its own says where another problem begins. Before anything is written
the marks are taken out and tell where what stood.

Source: own work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

CLOSE, PROBLEM = "\ue000", "\ue001"
OPEN = {"place": "\ue002", "time": "\ue003", "respondent": "\ue004", "danger": "\ue005",
        "decoy": "\ue006"}  # fmt: skip
_TYPE_OF = {sign: name for name, sign in OPEN.items()}
ALL = CLOSE + PROBLEM + "".join(OPEN.values())
_ANY = re.compile(f"[{ALL}]")
_BUILDING = re.compile(r"\d{1,3}[栋号](?:\d{1,3}楼)?")

Span = tuple[int, int]


@dataclass(slots=True)
class Marked:
    """A text without its marks, and the spans they told: ``text[start:end]`` is a surface."""

    text: str
    spans: dict[str, list[Span]] = field(default_factory=lambda: {name: [] for name in OPEN})
    problems: list[Span] = field(default_factory=list)


def wrapped(name: str, words: str) -> str:
    """Mark words as being of a type; nothing stays nothing."""
    return f"{OPEN[name]}{words}{CLOSE}" if words else words


def without_marks(text: str) -> str:
    """Return the text alone."""
    return _ANY.sub("", text)


def read_marks(marked: str) -> Marked:
    """Take the marks out of a text. A mark that lost its partner tells nothing."""
    found = Marked(text=without_marks(marked))
    starts, open_marks = [0], list[tuple[str, int]]()
    for taken, match in enumerate(_ANY.finditer(marked)):
        position, sign = match.start() - taken, match.group()
        if sign == PROBLEM:
            starts.append(position)
        elif sign != CLOSE:
            open_marks.append((_TYPE_OF[sign], position))
        elif open_marks:
            name, start = open_marks.pop()
            if name == "place":
                position = _with_building(found.text, position)
            _add(found.spans[name], start, position)
    found.problems = _problems(found.text, starts)
    return found


def _with_building(text: str, end: int) -> int:
    """A building that follows belongs to the place."""
    building = _BUILDING.match(text, end)
    return building.end() if building else end


def _add(spans: list[Span], start: int, end: int) -> None:
    """Add a span; times that touch are one."""
    if spans and spans[-1][1] == start:
        start, _ = spans.pop()
    if start < end:
        spans.append((start, end))


def _problems(text: str, starts: list[int]) -> list[Span]:
    ends = [*starts[1:], len(text)]
    return [span for span in map(_trimmed, [text] * len(starts), starts, ends) if span[0] < span[1]]


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


@lru_cache(maxsize=64)
def _finder(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


def with_marks(texts: Iterable[str], words: dict[str, tuple[str, ...]]) -> list[str]:
    """Mark, in phrases not yet compiled, the words of each type; ``words`` are patterns."""
    marked = list(texts)
    for name, patterns in words.items():
        finder = _finder(patterns)
        marked = [finder.sub(lambda m, n=name: wrapped(n, m.group()), text) for text in marked]  # type: ignore[misc]
    return marked
