"""Phrases with choices and slots: ``[每天|天天]{p}都有{thing}`` says one of its forms at a time.

Source: own work. ``[a|b]`` is a choice (may nest, may be empty on one side), ``{slot}`` a slot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

SLOTS = (
    "p", "q", "h", "who", "we", "thing", "b", "n", "money", "dur", "ago", "clock", "month",
    "unit", "hint", "county", "town", "name", "ask", "person", "phone", "law", "visit", "due",
)  # fmt: skip
T = TypeVar("T")
END_MARKS = "。！？；，"
SLOT_INDEX = {name: index for index, name in enumerate(SLOTS)}

Phrase = tuple["str | int | tuple[Phrase, ...]", ...]
Draw = Callable[[], float]


class PhraseError(ValueError):
    """A phrase of the vocabulary is written wrongly."""


def compiled(text: str) -> Phrase:
    """Compile one phrase; `PhraseError` for a bracket left open or an unknown slot."""
    parts, end = _sequence(text, 0, inside=False)
    if end != len(text):
        raise PhraseError(f"bracket closed twice in {text!r}")
    return parts


def compiled_all(texts: Iterable[str]) -> tuple[Phrase, ...]:
    """Compile several phrases."""
    return tuple(compiled(text) for text in texts)


def said(phrase: Phrase, slots: list[str], draw: Draw) -> str:
    """Say a phrase: fill its slots, draw its choices with numbers from [0, 1)."""
    spoken: list[str] = []
    for part in phrase:
        if isinstance(part, str):
            spoken.append(part)
        elif isinstance(part, int):
            spoken.append(slots[part])
        else:
            spoken.append(said(part[int(draw() * len(part))], slots, draw))
    return "".join(spoken)


def mentions(phrase: Phrase, slot: int) -> bool:
    """Tell whether the phrase names the slot in any of its forms."""
    return any(
        part == slot
        if not isinstance(part, tuple)
        else any(mentions(option, slot) for option in part)
        for part in phrase
    )


def pick(values: tuple[T, ...], draw: Draw) -> T:
    """Draw one of several values, each as likely as the other."""
    return values[int(draw() * len(values))]


def tidied(text: str) -> str:
    """Leave one mark where two pieces brought two, and none that leads nowhere."""
    for mark in END_MARKS:
        for wrong in "，。；！":
            if mark + wrong in text:
                text = text.replace(mark + wrong, wrong if mark in "，；" else mark)
    return text.rstrip("，；")


def _sequence(text: str, start: int, *, inside: bool) -> tuple[Phrase, int]:
    """Read parts until the end of the text or, inside a choice, until ``|`` or ``]``."""
    parts: list[str | int | tuple[Phrase, ...]] = []
    position = start
    while position < len(text) and not (inside and text[position] in "|]"):
        part, position = _part(text, position)
        parts.append(part)
    return tuple(parts), position


def _part(text: str, start: int) -> tuple[str | int | tuple[Phrase, ...], int]:
    if text[start] == "[":
        return _choice(text, start)
    if text[start] == "{":
        return _slot(text, start)
    if text[start] in "|]}":
        raise PhraseError(f"stray {text[start]!r} at {start} in {text!r}")
    end = start
    while end < len(text) and text[end] not in "[]{}|":
        end += 1
    return text[start:end], end


def _choice(text: str, start: int) -> tuple[tuple[Phrase, ...], int]:
    options: list[Phrase] = []
    position = start
    while position < len(text) and (position == start or text[position] == "|"):
        option, position = _sequence(text, position + 1, inside=True)
        options.append(option)
    if position >= len(text):
        raise PhraseError(f"bracket left open in {text!r}")
    return tuple(options), position + 1


def _slot(text: str, start: int) -> tuple[int, int]:
    end = text.find("}", start)
    name = text[start + 1 : end]
    if name not in SLOT_INDEX:
        raise PhraseError(f"unknown slot {name!r} in {text!r}")
    return SLOT_INDEX[name], end + 1
