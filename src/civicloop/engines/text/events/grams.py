"""Turn messages into character grams: the sparse rows that all same-event evidence is read from.

Two channels per message. *Pairs* are two characters at distance one or two without regard to
their order, so a name with two characters swapped still shares most of its pairs. *Triples* are
three characters in a row, in order: they tell literal repetition. Grams are hashed to 22 bits.

Source: own work; unordered skip-grams after Guthrie et al., "A Closer Look at Skip-gram
Modelling" (LREC 2006), feature hashing after Weinberger et al. (ICML 2009).
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.values import PlainText
from civicloop.engines.text.normalise import BREAK

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
S = TypeVar("S", np.uint8, np.int32, np.int64)
T = TypeVar("T", np.int32, np.int64, np.uint64)

GRAM_BITS = 22
GRAM_SPACE = 1 << GRAM_BITS
CODE_BITS = 31
CODE_SPACE = (1 << CODE_BITS) - 1  # of any code in a row: a gram's, a number's, an area's
BODY_CHARACTERS = 600  # of the plain body: a complaint says its matter early; the rest is history
_CHARACTERS_AT_ONCE = 1_000_000

# What commonly ends a name, or follows one, in Chinese addresses and appeals; one city's names
# are learned from where their characters stand relative to these.
_NAME_ENDS = (
    "小区|花园|家园|嘉园|名苑|雅苑|新苑|苑|府|公馆|国际|广场|大厦|公寓|别墅|山庄|大道|路|街|巷|桥|站|镇|村|乡|社区|街道|"
    "公司|集团|厂|店|酒店|超市|市场|学校|中学|小学|幼儿园|大学|学院|医院|驾校|平台|楼盘|项目|物业|业主|开发商|工地|"
    "一期|二期|三期|安置|河|湖|港|江|水库|公园"
)
_NAME_END = re.compile("|".join(sorted(_NAME_ENDS.split("|"), key=len, reverse=True)))
_AREA_END = re.compile("[区县市镇乡]|街道")
_BEFORE_END = 4
_AFTER_AREA = 5


_MOST_OFTEN = 127
_EMPHASIS = (1 + np.log(np.maximum(np.arange(256) >> 1, 1))).astype(np.float32)  # by mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Sparse rows, one per message: row ``r`` is ``gram[start[r]:start[r + 1]]``, ascending.

    ``mark`` is twice the times the message holds the gram (at most 127), plus one when its
    subject holds it.
    """

    start: Ints
    gram: npt.NDArray[np.int32]
    mark: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.start) - 1

    def lengths(self) -> Ints:
        """Count the entries of each row."""
        return self.start[1:] - self.start[:-1]

    def owners(self) -> Ints:
        """Tell of each entry which row it stands in."""
        return np.repeat(np.arange(len(self)), self.lengths())

    def in_subject(self) -> Flags:
        """Tell of each entry whether the subject holds the gram."""
        return (self.mark & 1).astype(bool)

    def emphasis(self) -> npt.NDArray[np.float32]:
        """Tell how much more each entry counts for being repeated: 1 + ln of its count."""
        return emphasis_of(self.mark)


def emphasis_of(mark: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Tell how much more entries with these marks count for being repeated."""
    return np.asarray(_EMPHASIS[mark])


@dataclass(frozen=True, slots=True, kw_only=True)
class Grams:
    """The two channels of a set of messages; row ``r`` of both is one message."""

    pairs: Rows
    triples: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class NameCounts:
    """Per pair gram: how often it was seen, and how often beside what begins or ends a name."""

    seen: npt.NDArray[np.float32]
    near_cue: npt.NDArray[np.float32]


def grams_of(texts: Iterable[PlainText], counts: NameCounts | None = None) -> Grams:
    """Read the grams of messages.

    Args:
        texts: plain subjects and bodies; of a body only the first ``BODY_CHARACTERS`` count.
        counts: when given, the occurrences found are added to it.

    Returns:
        One row per message in each channel, in the order given.
    """
    pairs, triples = _Collected(), _Collected()
    for part in _parts(texts):
        characters = _Characters.of(part)
        at, gram, reach = characters.pair_grams()
        if counts is not None:
            near_cue = _near_cue(characters.text)
            cue = near_cue[at] & near_cue[at + reach]
            counts.seen[:] += np.bincount(gram, minlength=GRAM_SPACE)
            counts.near_cue[:] += np.bincount(gram[cue], minlength=GRAM_SPACE)
        pairs.take(characters.rows(at, gram))
        triples.take(characters.rows(*characters.triple_grams()))
    return Grams(pairs=pairs.rows(), triples=triples.rows())


def spelt_grams(texts: Sequence[PlainText]) -> tuple[Ints, Ints, Ints, Ints]:
    """Give message number, pair gram and both characters, the lower first, of every occurrence."""
    characters = _Characters.of(texts)
    at, gram, reach = characters.pair_grams()
    one, other = characters.code[at], characters.code[at + reach]
    return characters.message[at], gram, np.minimum(one, other), np.maximum(one, other)


def _parts(texts: Iterable[PlainText]) -> Iterator[list[PlainText]]:
    """Part messages so that none has many more than ``_CHARACTERS_AT_ONCE`` characters."""
    part: list[PlainText] = []
    characters = 0
    for text in texts:
        part.append(text)
        characters += len(text.subject) + min(len(text.body), BODY_CHARACTERS)
        if characters > _CHARACTERS_AT_ONCE:
            yield part
            part, characters = [], 0
    yield part


class _Collected:
    """Rows that come in parts; putting them together needs no room for a second copy."""

    def __init__(self) -> None:
        self._lengths: list[Ints] = []
        self._gram: list[npt.NDArray[np.int32]] = []
        self._mark: list[npt.NDArray[np.uint8]] = []

    def take(self, rows: Rows) -> None:
        self._lengths.append(rows.lengths())
        self._gram.append(rows.gram)
        self._mark.append(rows.mark)

    def rows(self) -> Rows:
        start = np.concatenate([[0], np.cumsum(np.concatenate(self._lengths))])
        return Rows(
            start=start,
            gram=emptied(self._gram),
            mark=emptied(self._mark),
        )


def emptied(parts: list[npt.NDArray[S]]) -> npt.NDArray[S]:
    """Put arrays one after the other, letting go of each as it is copied."""
    whole = np.empty(sum(len(part) for part in parts), parts[0].dtype)
    at = 0
    for number, part in enumerate(parts):
        whole[at : at + len(part)] = part
        at += len(part)
        parts[number] = whole[:0]
    return whole


def distinct(values: Ints) -> Ints:
    """Give the different values, ascending; sorting is fifty times as fast as ``np.unique``'s hashing."""
    order = np.sort(values)
    return order[beginnings(order)]


def beginnings(order: npt.NDArray[T]) -> Ints:
    """Give the places where another value begins in what is sorted."""
    fresh = np.ones(len(order), bool)
    np.not_equal(order[1:], order[:-1], out=fresh[1:])
    return np.flatnonzero(fresh)


class RowBuilder:
    """Rows written one by one, each from a few codes with their marks."""

    def __init__(self) -> None:
        """Begin without rows."""
        self._start = array("q", [0])
        self._code = array("i")
        self._mark = array("B")

    def add(self, marks: Mapping[int, int]) -> None:
        """Write one row: mark by code."""
        for code in sorted(marks):
            self._code.append(code)
            self._mark.append(marks[code])
        self._start.append(len(self._code))

    def rows(self) -> Rows:
        """Give the rows written."""
        return Rows(
            start=np.array(self._start, np.int64),
            gram=np.array(self._code, np.int32),
            mark=np.array(self._mark, np.uint8),
        )


def no_counts() -> NameCounts:
    """Begin counting."""
    return NameCounts(
        seen=np.zeros(GRAM_SPACE, np.float32), near_cue=np.zeros(GRAM_SPACE, np.float32)
    )


def taken(rows: Rows, numbers: Ints) -> Rows:
    """Copy rows by number."""
    length = rows.start[numbers + 1] - rows.start[numbers]
    start = np.concatenate([[0], np.cumsum(length)])
    entry = np.arange(start[-1]) + np.repeat(rows.start[numbers] - start[:-1], length)
    return Rows(start=start, gram=rows.gram[entry], mark=rows.mark[entry])


def sliced(rows: Rows, first: int, last: int) -> Rows:
    """Look at the rows from ``first`` until before ``last``, without a copy."""
    start, end = int(rows.start[first]), int(rows.start[last])
    return Rows(
        start=rows.start[first : last + 1] - start,
        gram=rows.gram[start:end],
        mark=rows.mark[start:end],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Characters:
    """The characters of several messages in one array, with where each stands."""

    text: str
    code: Ints
    message: Ints
    is_subject: Flags
    is_break: Flags
    messages: int

    @classmethod
    def of(cls, texts: Sequence[PlainText]) -> "_Characters":
        heads = [text.subject + BREAK for text in texts]
        tails = [text.body[:BODY_CHARACTERS] + BREAK * 2 for text in texts]
        text = "".join(head + tail for head, tail in zip(heads, tails, strict=True))
        code = np.frombuffer(text.encode("utf-16-le"), np.uint16).astype(np.int64)
        lengths = np.array([len(x) for two in zip(heads, tails, strict=True) for x in two], int)
        numbers = np.arange(len(heads))
        return cls(
            text=text,
            code=code,
            message=np.repeat(np.repeat(numbers, 2), lengths),
            is_subject=np.repeat(np.tile([True, False], len(heads)), lengths),
            is_break=code == ord(BREAK),
            messages=len(heads),
        )

    def pair_grams(self) -> tuple[Ints, Ints, Ints]:
        """Give position, gram and distance of every unordered pair inside a sentence."""
        at: list[Ints] = []
        gram: list[Ints] = []
        for reach in (1, 2):
            found = np.flatnonzero(self._unbroken(reach))
            one, other = self.code[found], self.code[found + reach]
            at.append(found)
            gram.append(_hashed((np.minimum(one, other) << 16) | np.maximum(one, other)))
        reach_of = np.repeat([1, 2], [len(found) for found in at])
        return np.concatenate(at), np.concatenate(gram), reach_of

    def triple_grams(self) -> tuple[Ints, Ints]:
        """Give position and gram of every three characters in a row inside a sentence."""
        at = np.flatnonzero(self._unbroken(2))
        code = (self.code[at] << 32) | (self.code[at + 1] << 16) | self.code[at + 2]
        return at, _hashed(code)

    def rows(self, at: Ints, gram: Ints) -> Rows:
        """Gather grams by message, each once with its count."""
        key = (self.message[at] << GRAM_BITS) | gram
        key = np.sort((key << 1) | ~self.is_subject[at])  # of equal grams the subject's first
        begins = beginnings(key >> 1)
        often = np.minimum(np.append(begins[1:], len(key)) - begins, _MOST_OFTEN)
        first = key[begins]
        start = np.searchsorted(first >> (GRAM_BITS + 1), np.arange(self.messages + 1))
        return Rows(
            start=start.astype(np.int64),
            gram=((first >> 1) & (GRAM_SPACE - 1)).astype(np.int32),
            mark=(often << 1 | ~first & 1).astype(np.uint8),
        )

    def _unbroken(self, reach: int) -> Flags:
        whole = ~self.is_break
        fine = whole[: len(whole) - reach].copy()
        for step in range(1, reach + 1):
            fine &= whole[step : len(whole) - reach + step]
        return fine


def _near_cue(text: str) -> Flags:
    """Mark characters that stand just before a name's end or just after an area's name."""
    marks = np.zeros(len(text) + _AFTER_AREA, bool)
    starts = np.array([found.start() for found in _NAME_END.finditer(text)], int)
    ends = np.array([found.end() for found in _AREA_END.finditer(text)], int)
    for step in range(1, _BEFORE_END + 1):
        marks[np.maximum(starts - step, 0)] = True
    for step in range(_AFTER_AREA):
        marks[ends + step] = True
    return marks[: len(text)]


def _hashed(code: Ints) -> Ints:
    """Spread gram codes over the gram space (the finishing steps of SplitMix64)."""
    mixed = code.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return (mixed & np.uint64(GRAM_SPACE - 1)).astype(np.int64)


def pair_codes(run: str) -> Ints:
    """Give the pair grams of neighbouring characters in a short plain text."""
    code = np.frombuffer(run.encode("utf-16-le"), np.uint16).astype(np.int64)
    one, other = code[:-1], code[1:]
    return _hashed((np.minimum(one, other) << 16) | np.maximum(one, other))
