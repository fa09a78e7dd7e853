"""Learn the pair model's weights from pairs that people judged.

The weights that are shipped are the prior: the fit maximises the likelihood of the judgements
times a normal density about the prior, so few judgements move it little and many move it far.
Whether the new weights are better is measured on judgements they were not fitted on; appeals
that hang together by judgements are never on both sides.

Source: own work; maximum a posteriori by L-BFGS (Nocedal 1980). Unjudged pairs with the earlier
model's own chance as their target are the rehearsal of Robins, "Catastrophic forgetting,
rehearsal and pseudorehearsal" (1995). The gain is tested by signs (exact binomial).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.sparse.csgraph import connected_components
from scipy.special import expit
from scipy.stats import binomtest

from civicloop.engines.text.events.clusters import LIMIT
from civicloop.engines.text.events.corpus import Background, corpus_of
from civicloop.engines.text.events.grams import Flags, Floats, Ints
from civicloop.engines.text.events.model import (
    EVIDENCE,
    FACTORS,
    LINK,
    MIDDLE,
    PRIOR,
    PairModel,
    log_odds_of,
)
from civicloop.engines.text.events.pairs import evidence_of
from civicloop.engines.text.events.values import Message

PULL = 60.0  # judged pairs that weigh as much as the prior, for a move of one log-odds
REHEARSED = 0.05  # weight of an unjudged pair, beside a judged one
FOLDS = 5
FEWEST_GROUPS = 20  # of appeals that hang together, for a gain to be measured
CHANCE = 0.05  # a gain that comes about by chance more often is none
# How far each kind of evidence spreads over pairs that may well be one event; yes or no: 0.4.
_SPREADS = dict.fromkeys(EVIDENCE, 0.2) | {
    "name_covered_most": 0.27,
    "name_covered_least": 0.29,
    "shared_rarity": 0.8,
    "problem_meaning": 0.26,
    "same_author": 0.4,
    "same_day": 0.4,
    "time_apart": 1.4,
    "other_area": 0.4,
    "other_county": 0.4,
    "other_town": 0.4,
    "same_area": 0.4,
    "same_county": 0.4,
    "same_town": 0.4,
    "numbers": 0.4,
    "other_numbers": 0.4,
    "shorter_length": 0.6,
    "author_habit": 0.8,
    "other_name": 1.1,
    "other_name_copied": 0.26,
    "name_sounding_alike": 0.25,
}
_SPREAD = np.array([_SPREADS[name] for name in EVIDENCE])
_NEARLY_CERTAIN = -1e-9
_LEAST = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Somebody's word that two messages are, or are not, one event, and how much it counts."""

    first: int
    second: int
    same: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedPairs:
    """Pairs with what people said of them; entry ``r`` of every part is one pair.

    Attributes:
        evidence: one row per pair, one column per name of ``EVIDENCE``.
        same: whether both are one event.
        weight: how much the judgement counts, above 0.
        group: pairs of one number hang together by their appeals.
    """

    evidence: Floats
    same: Flags
    weight: Floats
    group: Ints

    def __len__(self) -> int:
        """Tell how many pairs there are."""
        return len(self.same)

    def part(self, chosen: Flags) -> "JudgedPairs":
        """Give some of the pairs."""
        return JudgedPairs(
            evidence=self.evidence[chosen],
            same=self.same[chosen],
            weight=self.weight[chosen],
            group=self.group[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well a model's pairs agree with judgements, each appeal of an event weighing alike."""

    precision: float
    recall: float
    wrongly_joined: float  # share of the pairs judged to be two matters

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 when both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PairGain:
    """The learned weights beside those in use, on judgements that neither was fitted on.

    Attributes:
        pairs: judged pairs compared.
        groups: groups of appeals that hang together.
        now: quality of the learned weights.
        before: quality of the weights in use.
        better: groups that the learned weights fit better.
        worse: groups that they fit worse.
        chance: how often so many come out better where both are equally good.
    """

    pairs: int
    groups: int
    now: Quality
    before: Quality
    better: int
    worse: int
    chance: float

    @property
    def is_measured(self) -> bool:
        """Whether the learned weights are better beyond chance, and join no worse."""
        enough = self.groups >= FEWEST_GROUPS and self.chance <= CHANCE
        return enough and self.now.f1 > self.before.f1


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How the pull of one kind of evidence has changed: log-odds per usual step of it."""

    factor: str
    evidence: str
    step: float


def judged_pairs(
    messages: Sequence[Message], judgements: Sequence[Judgement], background: Background
) -> JudgedPairs:
    """Measure the evidence of judged pairs; judgements about other messages are left out.

    Each message counts about the same, however many pairs of one verdict it stands in.
    """
    row = {message.id: number for number, message in enumerate(messages)}
    known = [one for one in judgements if one.first in row and one.second in row]
    first = np.array([row[one.first] for one in known], np.int64)
    second = np.array([row[one.second] for one in known], np.int64)
    same = np.array([one.same for one in known], bool)
    weight = np.array([one.weight for one in known], np.float64)
    for verdict in (same, ~same):
        times = np.bincount(np.concatenate([first[verdict], second[verdict]]), minlength=len(row))
        weight[verdict] *= (1 / times[first[verdict]] + 1 / times[second[verdict]]) / 2
    links = sparse.coo_matrix((np.ones(len(known)), (first, second)), shape=(len(row), len(row)))
    corpus = corpus_of(messages, background)
    return JudgedPairs(
        evidence=evidence_of(corpus, background, first, second),
        same=same,
        weight=weight,
        group=connected_components(links, directed=False)[1][first].astype(np.int64),
    )


def fit_pair_model(
    judged: JudgedPairs,
    *,
    rehearsed: Floats | None = None,
    prior: PairModel = PRIOR,
    pull: float = PULL,
) -> PairModel:
    """Fit weights to judged pairs, drawn to a prior.

    Args:
        judged: the pairs.
        rehearsed: evidence of pairs nobody judged, one row each; on them the model stays as it was.
        prior: the weights it stays with where nothing speaks for others.
        pull: how strongly; as many judged pairs weigh as much as the prior.

    Returns:
        The weights; the prior itself where nobody gave one of the two verdicts.
    """
    if judged.same.all() or not judged.same.any():
        return prior
    unjudged = np.empty((0, len(EVIDENCE))) if rehearsed is None else rehearsed
    evidence = np.concatenate([judged.evidence, unjudged])
    target = np.concatenate([judged.same, expit(log_odds_of(unjudged, prior))])
    weight = np.concatenate([_balanced(judged), np.full(len(unjudged), REHEARSED)])
    moved = _most_likely(evidence, target, weight, prior, pull)
    steps = moved[:-1] / _SPREAD[:, np.newaxis]
    return PairModel(
        weights=prior.weights + steps, intercepts=prior.intercepts + moved[-1] - MIDDLE @ steps
    )


def _balanced(judged: JudgedPairs) -> Floats:
    """Let both verdicts count the same, as much as there is of the rarer one.

    How often operators confirm and how often they part says nothing of the city.
    """
    sums = np.array([judged.weight[verdict].sum() for verdict in (judged.same, ~judged.same)])
    same, other = sums.min() / np.maximum(sums, _LEAST)
    return np.asarray(judged.weight * np.where(judged.same, same, other))


def _most_likely(
    evidence: Floats, target: Floats, weight: Floats, prior: PairModel, pull: float
) -> Floats:
    """Find by how much to move: one row per usual step of evidence and one for the intercepts."""
    factors = prior.factors(evidence)
    steps = np.column_stack([(evidence - MIDDLE) / _SPREAD, np.ones(len(evidence))])
    shape = (steps.shape[1], len(FACTORS))

    def loss(flat: Floats) -> tuple[float, Floats]:
        moved = flat.reshape(shape)
        here = factors + steps @ moved
        log_chance = np.minimum(-np.logaddexp(0.0, -here).sum(axis=1), _NEARLY_CERTAIN)
        other = np.log(-np.expm1(log_chance))
        slope = weight * ((1 - target) * np.exp(log_chance - other) - target)
        gradient = steps.T @ (slope[:, np.newaxis] * expit(-here)) + pull * moved
        value = -weight @ (target * log_chance + (1 - target) * other)
        return float(value + pull / 2 * flat @ flat), gradient.ravel()

    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x).reshape(shape)


def measure_pair_gain(
    judged: JudgedPairs,
    *,
    rehearsed: Floats | None = None,
    in_use: PairModel = PRIOR,
    unseen: Flags | None = None,
    prior: PairModel = PRIOR,
    pull: float = PULL,
) -> PairGain:
    """Compare what would be learned with the model in use, by cross-validation over groups.

    Args:
        judged: the pairs.
        rehearsed: as for ``fit_pair_model``.
        in_use: the model to do better than.
        unseen: which pairs the model in use was not fitted on; all, if not said.
        prior: as for ``fit_pair_model``.
        pull: as for ``fit_pair_model``.
    """
    learned = np.zeros(len(judged))
    for fold in _folds(judged.group):
        model = fit_pair_model(judged.part(~fold), rehearsed=rehearsed, prior=prior, pull=pull)
        learned[fold] = log_odds_of(judged.evidence[fold], model)
    chosen = np.ones(len(judged), bool) if unseen is None else unseen
    compared, learned = judged.part(chosen), learned[chosen]
    before = log_odds_of(compared.evidence, in_use)
    gains = _gains(compared, learned, before)
    better, worse = int((gains > 0).sum()), int((gains < 0).sum())
    return PairGain(
        pairs=len(compared),
        groups=len(gains),
        now=_quality(compared, learned),
        before=_quality(compared, before),
        better=better,
        worse=worse,
        chance=_chance(better, better + worse),
    )


def _folds(group: Ints) -> Iterator[Flags]:
    """Part pairs into folds, the groups of one size evenly."""
    numbers, sizes = np.unique(group, return_counts=True)
    order = np.argsort(-sizes, kind="stable")
    fold_of = np.empty(len(numbers), np.int64)
    fold_of[order] = np.arange(len(numbers)) % FOLDS
    fold = fold_of[np.searchsorted(numbers, group)]
    for number in range(FOLDS):
        yield fold == number


def _gains(judged: JudgedPairs, learned: Floats, before: Floats) -> Floats:
    """How much more likely each group's judgements are; what is clear enough counts as clear."""
    sign = np.where(judged.same, -1.0, 1.0)
    losses = [
        np.logaddexp(0.0, sign * np.clip(log_odds, -LIMIT, LIMIT)) for log_odds in (before, learned)
    ]
    number = np.unique(judged.group, return_inverse=True)[1]
    return np.bincount(number, weights=judged.weight * (losses[0] - losses[1])).astype(np.float64)


def _chance(better: int, compared: int) -> float:
    if compared == 0:
        return 1.0
    return float(binomtest(better, compared, alternative="greater").pvalue)


def _quality(judged: JudgedPairs, log_odds: Floats) -> Quality:
    joined, same = log_odds > LINK, judged.same
    weight = _balanced(judged)

    def share(part: Flags, whole: Flags) -> float:
        return float(weight[part & whole].sum() / max(weight[whole].sum(), _LEAST))

    return Quality(
        precision=share(same, joined),
        recall=share(joined, same),
        wrongly_joined=share(joined, ~same),
    )


def changes(before: PairModel, after: PairModel, most: int) -> list[Change]:
    """Tell which evidence has come to pull otherwise, the greatest changes first."""
    steps = (after.weights - before.weights) * _SPREAD[:, np.newaxis]
    found = [
        Change(factor=factor, evidence=name, step=float(steps[row, column]))
        for row, name in enumerate(EVIDENCE)
        for column, factor in enumerate(FACTORS)
        if steps[row, column]
    ]
    return sorted(found, key=lambda change: -abs(change.step))[:most]
