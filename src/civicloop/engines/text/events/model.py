"""The pair model: weights that turn evidence into the log-odds of one event.

One event needs the same place *and* the same problem, so the chance is a product of two, each a
logistic model of all the evidence. A sum could not say "and": much of the one would make up for
none of the other.

Source: own work; products of logistic units are the noisy-and of Pearl, "Probabilistic Reasoning
in Intelligent Systems" (1988). Fitted as docs/methods/same-event.md tells.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, TypedDict

import numpy as np

from civicloop.engines.text.events.grams import Floats

FACTORS = ("place", "problem")
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
    "author_habit",
    "other_name",
    "other_name_copied",
    "name_sounding_alike",
    "difference_named",
)
_LATER = frozenset(EVIDENCE[23:])  # learned weights of before do without

# Two factors found by fitting; the first leans on names, the second on problems.
_PLACE_INTERCEPT = -4.100
_PLACE = {
    "wording": 14.507,
    "literal_wording": -7.331,
    "subject_wording": 0.388,
    "problem_wording": -7.012,
    "name_covered_most": 2.869,
    "name_covered_least": 3.873,
    "problem_covered_most": -3.024,
    "problem_covered_least": -1.342,
    "shared_rarity": 0.467,
    "contained": 0.768,
    "problem_meaning": 0.058,
    "same_author": 3.984,
    "same_day": -1.187,
    "time_apart": -0.608,
    "other_area": -1.909,
    "other_county": -0.849,
    "other_town": -1.580,
    "same_area": 0.257,
    "same_county": 0.377,
    "same_town": 0.984,
    "numbers": 1.887,
    "other_numbers": -2.300,
    "shorter_length": 0.757,
    "author_habit": -0.997,
    "other_name": -0.403,
    "other_name_copied": -0.394,
    "name_sounding_alike": 0.206,
    "difference_named": -8.0,
}

_PROBLEM_INTERCEPT = -0.590
_PROBLEM = {
    "wording": 1.446,
    "literal_wording": -9.281,
    "subject_wording": -2.593,
    "problem_wording": 5.192,
    "name_covered_most": -0.727,
    "name_covered_least": -1.119,
    "problem_covered_most": 1.209,
    "problem_covered_least": 4.284,
    "shared_rarity": 1.953,
    "contained": 1.342,
    "problem_meaning": 2.872,
    "same_author": -0.239,
    "same_day": 0.142,
    "time_apart": -0.650,
    "other_area": -2.648,
    "other_county": -2.017,
    "other_town": -1.293,
    "same_area": -0.975,
    "same_county": -0.656,
    "same_town": -1.081,
    "numbers": -0.025,
    "other_numbers": 0.421,
    "shorter_length": -1.474,
    "author_habit": 1.148,
    "other_name": -0.017,
    "other_name_copied": -0.014,
    "name_sounding_alike": 0.346,
    "difference_named": 0.0,
}

# A middling candidate pair, against which reasons are told: medians over candidate pairs, but of
# areas, nothing known.
_MIDDLING = dict.fromkeys(EVIDENCE, 0.0) | {
    "wording": 0.134,
    "literal_wording": 0.083,
    "subject_wording": 0.068,
    "problem_wording": 0.097,
    "name_covered_most": 0.237,
    "name_covered_least": 0.076,
    "problem_covered_most": 0.169,
    "problem_covered_least": 0.076,
    "shared_rarity": 4.409,
    "contained": 0.141,
    "problem_meaning": 0.434,
    "time_apart": 4.776,
    "shorter_length": 4.369,
    "other_name": 4.109,
    "other_name_copied": 0.063,
}
LINK = 0.1  # log-odds above which a pair alone speaks for one event
MIDDLE = np.array([_MIDDLING[name] for name in EVIDENCE])
_NEARLY_CERTAIN = -1e-9  # ln of a chance that stays below 1, so that its log-odds are finite
_NO_STEP = 1e-6


class FactorData(TypedDict):
    """One factor as JSON holds it; weights by name of evidence."""

    intercept: float
    weights: dict[str, float]


class PairModelError(ValueError):
    """The data are not those of a pair model of this version."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairModel:
    """The weights of both factors.

    Attributes:
        weights: one row per name of ``EVIDENCE``, one column per factor (place, problem).
        intercepts: of each factor.
    """

    weights: Floats
    intercepts: Floats

    def factors(self, evidence: Floats) -> Floats:
        """Give the log-odds of both factors along the last axis."""
        return np.asarray(evidence @ self.weights + self.intercepts)

    def as_data(self) -> dict[str, FactorData]:
        """Give the weights by name, as JSON can hold them."""
        return {
            factor: {
                "intercept": float(self.intercepts[column]),
                "weights": dict(zip(EVIDENCE, self.weights[:, column].tolist(), strict=True)),
            }
            for column, factor in enumerate(FACTORS)
        }

    @classmethod
    def from_data(cls, data: Mapping[str, FactorData]) -> Self:
        """Read what ``as_data`` gave, here or before the latest kinds of evidence came.

        Raises:
            PairModelError: a factor or a kind of evidence is missing or not a finite number.
        """
        try:
            factors = [data[factor] for factor in FACTORS]
            weights = [
                [_weight(factor["weights"], name) for name in EVIDENCE] for factor in factors
            ]
            model = cls(
                weights=np.array(weights, np.float64).T,
                intercepts=np.array([factor["intercept"] for factor in factors], np.float64),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PairModelError(repr(error)) from error
        if not (np.isfinite(model.weights).all() and np.isfinite(model.intercepts).all()):
            text = "a weight is not a finite number"
            raise PairModelError(text)
        return model


def _weight(weights: Mapping[str, float], name: str) -> float:
    return weights.get(name, 0.0) if name in _LATER else weights[name]


PRIOR = PairModel.from_data(
    {
        "place": {"intercept": _PLACE_INTERCEPT, "weights": _PLACE},
        "problem": {"intercept": _PROBLEM_INTERCEPT, "weights": _PROBLEM},
    }
)


def log_odds_of(evidence: Floats, model: PairModel = PRIOR) -> Floats:
    """Give the log-odds that each pair is one event.

    Args:
        evidence: one value per name of ``EVIDENCE`` along the last axis.
        model: the weights.
    """
    return _both(model.factors(evidence))


def _both(factors: Floats) -> Floats:
    """Give the log-odds of both from the log-odds of each, along the last axis."""
    log_chance = np.minimum(-np.logaddexp(0.0, -factors).sum(axis=-1), _NEARLY_CERTAIN)
    return np.asarray(log_chance - np.log(-np.expm1(log_chance)))


def moved_by(evidence: Floats, model: PairModel = PRIOR) -> dict[str, float]:
    """Tell how far each kind of evidence moves a pair from a middling one, in log-odds.

    What a factor moves is the mean of moving it before and after the other (Shapley's value); it
    is shared among its evidence in proportion. All together move the pair by what it scores more.

    Args:
        evidence: of one pair, one value per name of ``EVIDENCE``.
        model: the weights.
    """
    middle, here = model.factors(MIDDLE), model.factors(evidence)
    corners = np.array([middle, [here[0], middle[1]], [middle[0], here[1]], here])
    none, place, problem, both = _both(corners)
    gains = np.array([place - none + both - problem, problem - none + both - place]) / 2
    steps = here - middle
    slopes = np.divide(gains, steps, out=np.zeros(2), where=np.abs(steps) > _NO_STEP)
    moved = (evidence - MIDDLE) * (model.weights @ slopes)
    return dict(zip(EVIDENCE, moved.tolist(), strict=True))


def chance_of(log_odds: float) -> float:
    """Turn log-odds into a chance between 0 and 1."""
    return 1 / (1 + math.exp(-log_odds))


def log_odds_from(chance: float) -> float:
    """Turn a chance, above 0 and below 1, into log-odds."""
    return math.log(chance) - math.log1p(-chance)
