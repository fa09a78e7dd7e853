"""Weigh the evidence that two messages are about one event: the pair model.

Source: own work; the record-linkage view is Fellegi & Sunter (JASA 1969), with a logistic model
in place of independent agreement weights. See docs/methods/same-event.md.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.areas import COUNTY, TOWN, VILLAGE
from civicloop.engines.text.events.corpus import (
    IN_SUBJECT,
    QUOTED,
    Background,
    Corpus,
    Traits,
    level_of_area,
)
from civicloop.engines.text.events.grams import (
    CODE_BITS,
    CODE_SPACE,
    Flags,
    Floats,
    Ints,
    Rows,
    emphasis_of,
    taken,
)
from civicloop.engines.text.events.meaning import Singles
from civicloop.engines.text.events.model import EVIDENCE
from civicloop.engines.text.events.telling import compare_names

if TYPE_CHECKING:
    from scipy import sparse

_PAIRS_AT_ONCE = 4000
_LITERAL = EVIDENCE.index("literal_wording")
_UNKNOWN_DAYS_APART = 60.0
_COPIED = 0.4  # literal wording from which two texts are told in one frame of words
_MUCH_A_NAME = 0.6  # mean rarity times share of a name, above which what differs is a name
_SOME_GRAMS = 3  # that count nothing and are taken to differ besides: one alone says little
_MUCH_QUOTED = 8.0  # rarity
_MOST_QUOTED = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The codes that both messages of each pair hold: pair number, code, and both marks.

    ``among`` tells, where it is known, a few codes and the place of each entry's code among them.
    """

    pair: Ints
    gram: npt.NDArray[np.int32]
    mark: npt.NDArray[np.uint8]
    other_mark: npt.NDArray[np.uint8]
    among: tuple[npt.NDArray[np.int32], Ints] | None = None

    def valued(self, by_gram: Singles) -> Singles:
        """Give a value of each entry's gram."""
        if self.among is None:
            return by_gram[self.gram]
        grams, place = self.among  # the whole of millions is looked at for these alone
        return by_gram[grams][place]


def evidence_of(corpus: Corpus, background: Background, first: Ints, second: Ints) -> Floats:
    """Measure the evidence of pairs of messages.

    Args:
        corpus: the messages.
        background: what is common in the city.
        first: row numbers of the pairs' one side.
        second: as many, of the other side.

    Returns:
        One row per pair, one column per name of ``EVIDENCE``.
    """
    parts = [
        _evidence(
            corpus, background, first[at : at + _PAIRS_AT_ONCE], second[at : at + _PAIRS_AT_ONCE]
        )
        for at in range(0, len(first), _PAIRS_AT_ONCE)
    ]
    return np.concatenate([np.empty((0, len(EVIDENCE))), *parts])


def _evidence(corpus: Corpus, background: Background, i: Ints, j: Ints) -> Floats:
    shared = shared_entries(corpus.grams.pairs, i, j)
    wording = _wording(corpus, background, i, j, shared)
    other_name, sounding = compare_names(corpus.telling, i, j, (shared.pair, shared.gram))
    copied = wording[_LITERAL]
    difference = difference_named(corpus.grams.pairs, background, (i, j), copied, shared)
    names = [other_name, other_name * copied, sounding, difference]
    found = np.empty((len(i), len(EVIDENCE)))
    columns = [*wording, *_circumstances(corpus, background, i, j), *names]
    for at, column in enumerate(columns):
        found[:, at] = column
    return found


def _wording(
    corpus: Corpus, background: Background, i: Ints, j: Ints, shared: Shared
) -> list[Floats]:
    totals = corpus.totals
    rarity, name = (
        shared.valued(v).astype(np.float64) for v in (background.rarity, background.name)
    )
    emphasis = emphasis_of(shared.mark).astype(np.float64) * emphasis_of(shared.other_mark)
    weights = rarity**2 * emphasis
    in_one, in_other = shared.mark & 1, shared.other_mark & 1

    def summed(values: Floats) -> Floats:
        return np.bincount(shared.pair, weights=values, minlength=len(i)).astype(np.float64)

    def covered(part: Floats, total: Singles) -> tuple[Floats, Floats]:
        ahead = summed(part * in_one) / total[i]
        back = summed(part * in_other) / total[j]
        return np.maximum(ahead, back), np.minimum(ahead, back)

    common = summed(rarity)
    return [
        summed(weights) / (totals.length[i] * totals.length[j]),
        _literal(corpus, background, i, j),
        summed(rarity**2 * (in_one & in_other))
        / (totals.subject_length[i] * totals.subject_length[j]),
        summed(weights * (1 - name) ** 2) / (totals.problem_length[i] * totals.problem_length[j]),
        *covered(rarity * name, totals.subject_name),
        *covered(rarity * (1 - name), totals.subject_problem),
        np.log1p(common),
        common / np.minimum(totals.weight[i], totals.weight[j]),
        np.einsum("pa,pa->p", corpus.meaning[i], corpus.meaning[j], dtype=np.float64),
    ]


def _literal(corpus: Corpus, background: Background, i: Ints, j: Ints) -> Floats:
    length = corpus.totals.triple_length
    shared = shared_entries(corpus.grams.triples, i, j)
    rarity = shared.valued(background.triple_rarity).astype(float)
    return np.bincount(shared.pair, weights=rarity**2, minlength=len(i)) / (length[i] * length[j])


def difference_named(
    rows: Rows, background: Background, sides: tuple[Ints, Ints], copied: Floats, shared: Shared
) -> Floats:
    """Tell how much that differs between copied texts is names, wherever it stands in them.

    A slip of the pen, or a sentence put in, differs in common grams, too; another name put in the
    place of the first differs in hardly any but its own. The side where that is less counts.

    Args:
        rows: pair grams.
        background: says how rare a gram is, and how much part of a name.
        sides: row numbers of the pairs.
        copied: literal wording of each pair; those that are no copies get 0.
        shared: the grams that both sides of the pairs hold.
    """
    found = np.zeros(len(copied))
    copies = np.flatnonzero(copied >= _COPIED)
    if len(copies):
        turn = np.full(len(copied), -1)
        turn[copies] = np.arange(len(copies))
        turn = turn[shared.pair]
        both = turn >= 0
        common = _worth_of_names(shared.gram[both], turn[both], background, len(copies))
        named = [_mean_name(rows, side[copies], background, common) for side in sides]
        found[copies] = copied[copies] * np.maximum(np.minimum(*named) - _MUCH_A_NAME, 0)
    return found


def _mean_name(
    rows: Rows, numbers: Ints, background: Background, common: tuple[Floats, Ints]
) -> Floats:
    """Give the mean rarity times share of a name of what one side has alone, by pairs."""
    at, turn = _places(rows, numbers)
    worth, entries = _worth_of_names(rows.gram[at], turn, background, len(numbers))
    return np.asarray((worth - common[0]) / (entries - common[1] + _SOME_GRAMS))


def _worth_of_names(
    gram: npt.NDArray[np.int32], pair: Ints, background: Background, pairs: int
) -> tuple[Floats, Ints]:
    """Add up rarity times share of a name by pairs; count the grams of each."""
    worth = background.rarity[gram] * background.name[gram]
    summed = np.bincount(pair, weights=worth, minlength=pairs).astype(np.float64)
    return summed, np.bincount(pair, minlength=pairs).astype(np.int64)


_FRACTION = 2.0**-20
_FEW = 40_000  # entries that are met sooner by searching than SciPy has set up a product


def shared_entries(rows: Rows, i: Ints, j: Ints) -> Shared:
    """Find what both messages of each pair hold, ascending by pair."""
    if (rows.start[i + 1] - rows.start[i]).sum() < _FEW:
        return _met(rows, i, j)
    one, other = taken(rows, i), taken(rows, j)
    # One product of sparse matrices carries both marks: a · (1 + b/2^20) has a in its whole part
    # and a·b/2^20 in its fraction, exactly, for a and b are below 2^9. Neither is ever 0.
    a = one.mark.astype(np.float64) + 1
    b = 1 + (other.mark.astype(np.float64) + 1) * _FRACTION
    both = _matrix(one, a).multiply(_matrix(other, b)).tocsr()
    whole = np.floor(both.data)
    return Shared(
        pair=np.repeat(np.arange(len(i)), np.diff(both.indptr)),
        gram=both.indices,
        mark=(whole - 1).astype(np.uint8),
        other_mark=((both.data / whole - 1) / _FRACTION - 1).round().astype(np.uint8),
    )


def _met(rows: Rows, i: Ints, j: Ints) -> Shared:
    """Find the codes that stand in both rows of a pair by searching."""
    if len(j) and (j == j[0]).all():
        return _met_by_one(rows, i, int(j[0]))
    (at, key), (other_at, other_key) = _entries(rows, i), _entries(rows, j)
    other_key = np.append(other_key, -1)
    near = np.searchsorted(other_key[:-1], key)
    met = np.flatnonzero(other_key[near] == key)
    at, other_at = at[met], other_at[near[met]]
    return Shared(
        pair=key[met] >> CODE_BITS,
        gram=rows.gram[at],
        mark=rows.mark[at],
        other_mark=rows.mark[other_at],
    )


def _met_by_one(rows: Rows, i: Ints, j: int) -> Shared:
    """Find what rows share with one and the same other, as when one message is held against many."""
    first, last = rows.start[j], rows.start[j + 1]
    held = rows.gram[first:last]
    at, turn = _places(rows, i)
    gram = rows.gram[at]
    near = np.searchsorted(held, gram)
    met = np.flatnonzero(np.append(held, np.int32(-1))[near] == gram)
    near = near[met]
    return Shared(
        pair=turn[met],
        gram=gram[met],
        mark=rows.mark[at[met]],
        other_mark=rows.mark[first:last][near],
        among=(held, near),
    )


def _entries(rows: Rows, numbers: Ints) -> tuple[Ints, Ints]:
    """Give where the entries of some rows stand, and turn and code of each in one number, ascending."""
    at, turn = _places(rows, numbers)
    return at, turn << CODE_BITS | rows.gram[at]


def _places(rows: Rows, numbers: Ints) -> tuple[Ints, Ints]:
    """Give where the entries of some rows stand, and the turn of each."""
    begins = rows.start[numbers]
    length = rows.start[numbers + 1] - begins
    turn = np.repeat(np.arange(len(numbers)), length)
    if len(turn) and (numbers[1:] - numbers[:-1] == 1).all():
        return np.arange(begins[0], begins[0] + len(turn)), turn
    at = np.arange(len(turn)) + (begins - np.cumsum(length) + length)[turn]
    return at, turn


def _matrix(rows: Rows, values: Floats | Singles) -> "sparse.csr_matrix":
    from scipy import sparse

    return sparse.csr_matrix((values, rows.gram, rows.start), shape=(len(rows), CODE_SPACE))


def _circumstances(
    corpus: Corpus, background: Background, i: Ints, j: Ints
) -> list[Floats | Flags]:
    traits = corpus.traits
    apart = np.abs(traits.day[i] - traits.day[j])
    apart = np.where(np.isnan(apart), _UNKNOWN_DAYS_APART, apart)
    same_author = (traits.author[i] > 0) & (traits.author[i] == traits.author[j])
    shorter = np.minimum(traits.length[i], traits.length[j])
    habit = np.where(same_author, traits.habit[i], 0)
    columns = [same_author, apart <= 1, np.log1p(apart)]
    return [
        *columns,
        *_areas(traits, i, j),
        *_numbers(traits, background, i, j),
        np.log(shorter),
        habit,
    ]


def _areas(traits: Traits, i: Ints, j: Ints) -> list[Flags]:
    """Tell where areas differ (at any level, county, town), and where they agree."""
    shared = shared_entries(traits.areas, i, j)
    agreed = np.zeros(len(i), np.int64)
    np.bitwise_or.at(agreed, shared.pair, 1 << level_of_area(shared.gram))
    other = traits.levels[i] & traits.levels[j] & ~agreed
    county, town, village = 1 << COUNTY, 1 << TOWN, 1 << VILLAGE
    differ = [other > 0, other & county > 0, other & town > 0]
    return [*differ, agreed > 0, agreed & county > 0, agreed & (town | village) > 0]


def _numbers(traits: Traits, background: Background, i: Ints, j: Ints) -> tuple[Floats, Flags]:
    """Weigh the numbers quoted in both; tell where both subjects hold numbers, none shared."""
    shared = shared_entries(traits.numbers, i, j)
    marks = shared.mark & shared.other_mark
    rarity = background.rarity_of_numbers(shared.gram) * (marks & QUOTED > 0)
    quoted = np.bincount(shared.pair, weights=rarity, minlength=len(i))
    in_both = np.bincount(shared.pair, weights=marks & IN_SUBJECT, minlength=len(i)) > 0
    other = traits.numbered[i] & traits.numbered[j] & ~in_both
    return np.minimum(quoted / _MUCH_QUOTED, _MOST_QUOTED), other
