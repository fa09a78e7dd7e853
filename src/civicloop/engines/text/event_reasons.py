"""Turn measured evidence into a score and into reasons a case officer can read.

Source: own work; a logistic model's terms are its own explanation, each relative to a middling
candidate pair.
"""

from collections.abc import Set

import numpy as np

from civicloop.engines.text.event_corpus import Background, Corpus
from civicloop.engines.text.event_grams import Flags, Floats, Ints
from civicloop.engines.text.event_model import chance_of, log_odds_of, moved_by
from civicloop.engines.text.event_names import shared_name, shared_numbers
from civicloop.engines.text.event_values import Reason, SimilarPair

NEIGHBOURS = 3
FLOOR = -3.0  # log-odds under which a pair is not worth showing
REASON_LEAST = 0.25  # log-odds a reason must move to be told

# Which evidence speaks under which code: for one event, against it.
_CODES = {
    ("same_wording", "other_wording"): (
        "wording",
        "literal_wording",
        "subject_wording",
    ),
    ("rare_words", "few_rare_words"): ("shared_rarity", "contained", "shorter_length"),
    ("same_place", "other_place"): (
        "name_covered_most",
        "name_covered_least",
        "same_area",
        "same_county",
        "same_town",
    ),
    ("same_problem", "other_problem"): (
        "problem_wording",
        "problem_meaning",
        "problem_covered_most",
        "problem_covered_least",
    ),
    ("other_area", "other_area"): ("other_area", "other_county", "other_town"),
    ("same_author", "same_author"): ("same_author",),
    ("near_in_time", "far_in_time"): ("same_day", "time_apart"),
    ("quoted_numbers", "quoted_numbers"): ("numbers",),
    ("other_numbers", "other_numbers"): ("other_numbers",),
}


def similar_pair(
    corpus: Corpus, background: Background, rows: tuple[int, int], evidence: Floats, *, same: bool
) -> SimilarPair:
    """Tell of one pair how alike it is and why.

    Args:
        corpus: the messages.
        background: what is common in the city.
        rows: the two messages' rows.
        evidence: the pair's evidence, one value per ``EVIDENCE``.
        same: whether both are of one event as decided.
    """
    first, second = rows
    moved = moved_by(evidence)
    reasons: list[Reason] = []
    for (pro, con), names in _CODES.items():
        weight = sum(moved[name] for name in names)
        code = pro if weight > 0 else con
        if abs(weight) < REASON_LEAST or (code == "other_wording" and moved["wording"] > 0):
            continue  # a copied text may speak against one event, but nobody would call it worded otherwise
        detail = _detail(code, corpus, background, rows)
        reasons.append(Reason(code=code, detail=detail, weight=weight))
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.code))
    return SimilarPair(
        first=corpus.messages[first].id,
        second=corpus.messages[second].id,
        score=chance_of(float(log_odds_of(evidence))),
        same_event=same,
        reasons=tuple(reasons),
    )


def similar_pairs(
    corpus: Corpus, background: Background, pairs: tuple[Ints, Ints, Floats], cluster: Ints
) -> tuple[SimilarPair, ...]:
    """Choose each message's strongest pairs and tell why.

    Args:
        corpus: the messages.
        background: what is common in the city.
        pairs: rows of the two sides, and the evidence of each pair.
        cluster: the cluster of each row.
    """
    first, second, evidence = pairs
    log_odds = log_odds_of(evidence)
    chosen = np.flatnonzero(_strongest(first, second, log_odds) & (log_odds > FLOOR))
    return tuple(
        similar_pair(
            corpus,
            background,
            (int(first[p]), int(second[p])),
            evidence[p],
            same=bool(cluster[first[p]] == cluster[second[p]]),
        )
        for p in chosen
    )


def _strongest(first: Ints, second: Ints, log_odds: Floats) -> Flags:
    """Mark the pairs that are among the ``NEIGHBOURS`` strongest of one of their messages."""
    owner = np.concatenate([first, second])
    pair = np.tile(np.arange(len(first)), 2)
    order = np.lexsort((pair, -log_odds[pair], owner))
    starts = np.searchsorted(owner[order], owner[order])
    rank = np.arange(len(order)) - starts
    marks = np.zeros(len(first), bool)
    marks[pair[order][rank < NEIGHBOURS]] = True
    return marks


def _detail(code: str, corpus: Corpus, background: Background, rows: tuple[int, int]) -> str:
    one, other = corpus.messages[rows[0]], corpus.messages[rows[1]]
    here, there = corpus.traits[rows[0]], corpus.traits[rows[1]]
    if code == "same_place":
        return shared_name(one, other, background)
    if code == "quoted_numbers":
        return shared_numbers(here, there)
    if code == "other_area":
        return _each(here.area_names(), there.area_names())
    if code == "other_numbers":
        return _each(here.subject_numbers, there.subject_numbers)
    return ""


def _each(one: Set[str], other: Set[str]) -> str:
    """Set side by side what only the one and only the other holds."""
    return " ".join(sorted(one - other)) + " / " + " ".join(sorted(other - one))
