"""Keep what was read in messages as bytes: they can be compared again without their words.

A message is a head of fixed size (circumstances, sums, telling names, meaning), then its grams,
areas and numbers in one run of whole numbers, so that many are unpacked by a few steps on arrays.
The bytes mean something only beside the background that the messages were held against.

Source: own work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.corpus import Background, Corpus, Totals, Traits
from civicloop.engines.text.events.grams import Floats, Grams, Ints, Rows, sliced
from civicloop.engines.text.events.telling import MOST, Telling

_PAIRS, _TRIPLES, _AREAS, _NUMBERS = range(4)  # what the run of whole numbers holds, in this order
_MARK_BITS = {_PAIRS: 8, _NUMBERS: 2}  # marks of the others say nothing
_TOTALS = tuple(part.name for part in fields(Totals))
_ROWS_AT_ONCE = 4000

Codes = npt.NDArray[np.uint32]


def packed(corpus: Corpus) -> Iterator[bytes]:
    """Give each message of a corpus as bytes, in the order of its rows."""
    count = len(corpus.grams.pairs)
    for first in range(0, count, _ROWS_AT_ONCE):
        yield from _packed(corpus, first, min(first + _ROWS_AT_ONCE, count))


def unpacked(parts: Sequence[bytes], background: Background) -> Corpus:
    """Give the corpus of messages that were packed beside this background, at least one."""
    kind = _head(background.meaning.axes.shape[1])
    size = kind.itemsize
    head = np.frombuffer(b"".join([part[:size] for part in parts]), kind)
    codes = np.frombuffer(b"".join([part[size:] for part in parts]), "<u4")
    lengths = head["lengths"].astype(np.int64)
    channel = np.repeat(np.tile(np.arange(4, dtype=np.uint8), len(parts)), lengths.ravel())
    pairs, triples, areas, numbers = (
        _rows(codes[channel == at], lengths[:, at], _MARK_BITS.get(at, 0)) for at in range(4)
    )
    author = head["author"].astype(np.int64)
    return Corpus(
        grams=Grams(pairs=pairs, triples=triples),
        traits=Traits(
            author=author,
            habit=np.log(background.messages_of(author)),
            day=head["day"].astype(np.float64),
            areas=areas,
            levels=head["levels"].astype(np.int64),
            numbers=numbers,
            numbered=head["numbered"],
            length=head["length"].astype(np.int64),
        ),
        totals=Totals(**{name: head["totals"][:, at] for at, name in enumerate(_TOTALS)}),
        telling=Telling(
            gram=head["telling"],
            worth=head["worth"],
            first=head["first"],
            second=head["second"],
        ),
        meaning=head["meaning"],
    )


@lru_cache(maxsize=4)
def _head(axes: int) -> np.dtype[np.void]:
    return np.dtype(
        [
            ("lengths", "<u4", 4),
            ("author", "<i8"),
            ("day", "<f8"),
            ("length", "<u4"),
            ("levels", "<u1"),
            ("numbered", "?"),
            ("totals", "<f4", len(_TOTALS)),
            ("telling", "<i4", MOST),
            ("worth", "<f4", MOST),
            ("first", "<u4", MOST),
            ("second", "<u4", MOST),
            ("meaning", "<f4", axes),
        ]
    )


def _packed(corpus: Corpus, first: int, last: int) -> Iterator[bytes]:
    traits, telling, rows = corpus.traits, corpus.telling, slice(first, last)
    parts = [
        sliced(part, first, last)
        for part in (corpus.grams.pairs, corpus.grams.triples, traits.areas, traits.numbers)
    ]
    head = np.zeros(last - first, _head(corpus.meaning.shape[1]))
    head["lengths"] = np.column_stack([part.lengths() for part in parts])
    for name in ("author", "day", "length", "levels", "numbered"):
        head[name] = getattr(traits, name)[rows]
    head["totals"] = _columns(corpus.totals, rows)
    head["telling"], head["worth"] = telling.gram[rows], telling.worth[rows]
    head["first"], head["second"] = telling.first[rows], telling.second[rows]
    head["meaning"] = corpus.meaning[rows]
    codes = [_codes(part, _MARK_BITS.get(at, 0)) for at, part in enumerate(parts)]
    heads, size = head.tobytes(), head.itemsize
    starts = [part.start.tolist() for part in parts]
    for row in range(last - first):
        yield heads[row * size : (row + 1) * size] + b"".join(
            code[start[row] : start[row + 1]].tobytes()
            for code, start in zip(codes, starts, strict=True)
        )


def _columns(totals: Totals, rows: "slice[int, int, None]") -> Floats:
    return np.column_stack([getattr(totals, name)[rows] for name in _TOTALS])


def _codes(rows: Rows, mark_bits: int) -> Codes:
    """Put code and mark of each entry into one number."""
    codes = rows.gram.astype(np.uint32)
    if mark_bits:
        codes <<= mark_bits
        codes |= rows.mark
    return codes


def _rows(codes: Codes, lengths: Ints, mark_bits: int) -> Rows:
    return Rows(
        start=np.concatenate([[0], np.cumsum(lengths)]),
        gram=(codes >> mark_bits).astype(np.int32),
        mark=(codes & (1 << mark_bits) - 1).astype(np.uint8),
    )
