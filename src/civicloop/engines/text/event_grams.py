"""Turn messages into character grams: the sparse rows that all same-event evidence is read from.

Two channels per message. *Pairs* are two characters at distance one or two without regard to
their order, so a name with two characters swapped still shares most of its pairs. *Triples* are
three characters in a row, in order: they tell literal repetition. Grams are hashed to 22 bits.

Source: own work; unordered skip-grams after Guthrie et al., "A Closer Look at Skip-gram
Modelling" (LREC 2006), feature hashing after Weinberger et al. (ICML 2009).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.normalise import BREAK, plain

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

GRAM_BITS = 22
GRAM_SPACE = 1 << GRAM_BITS
BODY_CHARACTERS = 600  # of the plain body: a complaint says its matter early; the rest is history
_ROWS_AT_ONCE = 4000

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


_EMPHASIS = (1 + np.log(np.maximum(np.arange(256), 1))).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Sparse rows, one per message: row ``r`` is ``gram[start[r]:start[r + 1]]``, ascending.

    ``often`` counts the gram in the message, ``in_subject`` says whether its subject holds it.
    """

    start: Ints
    gram: npt.NDArray[np.int32]
    often: npt.NDArray[np.uint8]
    in_subject: Flags

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.start) - 1

    def emphasis(self) -> npt.NDArray[np.float32]:
        """Tell how much more each entry counts for being repeated: 1 + ln of its count."""
        return _EMPHASIS[self.often]

    def emphasis_at(self, entries: Ints) -> npt.NDArray[np.float32]:
        """Give the emphasis of some entries."""
        return _EMPHASIS[self.often[entries]]


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


def grams_of(
    subjects: Sequence[str], bodies: Sequence[str], counts: NameCounts | None = None
) -> Grams:
    """Read the grams of messages.

    Args:
        subjects: one per message, may be empty.
        bodies: as many; only the first ``BODY_CHARACTERS`` plain characters count.
        counts: when given, the occurrences found are added to it.

    Returns:
        One row per message in each channel, in the order given.
    """
    parts: list[Grams] = []
    for first in range(0, max(len(subjects), 1), _ROWS_AT_ONCE):
        part = slice(first, first + _ROWS_AT_ONCE)
        characters = _Characters.of(subjects[part], bodies[part])
        at, gram, reach = characters.pair_grams()
        if counts is not None:
            cue = characters.near_cue[at] & characters.near_cue[at + reach]
            counts.seen[:] += np.bincount(gram, minlength=GRAM_SPACE)
            counts.near_cue[:] += np.bincount(gram[cue], minlength=GRAM_SPACE)
        pairs = characters.rows(at, gram)
        parts.append(Grams(pairs=pairs, triples=characters.rows(*characters.triple_grams())))
    return stacked(parts)


def count_names(subject: str, body: str, counts: NameCounts) -> Ints:
    """Add one message's occurrences to the counts.

    Returns:
        The grams whose counts changed, ascending.
    """
    characters = _Characters.of([subject], [body])
    at, gram, reach = characters.pair_grams()
    cue = characters.near_cue[at] & characters.near_cue[at + reach]
    np.add.at(counts.seen, gram, 1)
    np.add.at(counts.near_cue, gram[cue], 1)
    return np.unique(gram)


def no_counts() -> NameCounts:
    """Begin counting."""
    return NameCounts(
        seen=np.zeros(GRAM_SPACE, np.float32), near_cue=np.zeros(GRAM_SPACE, np.float32)
    )


def stacked(parts: Sequence[Grams]) -> Grams:
    """Put sets of messages one under the other."""
    return Grams(
        pairs=joined([part.pairs for part in parts]),
        triples=joined([part.triples for part in parts]),
    )


def picked(grams: Grams, numbers: Ints) -> Grams:
    """Copy messages by row number."""
    return Grams(pairs=taken(grams.pairs, numbers)[0], triples=taken(grams.triples, numbers)[0])


def joined(parts: Sequence[Rows]) -> Rows:
    """Put sets of rows one under the other."""
    ends = np.cumsum([0, *(int(part.start[-1]) for part in parts)])
    starts = [part.start[:-1] + end for part, end in zip(parts, ends[:-1], strict=True)]
    return Rows(
        start=np.concatenate([*starts, ends[-1:]]),
        gram=np.concatenate([part.gram for part in parts]),
        often=np.concatenate([part.often for part in parts]),
        in_subject=np.concatenate([part.in_subject for part in parts]),
    )


def taken(rows: Rows, numbers: Ints) -> tuple[Rows, Ints]:
    """Copy rows by number, with the place in ``rows`` that each entry came from."""
    length = rows.start[numbers + 1] - rows.start[numbers]
    start = np.concatenate([[0], np.cumsum(length)])
    entry = np.arange(start[-1]) + np.repeat(rows.start[numbers] - start[:-1], length)
    copy = Rows(
        start=start,
        gram=rows.gram[entry],
        often=rows.often[entry],
        in_subject=rows.in_subject[entry],
    )
    return copy, entry


@dataclass(frozen=True, slots=True, kw_only=True)
class _Characters:
    """The characters of several messages in one array, with where each stands."""

    code: Ints
    message: Ints
    is_subject: Flags
    is_break: Flags
    near_cue: Flags
    messages: int

    @classmethod
    def of(cls, subjects: Sequence[str], bodies: Sequence[str]) -> "_Characters":
        heads = [plain(subject) + BREAK for subject in subjects]
        tails = [plain(body)[:BODY_CHARACTERS] + BREAK * 2 for body in bodies]
        text = "".join(head + tail for head, tail in zip(heads, tails, strict=True))
        code = np.frombuffer(text.encode("utf-16-le"), np.uint16).astype(np.int64)
        lengths = np.array([len(x) for two in zip(heads, tails, strict=True) for x in two], int)
        numbers = np.arange(len(heads))
        return cls(
            code=code,
            message=np.repeat(np.repeat(numbers, 2), lengths),
            is_subject=np.repeat(np.tile([True, False], len(heads)), lengths),
            is_break=code == ord(BREAK),
            near_cue=_near_cue(text),
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
        unique, inverse, often = np.unique(key, return_inverse=True, return_counts=True)
        in_subject = np.zeros(len(unique), bool)
        in_subject[inverse[self.is_subject[at]]] = True
        start = np.searchsorted(unique >> GRAM_BITS, np.arange(self.messages + 1))
        return Rows(
            start=start.astype(np.int64),
            gram=(unique & (GRAM_SPACE - 1)).astype(np.int32),
            often=np.minimum(often, 255).astype(np.uint8),
            in_subject=in_subject,
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
