"""Choose the grams that name what a message is about, and compare them across messages.

A text that went round with another place put in differs by little more than that name. So what
matters is not how much two messages share, but whether each has a telling name that the other
lacks; a name that only sounds alike, or is nearly the same, is not lacking.

Source: own work.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.grams import (
    GRAM_BITS,
    GRAM_SPACE,
    Floats,
    Ints,
    beginnings,
    spelt_grams,
)
from civicloop.engines.text.events.sounds import sound_of
from civicloop.engines.text.events.values import PlainText

Singles = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint32]

MOST = 10
_NO_GRAM = -1
_SOUND_BITS = 16
_WORTH_BITS = 30
MOST_TEXTS = 1 << 64 - _WORTH_BITS - GRAM_BITS  # at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The grams of subject and opening most like a rare name, ``MOST`` a message, best first.

    Attributes:
        gram: shape (messages, ``MOST``); -1 where there are no more.
        worth: of each, rarity times share of a name; 0 where there are no more.
        first: the gram's first character with the sound of the other, in one number.
        second: the other way round; of grams that are missing both are 0 and 1.
    """

    gram: npt.NDArray[np.int32]
    worth: Singles
    first: Keys
    second: Keys


def telling_of(texts: Sequence[PlainText], rarity: Singles, name: Singles) -> Telling:
    """Choose the telling grams.

    Args:
        texts: subjects and openings, fewer than ``MOST_TEXTS``.
        rarity: per pair gram.
        name: per pair gram, the share of its occurrences that stand in a name.
    """
    owner, gram, low, high = spelt_grams(texts)
    worth = rarity[gram] * name[gram]
    best, rank = _best(owner, worth, gram)
    at = owner[best], rank
    shape = (len(texts), MOST)
    found = Telling(
        gram=np.full(shape, _NO_GRAM, np.int32),
        worth=np.zeros(shape, np.float32),
        first=np.zeros(shape, np.uint32),
        second=np.ones(shape, np.uint32),
    )
    sound = sound_of()
    found.gram[at], found.worth[at] = gram[best], worth[best]
    found.first[at] = low[best].astype(np.uint32) << _SOUND_BITS | sound[high[best]]
    found.second[at] = high[best].astype(np.uint32) << _SOUND_BITS | sound[low[best]]
    return found


def _best(owner: Ints, worth: Singles, gram: Ints) -> tuple[Ints, Ints]:
    """Choose the ``MOST`` grams of most worth of each message: the first occurrence, and its rank."""
    # All in one number, which sorts fast; the bits of a number that is not negative sort as it does.
    backwards = np.uint64((1 << _WORTH_BITS) - 1) - (worth.view(np.uint32) >> np.uint32(1))
    key = owner.astype(np.uint64) << np.uint64(_WORTH_BITS) | backwards
    key = key << np.uint64(GRAM_BITS) | gram.astype(np.uint64)
    order = np.argsort(key)
    begins = beginnings(key[order])
    first = np.minimum.reduceat(order, begins) if len(begins) else begins
    rank = np.arange(len(first)) - np.searchsorted(owner[first], owner[first])
    return first[rank < MOST], rank[rank < MOST]


def joined(parts: Sequence[Telling]) -> Telling:
    """Put the messages of several parts one after the other."""
    return Telling(
        gram=np.concatenate([part.gram for part in parts]),
        worth=np.concatenate([part.worth for part in parts]),
        first=np.concatenate([part.first for part in parts]),
        second=np.concatenate([part.second for part in parts]),
    )


def compare_names(
    telling: Telling, i: Ints, j: Ints, shared: tuple[Ints, npt.NDArray[np.int32]]
) -> tuple[Floats, Floats]:
    """Hold the telling names of pairs against each other.

    Args:
        telling: of all messages.
        i: row numbers of the pairs' one side.
        j: of the other.
        shared: pair number and gram of all that both sides hold, ascending.

    Returns:
        The worth of the best name that the other side lacks, of the side that lacks less; and
        ln(1 + worth) of names that only sound alike.
    """
    # One line per gram, one column per pair: what is reckoned runs along many pairs at a time.
    held = np.append(shared[0] << GRAM_BITS | shared[1], np.int64(-1))
    one, other = (_lacking(telling.gram[side].T, telling.worth[side].T, held) for side in (i, j))
    both = np.minimum(one[:, np.newaxis], other)
    alike = np.where(_sound_alike(telling, i, j), both, np.float32(0))
    heard, heard_other = alike.max(axis=1), alike.max(axis=0)
    lacking = np.where(heard > 0, 0, one).max(axis=0)
    lacking_other = np.where(heard_other > 0, 0, other).max(axis=0)
    sounding = np.minimum(heard.sum(axis=0), heard_other.sum(axis=0))
    return (
        np.minimum(lacking, lacking_other).astype(np.float64),
        np.log1p(sounding).astype(np.float64),
    )


def _lacking(gram: npt.NDArray[np.int32], worth: Singles, held: Ints) -> Singles:
    """Give the worth of the grams that the other side lacks, 0 for the others."""
    key = np.arange(gram.shape[1]) << GRAM_BITS | (gram & GRAM_SPACE - 1)
    return np.where(held[np.searchsorted(held[:-1], key)] == key, np.float32(0), worth)


def _sound_alike(telling: Telling, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
    """Tell of each two grams whether they share one character and the sound of the other."""
    mine = [np.ascontiguousarray(keys[i].T) for keys in (telling.first, telling.second)]
    theirs = [np.ascontiguousarray(keys[j].T) for keys in (telling.first, telling.second)]
    found = np.zeros((MOST, MOST, len(i)), bool)
    for one in mine:
        for other in theirs:
            found |= one[:, np.newaxis] == other
    return found
