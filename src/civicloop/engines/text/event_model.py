"""The pair model: weights that turn evidence into the log-odds of one event.

Source: logistic regression after Cox (1958), fitted as docs/methods/same-event.md tells.
"""

import math

import numpy as np

from civicloop.engines.text.event_grams import Floats
from civicloop.engines.text.event_pairs import EVIDENCE

_INTERCEPT = -4.422
_WEIGHT = {
    "wording": 8.156,
    "literal_wording": -8.854,
    "subject_wording": -3.187,
    "problem_wording": 1.503,
    "name_covered_most": 3.835,
    "name_covered_least": 2.342,
    "problem_covered_most": -1.202,
    "problem_covered_least": 1.839,
    "shared_rarity": 1.084,
    "contained": -1.412,
    "problem_meaning": 3.760,
    "same_author": 0.536,
    "same_day": -1.379,
    "time_apart": -0.488,
    "other_area": -2.374,
    "same_area": -0.555,
    "numbers": 0.952,
    "other_numbers": -1.989,
    "shorter_length": -0.820,
}
# A middling candidate pair, against which reasons are told: medians over candidate pairs.
_MIDDLING = dict.fromkeys(EVIDENCE, 0.0) | {
    "wording": 0.228,
    "literal_wording": 0.186,
    "subject_wording": 0.089,
    "problem_wording": 0.236,
    "name_covered_most": 0.177,
    "name_covered_least": 0.064,
    "problem_covered_most": 0.220,
    "problem_covered_least": 0.103,
    "shared_rarity": 4.838,
    "contained": 0.250,
    "problem_meaning": 0.488,
    "time_apart": 4.836,
    "shorter_length": 4.331,
}
_VECTOR = np.array([_WEIGHT[name] for name in EVIDENCE])
_MIDDLE = np.array([_MIDDLING[name] for name in EVIDENCE])


def log_odds_of(evidence: Floats) -> Floats:
    """Give the log-odds that each pair is one event.

    Args:
        evidence: one value per name of ``EVIDENCE`` along the last axis.
    """
    return np.asarray(evidence @ _VECTOR + _INTERCEPT)


def moved_by(evidence: Floats) -> dict[str, float]:
    """Tell how far each kind of evidence moves a pair from a middling one, in log-odds."""
    moved = (evidence - _MIDDLE) * _VECTOR
    return dict(zip(EVIDENCE, moved.tolist(), strict=True))


def chance_of(log_odds: float) -> float:
    """Turn log-odds into a chance between 0 and 1."""
    return 1 / (1 + math.exp(-log_odds))
