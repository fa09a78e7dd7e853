"""Cut texts into the pieces that the search index holds.

A piece is two neighbouring characters (供热停 → 供热, 热停), so that every substring of two or more
characters is found by the pieces it is made of. Runs of digits and Latin letters are also cut in
fours: the pairs of a number stand in every other row, its fours do not. The last character of a
field is a piece of its own, so that every character begins a piece and one-character queries work.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

FIELD_END = "\x1f"
_NOT_SEARCHED = re.compile(rf"(?:[^\w{FIELD_END}]|_)+")
_PLAIN_RUN = re.compile(r"[0-9a-z]{4,}")
_RUN_LENGTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is searched: every word must occur in an appeal, each as a substring."""

    words: tuple[str, ...]  # folded, none empty
    grams: tuple[str, ...]  # pieces that every hit has
    starts: tuple[str, ...]  # without pieces: characters that a piece of every hit starts with

    @property
    def is_decided_by_index(self) -> bool:
        """Whether having the pieces, or starts, is the same as having the words."""
        return bool(self.starts) or all(len(word) == 2 for word in self.words)

    def matches(self, folded_fields: str) -> bool:
        return all(word in folded_fields for word in self.words)


def fold(fields: Iterable[str]) -> str:
    """Give the fields in one width and case, without spaces and punctuation, FIELD_END between."""
    joined = unicodedata.normalize("NFKC", FIELD_END.join(fields)).casefold()
    return _NOT_SEARCHED.sub("", joined)


def grams_of(folded_fields: str) -> set[str]:
    """The pieces of folded fields."""
    pieces: set[str] = set()
    for field in folded_fields.split(FIELD_END):
        if field:
            pieces.update(map("".join, pairwise(field)))
            pieces.add(field[-1])
    for run in _PLAIN_RUN.findall(folded_fields):
        pieces.update(_fours(run))
    return pieces


def read_query(search: str) -> Query | None:
    """Understand what was typed; None when it holds nothing that can be searched."""
    words = tuple(dict.fromkeys(filter(None, (fold([word]) for word in search.split()))))
    if not words:
        return None
    grams: dict[str, None] = {}
    for word in words:
        grams |= dict.fromkeys(_needed_grams(word))
    return Query(words=words, grams=tuple(grams), starts=() if grams else words)


def _needed_grams(word: str) -> Iterable[str]:
    """The rarest pieces that together every hit of the word must have."""
    covered: set[int] = set()
    for match in _PLAIN_RUN.finditer(word):
        yield from _fours(match[0])
        covered.update(range(match.start(), match.end() - 1))
    for position in range(len(word) - 1):
        if position not in covered:
            yield word[position : position + 2]


def _fours(run: str) -> list[str]:
    return [run[start : start + _RUN_LENGTH] for start in range(len(run) - _RUN_LENGTH + 1)]
