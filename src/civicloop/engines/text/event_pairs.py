"""Weigh the evidence that two messages are about one event: the pair model.

Source: own work; the record-linkage view is Fellegi & Sunter (JASA 1969), with a logistic model
in place of independent agreement weights. See docs/methods/same-event.md.
"""

import numpy as np
from scipy import sparse

from civicloop.engines.text.event_areas import COUNTY, TOWN, VILLAGE
from civicloop.engines.text.event_corpus import Background, Corpus, Traits
from civicloop.engines.text.event_grams import GRAM_SPACE, Floats, Ints, Rows, taken

_PAIRS_AT_ONCE = 4000

EVIDENCE = (
    "wording",
    "literal_wording",
    "subject_wording",
    "problem_wording",
    "name_covered_most",
    "name_covered_least",
    "problem_covered_most",
    "problem_covered_least",
    "shared_rarity",
    "contained",
    "problem_meaning",
    "same_author",
    "same_day",
    "time_apart",
    "other_area",
    "other_county",
    "other_town",
    "same_area",
    "same_county",
    "same_town",
    "numbers",
    "other_numbers",
    "shorter_length",
)
_WORDED = EVIDENCE.index("same_author")


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
    return np.column_stack(
        [_wording(corpus, background, i, j), _circumstances(corpus, background, i, j)]
    )


def _wording(corpus: Corpus, background: Background, i: Ints, j: Ints) -> Floats:
    rows, totals = corpus.grams.pairs, corpus.totals
    pair, one, other = shared_entries(rows, i, j)
    gram = rows.gram[one]
    rarity, name = (v[gram].astype(np.float64) for v in (background.rarity, background.name))
    emphasis = rows.emphasis_at(one).astype(np.float64) * rows.emphasis_at(other)
    weights = rarity**2 * emphasis
    in_one, in_other = rows.in_subject[one], rows.in_subject[other]

    def summed(values: Floats) -> Floats:
        return np.bincount(pair, weights=values, minlength=len(i)).astype(np.float64)

    def covered(part: Floats, total: Floats) -> tuple[Floats, Floats]:
        ahead = summed(part * in_one) / total[i]
        back = summed(part * in_other) / total[j]
        return np.maximum(ahead, back), np.minimum(ahead, back)

    shared = summed(rarity)
    return np.column_stack(
        [
            summed(weights) / (totals.length[i] * totals.length[j]),
            _literal(corpus, background, i, j),
            summed(rarity**2 * (in_one & in_other))
            / (totals.subject_length[i] * totals.subject_length[j]),
            summed(weights * (1 - name) ** 2)
            / (totals.problem_length[i] * totals.problem_length[j]),
            *covered(rarity * name, totals.subject_name),
            *covered(rarity * (1 - name), totals.subject_problem),
            np.log1p(shared),
            shared / np.minimum(totals.weight[i], totals.weight[j]),
            np.einsum("pa,pa->p", corpus.meaning[i], corpus.meaning[j], dtype=np.float64),
        ]
    )


def _literal(corpus: Corpus, background: Background, i: Ints, j: Ints) -> Floats:
    rows, length = corpus.grams.triples, corpus.totals.triple_length
    pair, one, _ = shared_entries(rows, i, j)
    rarity = background.triple_rarity[rows.gram[one]].astype(float)
    return np.bincount(pair, weights=rarity**2, minlength=len(i)) / (length[i] * length[j])


def shared_entries(rows: Rows, i: Ints, j: Ints) -> tuple[Ints, Ints, Ints]:
    """Find the grams that both messages of each pair hold.

    Returns:
        Pair number, entry in the first message's row, entry in the second's, one per shared gram.
    """
    left, left_entry = taken(rows, i)
    right, right_entry = taken(rows, j)
    shape = (len(i), GRAM_SPACE)

    def matrix(side: Rows, values: Floats) -> sparse.csr_matrix:
        return sparse.csr_matrix((values, side.gram, side.start), shape=shape)

    # Entries are numbered from 1, for a product of 0 would vanish from a sparse matrix.
    left_number, right_number = (e.astype(np.float64) + 1 for e in (left_entry, right_entry))
    both = matrix(left, left_number).multiply(matrix(right, np.ones(len(right.gram)))).tocsr()
    back = matrix(left, np.ones(len(left.gram))).multiply(matrix(right, right_number)).tocsr()
    pair = np.repeat(np.arange(len(i)), np.diff(both.indptr))
    return pair, both.data.astype(np.int64) - 1, back.data.astype(np.int64) - 1


def _circumstances(corpus: Corpus, background: Background, i: Ints, j: Ints) -> Floats:
    traits = corpus.traits
    found = [
        _compared(traits[a], traits[b], background)
        for a, b in zip(i.tolist(), j.tolist(), strict=True)
    ]
    return np.array(found, float).reshape(len(i), len(EVIDENCE) - _WORDED)


_UNKNOWN_DAYS_APART = 60.0


def _compared(one: Traits, other: Traits, background: Background) -> tuple[float, ...]:
    apart = abs(one.day - other.day)
    if apart != apart:  # NaN: one of the days is unknown
        apart = _UNKNOWN_DAYS_APART
    levels = one.areas.keys() & other.areas.keys()
    agreed = {level: bool(one.areas[level] & other.areas[level]) for level in levels}
    in_both = one.subject_numbers & other.subject_numbers
    quoted = sum(background.number_rarity.get(n, 0.0) for n in one.numbers & other.numbers)
    return (
        float(bool(one.author) and one.author == other.author),
        float(apart <= 1),
        np.log1p(apart),
        float(not all(agreed.values())),
        float(not agreed.get(COUNTY, True)),
        float(not agreed.get(TOWN, True)),
        float(any(agreed.values())),
        float(agreed.get(COUNTY, False)),
        float(agreed.get(TOWN, False) or agreed.get(VILLAGE, False)),
        min(quoted / 8, 3.0),
        float(bool(one.subject_numbers and other.subject_numbers) and not in_both),
        np.log(min(one.length, other.length)),
    )
