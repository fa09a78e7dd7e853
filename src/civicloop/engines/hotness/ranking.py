"""Rank what many citizens suffer from, by a formula that anyone can recompute.

The heat of a candidate (an event or a topic) is the weighted mean of seven factors, times 100.
Each factor is brought to 0…1 by a scale of its own that never depends on the other candidates, so
the heat of two days, two cities or two lists can be compared. Amounts are scaled by logarithm: the
step from 1 to 10 citizens counts as much as the step from 10 to 100. What one citizen alone says
or waits for is a case and no issue: growth, spread, repeats and waiting count half for two citizens
and not at all for one.

Source: own work; the growth factor is the significance of an excess over a counted background, Li
and Ma 1983, "Analysis methods for results in gamma-ray astronomy", Astrophysical Journal 272,
eq. 17: the signed root of the deviance of two Poisson counts, exact enough for counts below ten.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WINDOW_DAYS = 7  # the days whose count is tested for growth
BASELINE_WEEKS = 8  # at most so many earlier weeks make the baseline
RISING_Z = 3.0  # smallest growth, in standard deviations, that is called rising
RISING_CITIZENS = 3.0  # and at least so many citizens in the window
SHARED_FROM = 3  # from so many citizens on a matter is fully a shared one; one citizen's is not
SHARED_FACTORS = ("growth", "spread", "repeat", "unresolved")  # count only as far as it is shared
HEAT_DIGITS = 6  # heat is rounded so that equal candidates tie on every machine

_Floats = NDArray[np.float64]


class HotnessInputError(ValueError):
    """A candidate, weight or scale is impossible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotCandidate:
    """An event or a topic, with what is known about it on the day of the ranking."""

    key: int
    people: int  # distinct citizens
    appeals: int  # appeals, several of which may come from one citizen
    recent: tuple[int, ...]  # appeals per day, oldest first, the day of the ranking last
    places: int = 0  # distinct places
    repeat_callers: int = 0  # citizens who appealed more than once
    support: int = 0  # votes for the appeals
    oppose: int = 0  # votes against them
    unresolved: int = 0  # appeals that still wait
    oldest_unresolved_days: float = 0.0  # age of the oldest of them
    single_source: bool = False  # known to come from one source under several names


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatWeights:
    """How much each factor counts; only the proportions matter. None may be negative."""

    people: float = 35.0
    growth: float = 25.0
    spread: float = 10.0
    repeat: float = 8.0
    support: float = 8.0
    oppose: float = 2.0
    unresolved: float = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatScales:
    """The raw value at which each factor is full (scores 1). All must exceed 1."""

    people: float = 1000.0  # distinct citizens
    growth: float = 6.0  # standard deviations
    spread: float = 100.0  # distinct places
    repeat: float = 100.0  # citizens
    support: float = 1000.0  # votes
    oppose: float = 1000.0  # votes
    unresolved: float = 365.0  # days


class HeatFactor(NamedTuple):
    """One term of the formula: ``points = 100 * weight * score``.

    A tuple, because a ranking of a whole city makes millions of them.
    """

    code: str  # name of the field of HeatWeights
    raw: float  # in the unit of HeatScales
    score: float  # 0 to 1
    weight: float  # share of all weights, 0 to 1
    points: float  # part of the heat


@dataclass(frozen=True, slots=True, kw_only=True)
class HotIssue:
    """A ranked candidate."""

    key: int
    rank: int  # 1 is the hottest
    heat: float  # 0 to 100, the sum of the factors' points
    factors: tuple[HeatFactor, ...]  # in the order of HeatWeights
    rising: bool  # the last week is clearly above the same weekdays before


FACTORS = tuple(field.name for field in fields(HeatWeights))


def rank_hot_issues(
    candidates: Sequence[HotCandidate],
    *,
    weights: HeatWeights = HeatWeights(),
    scales: HeatScales = HeatScales(),
    top: int | None = None,
) -> list[HotIssue]:
    """Return the candidates by heat, hottest first.

    Args:
        candidates: What is to be ranked; keys should differ.
        weights: Weight of each factor.
        scales: Raw value at which each factor is full.
        top: Return only so many issues; all when None.

    Returns:
        Issues by heat, descending; equal heat is ordered by people, descending, then by key.

    Raises:
        HotnessInputError: A number is negative or not finite, no weight is positive, or a scale
            does not exceed 1.
    """
    shares = _shares(weights)
    if not all(np.isfinite(full) and full > 1 for full in astuple(scales)):
        raise HotnessInputError(f"every scale must exceed 1: {scales}")
    if not candidates:
        return []
    _check(candidates)
    raw, rising = _raw_factors(candidates)
    scores = _scores(candidates, raw, scales)
    heat = np.round((scores * shares).sum(axis=1) * 100, HEAT_DIGITS)
    order = np.lexsort(
        ([c.key for c in candidates], [-candidate.people for candidate in candidates], -heat)
    )
    return [
        HotIssue(
            key=candidates[row].key,
            rank=rank,
            heat=float(heat[row]),
            factors=_factors(raw[row], scores[row], shares),
            rising=bool(rising[row]),
        )
        for rank, row in enumerate(order[:top].tolist(), start=1)
    ]


def _shares(weights: HeatWeights) -> _Floats:
    values = np.array(astuple(weights), dtype=np.float64)
    if not np.isfinite(values).all() or (values < 0).any() or not values.any():
        raise HotnessInputError(f"weights must be at least 0 and one of them more: {weights}")
    shares: _Floats = values / values.sum()
    return shares


def _check(candidates: Sequence[HotCandidate]) -> None:
    for candidate in candidates:
        lowest = min(
            candidate.people,
            candidate.appeals,
            min(candidate.recent, default=0),
            candidate.places,
            candidate.repeat_callers,
            candidate.support,
            candidate.oppose,
            candidate.unresolved,
        )
        if lowest < 0 or not 0 <= candidate.oldest_unresolved_days < np.inf:
            raise HotnessInputError(f"a number is negative or not finite: {candidate}")


def _raw_factors(candidates: Sequence[HotCandidate]) -> tuple[_Floats, NDArray[np.bool_]]:
    """Return the raw factors, shape (candidates, factors), and which candidates rise."""
    people = np.array([_sources(candidate) for candidate in candidates], dtype=np.float64)
    growth, citizens = _growth(candidates, people)
    raw = np.column_stack(
        [
            people,
            growth,
            np.array(
                [
                    (c.places, c.repeat_callers, c.support, c.oppose, c.oldest_unresolved_days)
                    for c in candidates
                ],
                dtype=np.float64,
            ),
        ]
    )
    return raw, (growth >= RISING_Z) & (citizens >= RISING_CITIZENS)


def _sources(candidate: HotCandidate) -> int:
    return min(candidate.people, 1) if candidate.single_source else candidate.people


def _growth(candidates: Sequence[HotCandidate], people: _Floats) -> tuple[_Floats, _Floats]:
    """Return the growth and the citizens in the window, each of shape (candidates,).

    Daily counts are of appeals; each appeal weighs as many citizens as stand behind the average
    appeal of its candidate, so that a template sent a hundred times by one author counts once.
    """
    growth = np.zeros(len(candidates))
    citizens = np.zeros(len(candidates))
    appeals = np.array([max(candidate.appeals, 1) for candidate in candidates], dtype=np.float64)
    citizens_per_appeal = np.minimum(people / appeals, 1.0)
    rows_by_days: defaultdict[int, list[int]] = defaultdict(list)
    for row, candidate in enumerate(candidates):
        rows_by_days[len(candidate.recent)].append(row)
    for rows in rows_by_days.values():
        daily = np.array([candidates[row].recent for row in rows], dtype=np.float64)
        window, baseline, weeks = _window_and_baseline(daily)
        weight = citizens_per_appeal[rows]
        citizens[rows] = window * weight
        if weeks:
            growth[rows] = excess_significance(window * weight, baseline * weight, weeks=weeks)
    return growth, citizens


def _window_and_baseline(daily: _Floats) -> tuple[_Floats, _Floats, int]:
    """Split daily counts, shape (rows, days), into the last week and whole weeks before it."""
    days = daily.shape[1]
    weeks = max(0, min(BASELINE_WEEKS, days // WINDOW_DAYS - 1))
    start = days - WINDOW_DAYS
    window = daily[:, max(start, 0) :].sum(axis=1)
    baseline = daily[:, max(start - weeks * WINDOW_DAYS, 0) : max(start, 0)].sum(axis=1)
    return window, baseline, weeks


def excess_significance(window: _Floats, baseline: _Floats, *, weeks: int) -> _Floats:
    """Return by how many standard deviations each window exceeds its baseline.

    Args:
        window: Counts of the week under test, shape (rows,).
        baseline: Counts of the earlier weeks together, shape (rows,).
        weeks: Number of earlier weeks, at least 1.

    Returns:
        Signed root of the deviance, shape (rows,); negative where the window is below the
        baseline's mean, 0 where nothing was counted.
    """
    total = window + baseline
    expected = total / (weeks + 1)
    deviance = _term(window, expected) + _term(baseline, total - expected)
    root: _Floats = np.sign(window - expected) * np.sqrt(2 * np.maximum(deviance, 0.0))
    return root


def _term(counted: _Floats, expected: _Floats) -> _Floats:
    """Return counted * ln(counted / expected), 0 where nothing was counted."""
    ratio = np.divide(counted, expected, out=np.ones_like(counted), where=counted > 0)
    term: _Floats = counted * np.log(ratio)
    return term


def _scores(candidates: Sequence[HotCandidate], raw: _Floats, scales: HeatScales) -> _Floats:
    """Return the scores, shape (candidates, factors), each 0 to 1."""
    full = np.array(astuple(scales), dtype=np.float64)
    scores = np.log1p(np.maximum(raw, 0.0)) / np.log1p(full)
    # One citizen, one place: nothing is shared yet, so these two start at 1 instead of 0.
    for column in (FACTORS.index("people"), FACTORS.index("spread")):
        scores[:, column] = np.log(np.maximum(raw[:, column], 1.0)) / np.log(full[column])
    growth = FACTORS.index("growth")
    scores[:, growth] = raw[:, growth] / full[growth]
    scores[:, FACTORS.index("unresolved")] *= _unresolved_ratios(candidates)
    shared = np.clip((raw[:, FACTORS.index("people")] - 1) / (SHARED_FROM - 1), 0.0, 1.0)
    for code in SHARED_FACTORS:
        scores[:, FACTORS.index(code)] *= shared
    clipped: _Floats = np.clip(scores, 0.0, 1.0)
    return clipped


def _unresolved_ratios(candidates: Sequence[HotCandidate]) -> _Floats:
    return np.array([min(1.0, c.unresolved / max(c.appeals, 1)) for c in candidates])


def _factors(raw: _Floats, scores: _Floats, shares: _Floats) -> tuple[HeatFactor, ...]:
    terms = zip(FACTORS, raw.tolist(), scores.tolist(), shares.tolist(), strict=True)
    return tuple(
        HeatFactor(code, value, score, weight, 100 * weight * score)
        for code, value, score, weight in terms
    )
