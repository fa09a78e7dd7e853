"""Turn measured evidence into a score and into reasons a case officer can read.

Source: own work; a logistic model's terms are its own explanation, each relative to a middling
candidate pair.
"""

import numpy as np

from civicloop.engines.text.events.corpus import Background
from civicloop.engines.text.events.grams import Floats, Ints, distinct
from civicloop.engines.text.events.meaning import Singles
from civicloop.engines.text.events.model import LINK, chance_of, log_odds_of, moved_by
from civicloop.engines.text.events.names import (
    other_areas,
    other_numbers,
    shared_name,
    shared_numbers,
)
from civicloop.engines.text.events.values import Message, Reason, SimilarPair

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
        "other_name",
        "other_name_copied",
        "name_sounding_alike",
        "difference_named",
    ),
    ("same_problem", "other_problem"): (
        "problem_wording",
        "problem_meaning",
        "problem_covered_most",
        "problem_covered_least",
    ),
    ("other_area", "other_area"): ("other_area", "other_county", "other_town"),
    ("same_author", "busy_author"): ("same_author", "author_habit"),
    ("near_in_time", "far_in_time"): ("same_day", "time_apart"),
    ("quoted_numbers", "quoted_numbers"): ("numbers",),
    ("other_numbers", "other_numbers"): ("other_numbers",),
}


def similar_pair(
    one: Message, other: Message, background: Background, evidence: Floats, *, same: bool
) -> SimilarPair:
    """Tell of one pair how alike it is and why.

    Args:
        one: a message.
        other: another.
        background: what is common in the city.
        evidence: the pair's evidence, one value per ``EVIDENCE``.
        same: whether both are of one event as decided.
    """
    moved = moved_by(evidence, background.pair_model)
    reasons: list[Reason] = []
    for (pro, con), names in _CODES.items():
        weight = sum(moved[name] for name in names)
        code = pro if weight > 0 else con
        if abs(weight) < REASON_LEAST or (code == "other_wording" and moved["wording"] > 0):
            continue  # a copied text may speak against one event, but nobody would call it worded otherwise
        detail = _detail(code, one, other, background)
        reasons.append(Reason(code=code, detail=detail, weight=weight))
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.code))
    log_odds = log_odds_of(evidence, background.pair_model)
    return SimilarPair(
        first=one.id,
        second=other.id,
        score=chance_of(float(log_odds)),
        same_event=same,
        reasons=tuple(reasons),
    )


def worth_telling(first: Ints, second: Ints, log_odds: Singles) -> Ints:
    """Choose pairs to be told: each message's strongest, and all that link.

    Args:
        first: rows of the pairs' one side.
        second: rows of the other.
        log_odds: of each pair.

    Returns:
        Places in the arrays given, ascending.
    """
    near = np.flatnonzero(log_odds > FLOOR)
    owner = np.concatenate([first[near], second[near]])
    pair = np.tile(np.arange(len(near)), 2)
    order = np.lexsort((pair, -log_odds[near][pair], owner))
    starts = np.searchsorted(owner[order], owner[order])
    strongest = pair[order][np.arange(len(order)) - starts < NEIGHBOURS]
    linking = np.flatnonzero(log_odds[near] > LINK)
    return near[distinct(np.concatenate([strongest, linking]))]


def _detail(code: str, one: Message, other: Message, background: Background) -> str:
    if code == "same_place":
        return shared_name(one, other, background)
    if code == "quoted_numbers":
        return shared_numbers(one, other)
    if code == "other_area":
        return other_areas(one, other, background)
    if code == "other_numbers":
        return other_numbers(one, other)
    return ""
