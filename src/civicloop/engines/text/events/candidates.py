"""Find the few pairs of messages that are worth comparing, without looking at all pairs.

Each message is filed under its rarest pair grams. Messages filed under one gram are paired, in a
long list only with the nearest few, so that the work grows with the messages, not with their
square. Sorting and counting is done on whole numbers that carry all that matters in their bits.

Source: own work; prefix filtering on rare tokens after Bayardo, Ma & Srikant (WWW 2007).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.corpus import MOST_RARE, Background, Progress
from civicloop.engines.text.events.grams import (
    GRAM_BITS,
    GRAM_SPACE,
    Ints,
    Rows,
    beginnings,
    distinct,
    emptied,
    sliced,
)

KEYS = 40
SUBJECT_KEYS = 12
WINDOW = 16
PARTNERS = 16
LEAST_SHARED = 12.0  # rarity that two messages must share: more than one gram
_ROW_BITS = 26
MOST_MESSAGES = 1 << _ROW_BITS
_RARITY_STEPS = 255  # a rarity is rounded to so many steps of MOST_RARE
LEAST_STEPS = LEAST_SHARED * _RARITY_STEPS / MOST_RARE  # the same, in these steps
_WORTH_BITS = 16
_ROWS_AT_ONCE = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filings:
    """Which message (row) is filed under which gram, ascending by gram, then by row."""

    gram: npt.NDArray[np.int32]
    owner: npt.NDArray[np.int32]


PairUp = Callable[[Filings, int, Background, Progress], tuple[Ints, Ints]]


def keys_of(rows: Rows, background: Background) -> tuple[Ints, Ints]:
    """Choose the grams that each message is filed under: its rarest, some of them of the subject.

    Returns:
        Row number and gram, one per choice, ascending by row, then by gram.
    """
    owner = rows.owners()
    worth = _worth(rows.gram, background)
    best = _best_in_row(owner, worth, rows.gram, KEYS)
    titled = rows.in_subject()
    best_titled = _best_in_row(owner[titled], worth[titled], rows.gram[titled], SUBJECT_KEYS)
    key = distinct(np.concatenate([best, best_titled]))
    return key >> GRAM_BITS, key & (GRAM_SPACE - 1)


def _worth(gram: npt.NDArray[np.int32], background: Background) -> Ints:
    """Tell how good a key a gram is, as a whole number: rare, and better still part of a name."""
    worth = background.rarity[gram] * (1 + background.name[gram])
    return (worth * (((1 << _WORTH_BITS) - 1) / (2 * MOST_RARE))).astype(np.int64)


def _best_in_row(owner: Ints, worth: Ints, gram: npt.NDArray[np.int32], count: int) -> Ints:
    """Give owner and gram, in one number, of the ``count`` entries of most worth in each row."""
    backwards = (1 << _WORTH_BITS) - 1 - worth
    order = np.sort((((owner << _WORTH_BITS) | backwards) << GRAM_BITS) | gram)
    owner = order >> (_WORTH_BITS + GRAM_BITS)
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    best = order[rank < count]
    return (best >> (_WORTH_BITS + GRAM_BITS) << GRAM_BITS) | best & (GRAM_SPACE - 1)


def filings_of(rows: Rows, background: Background) -> Filings:
    """File messages under their keys."""
    parts = [np.empty(0, np.int64)]
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        part = sliced(rows, first, min(first + _ROWS_AT_ONCE, len(rows)))
        owner, gram = keys_of(part, background)
        parts.append(gram << 32 | owner + first)
    order = emptied(parts)
    order.sort()
    return Filings(
        gram=(order >> 32).astype(np.int32), owner=(order & (1 << 32) - 1).astype(np.int32)
    )


def candidate_pairs(
    filings: Filings, count: int, background: Background, progress: Progress | None = None
) -> tuple[Ints, Ints]:
    """Pair messages that share rare grams, the best ``PARTNERS`` of each.

    Args:
        filings: of the messages.
        count: how many messages there are; fewer than ``MOST_MESSAGES``.
        background: says how rare a gram is.
        progress: told now and then how many messages were paired.

    Returns:
        Row numbers of the two sides, first < second, each pair once, ascending.
    """
    neighbours = _Neighbours.of(filings, background)
    pairs = [np.empty(0, np.int64)]
    for first in range(0, count, _ROWS_AT_ONCE):
        owner, partner = neighbours.best_of(first, min(first + _ROWS_AT_ONCE, count))
        pairs.append(np.minimum(owner, partner) << _ROW_BITS | np.maximum(owner, partner))
        if progress:
            progress(first)
    pair = distinct(emptied(pairs))
    return pair >> _ROW_BITS, pair & MOST_MESSAGES - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Neighbours:
    """Filings with what stands beside them under the same gram."""

    owner: npt.NDArray[np.int32]
    rarity: npt.NDArray[np.uint8]  # of the gram, in steps
    before: npt.NDArray[np.uint8]  # filings of the gram that come just before, at most WINDOW
    after: npt.NDArray[np.uint8]
    by_owner: Ints  # owner and place in the other parts, in one number, ascending

    @classmethod
    def of(cls, filings: Filings, background: Background) -> "_Neighbours":
        gram, owner = filings.gram, filings.owner
        begins = beginnings(gram).astype(np.int32)
        lengths = np.diff(begins, append=np.int32(len(gram)))
        before = np.arange(len(gram), dtype=np.int32)  # of millions: as small as they can be kept
        before -= np.repeat(begins, lengths)
        after = np.repeat(lengths - 1, lengths)
        after -= before
        recurring = np.flatnonzero(np.repeat(lengths > 1, lengths))
        by_owner = owner[recurring].astype(np.int64)
        by_owner <<= 32
        by_owner |= recurring
        by_owner.sort()
        return cls(
            owner=owner,
            rarity=rarity_steps(background.rarity[gram]),
            before=np.minimum(before, WINDOW).astype(np.uint8),
            after=np.minimum(after, WINDOW).astype(np.uint8),
            by_owner=by_owner,
        )

    def best_of(self, first: int, last: int) -> tuple[Ints, Ints]:
        """Pair some owners with the partners they share most with."""
        span = slice(*np.searchsorted(self.by_owner, [first << 32, last << 32]))
        mine = self.by_owner[span]
        at = mine & (1 << 32) - 1
        before, after = self.before[at].astype(np.int64), self.after[at]
        length = before + after + 1
        begins = np.cumsum(length) - length
        near = np.arange(length.sum()) + np.repeat(at - before - begins, length)
        local = np.repeat((mine >> 32) - first, length)
        rarity = np.repeat(self.rarity[at], length)
        key = np.sort((local << _ROW_BITS | self.owner[near]) << 8 | rarity)
        begins = beginnings(key >> 8)
        shared = np.add.reduceat(key & 255, begins) if len(begins) else begins
        pair = key[begins] >> 8
        owner, partner = (pair >> _ROW_BITS) + first, pair & MOST_MESSAGES - 1
        worth = (shared >= LEAST_STEPS) & (owner != partner)
        return _most_shared(owner[worth], partner[worth], shared[worth], first)


def best_partners(gram: Ints, partner: Ints, background: Background) -> Ints:
    """Choose the messages that share most with one, from what is filed under its keys.

    Args:
        gram: of each filing.
        partner: the message filed there, by any number.
        background: says how rare a gram is.

    Returns:
        The ``PARTNERS`` best at most, ascending.
    """
    key = np.sort(partner << 8 | rarity_steps(background.rarity[gram]))
    begins = beginnings(key >> 8)
    shared = np.add.reduceat(key & 255, begins) if len(begins) else begins
    worth = np.flatnonzero(shared >= LEAST_STEPS)
    found = key[begins[worth]] >> 8
    return np.sort(found[np.lexsort((found, -shared[worth]))[:PARTNERS]])


def _most_shared(owner: Ints, partner: Ints, shared: Ints, first: int) -> tuple[Ints, Ints]:
    """Keep the ``PARTNERS`` of each owner that share most with it."""
    most = KEYS + SUBJECT_KEYS << 8
    order = np.sort((owner - first) * most + (most - 1 - shared) << _ROW_BITS | partner)
    owner = (order >> _ROW_BITS) // most
    kept = np.arange(len(owner)) - np.searchsorted(owner, owner) < PARTNERS
    return owner[kept] + first, order[kept] & MOST_MESSAGES - 1


def rarity_steps(rarity: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Round rarities to whole steps, so that sums are exact in any order."""
    steps: npt.NDArray[np.uint8] = np.rint(rarity * (_RARITY_STEPS / MOST_RARE)).astype(np.uint8)
    return steps
