"""The speech patterns of callers and clerks: styles, frames, pieces, from ``speech.toml``."""

from __future__ import annotations

import itertools
import re
from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from civicloop.connectors.sample_city.marks import CLOSE, OPEN, with_marks, wrapped
from civicloop.connectors.sample_city.phrases import Draw, Phrase, compiled_all
from civicloop.connectors.sample_city.vocabulary import TONES, marked_words, table

T = TypeVar("T")
TOKEN = re.compile(r"([a-z]+2?)([?%]?)([^a-z?%]*)")
CHANCES = {"": 1.0, "?": 0.5, "%": 0.2}


class Weighted(Generic[T]):
    """Values with weights."""

    __slots__ = ("_bounds", "_values")

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._values = tuple(weights)
        self._bounds = list(itertools.accumulate(weights.values()))

    def draw(self, draw: Draw) -> T:
        """Draw one value in proportion to its weight."""
        return self._values[bisect(self._bounds, draw() * self._bounds[-1])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a frame, the chance that it is said, and the punctuation after it."""

    name: str
    chance: float
    after: str


Frame = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Style:
    """A way of writing: who writes, through which channels, how carefully."""

    name: str
    is_third_person: bool
    slips_ratio: float
    channels: Weighted[str]
    frames: dict[str, tuple[Frame, ...]]  # by tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Everything that is not particular to a problem."""

    styles: Weighted[Style]
    written_styles: Weighted[Style]  # by the people themselves
    pieces: dict[str, tuple[Phrase, ...]]
    moods: dict[str, tuple[Phrase, ...]]
    titles: dict[str, tuple[Phrase, ...]]
    follow_ups: dict[str, tuple[Phrase, ...]]
    kinds: dict[str, Weighted[str]]
    ask_of_kind: dict[str, str]
    facts: dict[str, tuple[str, ...]]
    dangers: dict[str, tuple[Phrase, ...]]
    label_of_kind: dict[str, Weighted[str]]


@lru_cache(maxsize=1)
def speech() -> Speech:
    """Read and compile ``speech.toml``, once per process."""
    words = table("speech")
    styles = {_style(row, words["tone_frames"]): float(row["weight"]) for row in words["style"]}
    return Speech(
        styles=Weighted(styles),
        written_styles=Weighted({s: w for s, w in styles.items() if not s.is_third_person}),
        pieces=_compiled(words["pieces"]) | _compiled(words["more_pieces"]),
        moods=_compiled(words["mood"]),
        titles=_compiled(words["title"]),
        follow_ups=_compiled(words["follow_up"]),
        kinds={tone: Weighted(words["kinds"][tone]) for tone in TONES},
        ask_of_kind=words["ask_of_kind"],
        facts={name: _facts(name, values) for name, values in words["facts"].items()},
        dangers={name: _sentences(name, texts) for name, texts in table("dangers").items()},
        label_of_kind={kind: Weighted(row) for kind, row in words["label_of_kind"].items()},
    )


def _style(row: dict[str, Any], tone_frames: dict[str, dict[str, list[str]]]) -> Style:
    name = row["name"]
    frames = {"complain": row["frames"], "report": row["frames"]}
    for tone, by_style in tone_frames.items():
        frames[tone] = by_style.get(name) or by_style["letter"]
    return Style(
        name=name,
        is_third_person=row["third_person"],
        slips_ratio=row["slips"],
        channels=Weighted(row["channels"]),
        frames={tone: tuple(map(frame, texts)) for tone, texts in frames.items()},
    )


def frame(text: str) -> Frame:
    """Read a frame such as ``open fact，effect?。ask``."""
    return tuple(
        Piece(name=name, chance=CHANCES[chance], after=after.strip(" "))
        for name, chance, after in TOKEN.findall(text)
    )


def _compiled(rows: dict[str, list[str]]) -> dict[str, tuple[Phrase, ...]]:
    words = {name: listed for name, listed in marked_words().items() if name != "respondent"}
    return {name: compiled_all(with_marks(texts, words)) for name, texts in rows.items()}


def _facts(name: str, values: list[str]) -> tuple[str, ...]:
    """Facts as they are said; those of time are marked as such."""
    is_time = name in ("ago", "clock", "month")
    return tuple(wrapped("time", value) if is_time else value for value in values)


def _sentences(name: str, texts: list[str]) -> tuple[Phrase, ...]:
    times = {"time": marked_words()["time"]}
    marked = [text.replace("<", OPEN[name]).replace(">", CLOSE) for text in texts]
    return compiled_all(with_marks(marked, times))
