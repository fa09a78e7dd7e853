"""Which rows belong together, and which part of the rows tests a model that saw the others.

Rows of one author and nearly identical texts would let a model be tested on what it has learned by
heart, so they are kept together; where times are known, the newest rows are one of the parts.

Source: Broder 1997, "On the resemblance and containment of documents" (shingles and minima of
hashes), banded as in Leskovec, Rajaraman and Ullman 2014, "Mining of massive datasets", chapter 3.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.topics.features import Ints
from civicloop.engines.text.words import fold

SHINGLE = 6  # characters
BANDS, MINIMA = 5, 4  # of 5 bands one agrees: about .9 at resemblance .8, .3 at .5
LIKE = 0.6  # share of equal minima, which estimates the share of shingles in common
LARGEST_SHARE = 0.1  # of all rows in one group; beyond, likeness says nothing about them
AT_ONCE = 2_000_000  # characters

FOLDS = 5
FEWER_FOLDS, FEWER_FOLDS_FROM = 3, 200_000_000  # features of all training messages times labels
FEWEST_FOLDS, FEWEST_FOLDS_FROM = 2, 2_000_000_000

_Hashes = NDArray[np.uint64]
_MIXERS = np.random.default_rng(7).integers(1, 1 << 62, (BANDS * MINIMA, 2)).astype(np.uint64)


def group_rows(texts: Sequence[str], authors: Sequence[str]) -> Ints:
    """Number the groups of rows that one author wrote or that are nearly one text.

    Args:
        texts: Text of each row.
        authors: What is known to keep rows together; empty where nothing is.

    Returns:
        Group of each row, shape (rows,).
    """
    known = _same(list(authors))
    likes = near_duplicates(texts)
    groups = _joined(len(texts), known + likes)
    if len(groups) and np.bincount(groups).max() > max(LARGEST_SHARE * len(texts), 2):
        groups = _joined(len(texts), known + _same([fold(text) for text in texts]))
    return groups if len(set(groups.tolist())) > 1 else np.arange(len(texts))


def near_duplicates(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Return pairs of rows that link nearly identical texts; a text shorter than a shingle is alone."""
    signatures = _signatures(texts)
    first_of: dict[tuple[int, bytes], int] = {}
    pairs = set()
    for row, signature in enumerate(signatures):
        if signature[0] == np.iinfo(np.uint64).max:
            continue
        for number, band in enumerate(signature.reshape(BANDS, MINIMA)):
            other = first_of.setdefault((number, band.tobytes()), row)
            if other != row and (signatures[other] == signature).mean() >= LIKE:
                pairs.add((other, row))
    return sorted(pairs)


def _signatures(texts: Sequence[str]) -> _Hashes:
    """Return the minima of each row's hashed shingles, shape (rows, BANDS * MINIMA)."""
    found = [np.zeros((0, BANDS * MINIMA), dtype=np.uint64)]
    part: list[str] = []
    characters = 0
    for row, text in enumerate(texts):
        part.append(fold(text))
        characters += len(part[-1])
        if characters >= AT_ONCE or row == len(texts) - 1:
            found.append(_minima(part))
            part, characters = [], 0
    return np.concatenate(found)


def _minima(texts: Sequence[str]) -> _Hashes:
    lengths = np.array([len(text) for text in texts])
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype="<u4")
    shingles = np.zeros(max(len(codes) - SHINGLE + 1, 0), dtype=np.uint64)
    for offset in range(SHINGLE):
        shingles = shingles * np.uint64(1_000_003) + codes[offset : offset + len(shingles)]
    ends = np.cumsum(lengths)
    counts = np.maximum(lengths - SHINGLE + 1, 0)
    long_enough = np.flatnonzero(counts)
    minima = np.full((len(texts), BANDS * MINIMA), np.iinfo(np.uint64).max, dtype=np.uint64)
    inside = _places(ends - lengths, counts)
    starts = np.cumsum(counts[long_enough]) - counts[long_enough]
    own = shingles[inside]
    for column, (factor, addend) in enumerate(_MIXERS):
        mixed = (own ^ (own >> np.uint64(29))) * (factor | np.uint64(1)) + addend
        if len(starts):
            minima[long_enough, column] = np.minimum.reduceat(
                mixed ^ (mixed >> np.uint64(31)), starts
            )
    return minima


def _places(starts: Ints, counts: Ints) -> Ints:
    """Return start, start + 1 … for each run, laid end to end."""
    before = np.cumsum(counts) - counts
    places: Ints = np.arange(int(counts.sum())) + np.repeat(starts - before, counts)
    return places


def _same(names: Sequence[str]) -> list[tuple[int, int]]:
    first_of: dict[str, int] = {}
    return [(first_of.setdefault(name, row), row) for row, name in enumerate(names) if name]


def _joined(rows: int, pairs: Sequence[tuple[int, int]]) -> Ints:
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    links = sparse.coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(rows, rows))
    groups: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return groups


def fold_count(work: int) -> int:
    """Return in how many parts rows are tested: fewer where training takes so much work."""
    if work >= FEWEST_FOLDS_FROM:
        return FEWEST_FOLDS
    return FEWER_FOLDS if work >= FEWER_FOLDS_FROM else FOLDS


def fold_of_rows(
    targets: Ints, groups: Ints, *, folds: int, times: Sequence[datetime | None] = ()
) -> Ints:
    """Deal groups of rows to folds so that each fold holds about the same share of each label.

    Args:
        targets: Label number of each row, shape (rows,).
        groups: Group of each row, shape (rows,); rows of one group come into one fold.
        folds: Number of folds, at least 2.
        times: When each row was written. Where all are known, fold 0 holds the newest rows, and
            with them older rows of their groups.

    Returns:
        Fold of each row, shape (rows,).
    """
    newest = set(groups[newest_rows(times, share=1 / folds)].tolist())
    first_row: dict[int, int] = {}
    for row, group in enumerate(groups.tolist()):
        first_row.setdefault(group, row)
    rest = [group for group in first_row if group not in newest]
    rest.sort(key=lambda group: (int(targets[first_row[group]]), first_row[group]))
    first = 1 if newest else 0
    fold_of = dict.fromkeys(newest, 0)
    fold_of |= {group: first + number % (folds - first) for number, group in enumerate(rest)}
    return np.array([fold_of[group] for group in groups.tolist()], dtype=np.int64)


def newest_rows(times: Sequence[datetime | None], *, share: float) -> Ints:
    """Return the rows that make up the newest share; none where a time is unknown or all are one."""
    known = [time for time in times if time is not None]
    if not known or len(known) < len(times):
        return np.zeros(0, dtype=np.int64)
    cut = sorted(known)[round(len(known) * (1 - share))]
    newest = np.array([row for row, time in enumerate(known) if time >= cut], dtype=np.int64)
    return newest if len(newest) <= len(known) / 2 else np.zeros(0, dtype=np.int64)
