"""Find the few pairs of messages that are worth comparing, without looking at all pairs.

Each message is filed under its rarest pair grams. Messages filed under one gram are paired, in a
long list only with the next few, so that the work grows with the messages, not with their square.

Source: own work; prefix filtering on rare tokens after Bayardo, Ma & Srikant (WWW 2007).
"""

import numpy as np

from civicloop.engines.text.event_corpus import Background, Corpus
from civicloop.engines.text.event_grams import Flags, Floats, Ints, Rows, taken

KEYS = 40
SUBJECT_KEYS = 12
WINDOW = 16
PARTNERS = 16
LEAST_SHARED = 12.0  # rarity that two messages must share: more than one gram
_OWNERS_AT_ONCE = 10_000
_ROWS_AT_ONCE = 4000


def keys_of(rows: Rows, background: Background) -> tuple[Ints, Ints]:
    """Choose the grams that each message is filed under: its rarest, some of them of the subject.

    Returns:
        Row number and gram, one per choice, ascending by row.
    """
    owners: list[Ints] = []
    chosen: list[Ints] = []
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        numbers = np.arange(first, min(first + _ROWS_AT_ONCE, len(rows)))
        part, _ = taken(rows, numbers)
        owner = np.repeat(np.arange(len(part)), np.diff(part.start))
        gram = part.gram.astype(np.int64)
        worth = background.rarity[gram].astype(np.float64) * (1 + background.name[gram])
        rank = _rank_in_row(owner, worth, gram)
        subject_rank = _rank_in_row(owner, np.where(part.in_subject, worth, -1.0), gram)
        keep = (rank < KEYS) | (part.in_subject & (subject_rank < SUBJECT_KEYS))
        owners.append(owner[keep] + first)
        chosen.append(gram[keep])
    return np.concatenate([np.empty(0, int), *owners]), np.concatenate([np.empty(0, int), *chosen])


def _rank_in_row(owner: Ints, value: Floats, tie: Ints) -> Ints:
    order = np.lexsort((tie, -value, owner))
    starts = np.searchsorted(owner, np.arange(owner[-1] + 2 if len(owner) else 1))
    rank = np.empty(len(owner), int)
    rank[order] = np.arange(len(owner)) - starts[owner[order]]
    return rank


def candidate_pairs(corpus: Corpus, background: Background) -> tuple[Ints, Ints]:
    """Pair messages that share rare grams, the best ``PARTNERS`` of each.

    Returns:
        Row numbers of the two sides, first < second, each pair once, ascending.
    """
    rows = corpus.grams.pairs
    owner, gram = keys_of(rows, background)
    recurring = np.bincount(gram, minlength=1)[gram] > 1
    owner, gram = owner[recurring], gram[recurring]
    order = np.lexsort((owner, gram))
    owner, gram = owner[order], gram[order]
    key, weight = _windowed(owner, gram, background.rarity[gram].astype(float), len(rows))
    first, second = key // len(rows), key % len(rows)
    best = _among_best(first, second, weight)
    return first[best], second[best]


def _windowed(owner: Ints, gram: Ints, rarity: Floats, count: int) -> tuple[Ints, Floats]:
    """Pair each filing with the next ones under the same gram; add up the rarity by pair."""
    keys: list[Ints] = [np.empty(0, np.int64)]
    sums: list[Floats] = [np.empty(0, np.float64)]
    steps = range(1, min(WINDOW, len(owner)) + 1)
    for first in range(0, count, _OWNERS_AT_ONCE):
        mine = (owner >= first) & (owner < first + _OWNERS_AT_ONCE)
        same = [np.flatnonzero(mine[:-s] & (gram[:-s] == gram[s:])) for s in steps]
        found = [owner[at] * count + owner[at + s] for s, at in zip(steps, same, strict=True)]
        weights = np.concatenate([np.empty(0), *(rarity[at] for at in same)])
        key, inverse = np.unique(np.concatenate([keys[0], *found]), return_inverse=True)
        total = np.bincount(inverse, weights=weights, minlength=len(key)).astype(np.float64)
        enough = total >= LEAST_SHARED
        keys.append(key[enough])
        sums.append(total[enough])
    return np.concatenate(keys), np.concatenate(sums)


def _among_best(first: Ints, second: Ints, weight: Floats) -> Flags:
    pair = np.arange(len(first))
    owner = np.concatenate([first, second])
    order = np.argsort(owner, kind="stable")
    both = np.concatenate([pair, pair])[order]
    rank = _rank_in_row(owner[order], np.concatenate([weight, weight])[order], both)
    keep = np.zeros(len(first), bool)
    keep[both[rank < PARTNERS]] = True
    return keep
