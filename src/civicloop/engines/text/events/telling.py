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

from civicloop.engines.text.events.grams import Floats, Ints, Rows, holds, spelt_grams
from civicloop.engines.text.events.sounds import sound_of
from civicloop.engines.text.events.values import PlainText

Singles = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint32]

MOST = 10
_NO_GRAM = -1
_SOUND_BITS = 16


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
        texts: subjects and openings.
        rarity: per pair gram.
        name: per pair gram, the share of its occurrences that stand in a name.
    """
    owner, gram, low, high = spelt_grams(texts)
    key, place = np.unique(owner << 32 | gram, return_index=True)
    owner, gram, low, high = key >> 32, gram[place], low[place], high[place]
    worth = rarity[gram] * name[gram]
    order = np.lexsort((gram, -worth, owner))
    rank = np.arange(len(order)) - np.searchsorted(owner, owner[order])
    best, rank = order[rank < MOST], rank[rank < MOST]
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


def joined(parts: Sequence[Telling]) -> Telling:
    """Put the messages of several parts one after the other."""
    return Telling(
        gram=np.concatenate([part.gram for part in parts]),
        worth=np.concatenate([part.worth for part in parts]),
        first=np.concatenate([part.first for part in parts]),
        second=np.concatenate([part.second for part in parts]),
    )


def compare_names(telling: Telling, rows: Rows, i: Ints, j: Ints) -> tuple[Floats, Floats]:
    """Hold the telling names of pairs against each other.

    Args:
        telling: of all messages.
        rows: their pair grams.
        i: row numbers of the pairs' one side.
        j: of the other.

    Returns:
        The worth of the best name that the other side lacks, of the side that lacks less; and
        ln(1 + worth) of names that only sound alike.
    """
    one = np.where(holds(rows, j, telling.gram[i]), 0, telling.worth[i])
    other = np.where(holds(rows, i, telling.gram[j]), 0, telling.worth[j])
    both = np.minimum(one[:, :, np.newaxis], other[:, np.newaxis, :])
    alike = np.where(_sound_alike(telling, i, j), both, 0)
    heard, heard_other = alike.max(axis=2), alike.max(axis=1)
    lacking = np.where(heard > 0, 0, one).max(axis=1)
    lacking_other = np.where(heard_other > 0, 0, other).max(axis=1)
    sounding = np.minimum(heard.sum(axis=1), heard_other.sum(axis=1))
    return (
        np.minimum(lacking, lacking_other).astype(np.float64),
        np.log1p(sounding).astype(np.float64),
    )


def _sound_alike(telling: Telling, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
    """Tell of each two grams whether they share one character and the sound of the other."""
    found = np.zeros((len(i), MOST, MOST), bool)
    for mine in (telling.first, telling.second):
        for theirs in (telling.first, telling.second):
            found |= mine[i][:, :, np.newaxis] == theirs[j][:, np.newaxis, :]
    return found
