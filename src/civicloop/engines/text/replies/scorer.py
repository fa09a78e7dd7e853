"""Say how likely a reader would call a reply substantive, and what speaks for and against it.

The score is a logistic sum of a few marks of the reply, each of which can be said in words. The
weights that come with the product were fitted on a public set of 2,816 board messages with
replies; ``fit_scorer`` fits others. A negative class this small bears few marks, hence the ridge.

Source: ridge logistic regression by Newton's method (le Cessie and van Houwelingen 1992).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log1p
from typing import Self

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.replies.answers import Answer, Degree
from civicloop.engines.text.replies.clauses import Clause, ClauseKind, letters_in
from civicloop.engines.text.replies.facts import Measure, Tense

RIDGE = 2.0
STEPS = 50
CONVERGED = 1e-8
LONG_LETTERS = 400  # more letters than that say nothing more
REASONS_SHOWN = 4
SLIGHT = 0.15  # a mark that moves the sum less is not worth a word

Floats = NDArray[np.float64]

_REASON = re.compile(r"因[为此]?|由于|原因|根据|按照|依据|规定")
_FINDING = re.compile(
    r"经[^，。]{0,12}(?:核实|核查|查|调查|了解|查询|走访|沟通|协商)|据查|据了解|属实|反馈"
)
_DIRECT = re.compile(
    r"可以|不能|不可|无法|需要?|应当?|必须|无需|不予|可在|可到|凭|携带|符合|属于|没有|暂无|尚未|不存在|已经?(?!转|收)|正在"
)
_FIGURE = re.compile(r"\d{1,9}\s?(?:元|万|亿|米|公里|平方|亩|户|人|台|个|辆|%|天|次|条|年)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyMarks:
    """What the scorer looks at; each mark runs from 0 to about 1."""

    told: float  # letters that tell something, logarithm over that of LONG_LETTERS
    little_told: float  # 1 where nothing is told, 0 from 30 letters on
    told_share: float  # of all letters
    length: float  # all letters, as ``told``
    brief: float  # 1 for no letter, 0 from 40 letters on; who is addressed and dates not counted
    short: float  # the same from 80 letters on
    transfer: float  # 1 where the matter is passed on
    referral: float  # the citizen is sent elsewhere
    deferral: float  # put off
    not_ours: float
    no_details: float
    thanks: float
    finding: float  # 经核实
    measure: float  # done or under way
    to_come: float
    basis: float
    reason: float
    direct: float  # words of a direct answer
    figure: float
    answered: float  # share of the requests that a sentence takes up
    near: float  # share that the reply at least speaks of

    def row(self, names: Sequence[str]) -> list[float]:
        """Return the marks of these names."""
        return [float(getattr(self, name)) for name in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReason:
    """A mark that moves the score; above 0 it speaks for substance."""

    mark: str
    weight: float  # in natural logarithms of the odds, against a middling reply


def read_marks(
    clauses: Sequence[Clause],
    *,
    measures: Sequence[Measure],
    basis: int,
    answers: Sequence[Answer],
) -> ReplyMarks:
    """Return the marks of a reply from its parts; ``basis`` counts the laws and rules it names."""
    told = [clause for clause in clauses if clause.kind is ClauseKind.TOLD]
    words = "，".join(clause.text for clause in told)
    told_letters = sum(letters_in(clause.text) for clause in told)
    letters = sum(letters_in(clause.text) for clause in clauses)
    to_reader = sum(
        letters_in(clause.text) for clause in clauses if clause.kind is not ClauseKind.ADDRESS
    )
    kinds = {clause.kind for clause in clauses}
    done = sum(measure.tense is not Tense.TO_COME for measure in measures)
    return ReplyMarks(
        told=_logarithmic(told_letters),
        little_told=max(0.0, 1 - told_letters / 30),
        told_share=told_letters / max(letters, 1),
        length=_logarithmic(letters),
        brief=max(0.0, 1 - to_reader / 40),
        short=max(0.0, 1 - to_reader / 80),
        transfer=float(ClauseKind.TRANSFER in kinds),
        referral=float(ClauseKind.REFERRAL in kinds),
        deferral=float(ClauseKind.DEFERRAL in kinds),
        not_ours=float(ClauseKind.NOT_OURS in kinds),
        no_details=float(ClauseKind.NO_DETAILS in kinds),
        thanks=float(ClauseKind.THANKS in kinds),
        finding=float(bool(_FINDING.search(words))),
        measure=min(done, 3) / 3,
        to_come=float(done < len(measures)),
        basis=float(basis > 0),
        reason=float(bool(_REASON.search(words))),
        direct=float(bool(_DIRECT.search(words))),
        figure=float(bool(_FIGURE.search(words))),
        answered=_share(answers, {Degree.ANSWERED}),
        near=_share(answers, {Degree.ANSWERED, Degree.NEAR}),
    )


def _logarithmic(letters: int) -> float:
    return log1p(min(letters, LONG_LETTERS)) / log1p(LONG_LETTERS)


def _share(answers: Sequence[Answer], degrees: set[Degree]) -> float:
    return sum(answer.degree in degrees for answer in answers) / max(len(answers), 1)


MARK_NAMES = tuple(ReplyMarks.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyScorer:
    """Weights of the marks; ``probability = logistic(bias + Σ weight · mark)``."""

    bias: float
    weights: Mapping[str, float]
    means: Mapping[str, float]  # of the marks where the weights were learnt, for the reasons
    threshold: float  # below it a reply is called empty

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Self:
        """Read the scorer from plain data, such as a TOML table."""
        marks = data["marks"]
        if not isinstance(marks, Mapping) or set(marks) - set(MARK_NAMES):
            raise ReplyScorerError("the marks of the scorer are not those of this program")
        return cls(
            bias=float(str(data["bias"])),
            weights={name: float(mark["weight"]) for name, mark in marks.items()},
            means={name: float(mark["mean"]) for name, mark in marks.items()},
            threshold=float(str(data["threshold"])),
        )

    def probability(self, marks: ReplyMarks) -> float:
        """Return how likely a reader calls the reply substantive, 0 to 1."""
        total = self.bias + sum(
            weight * getattr(marks, name) for name, weight in self.weights.items()
        )
        return 1 / (1 + exp(-min(max(total, -30.0), 30.0)))

    def reasons(self, marks: ReplyMarks) -> list[ScoreReason]:
        """Return the marks that move this reply's score most, strongest first."""
        moved = [
            ScoreReason(mark=name, weight=round(weight * (value - self.means[name]), 2))
            for (name, weight), value in zip(
                self.weights.items(), marks.row(list(self.weights)), strict=True
            )
        ]
        telling = [reason for reason in moved if abs(reason.weight) >= SLIGHT]
        return sorted(telling, key=lambda reason: -abs(reason.weight))[:REASONS_SHOWN]


class ReplyScorerError(ValueError):
    """The data are not a scorer of this program."""


def fit_scorer(
    rows: Sequence[ReplyMarks],
    is_substantive: Sequence[bool],
    *,
    names: Sequence[str] = MARK_NAMES,
    ridge: float = RIDGE,
) -> ReplyScorer:
    """Fit the weights to readers' judgement.

    Args:
        rows: marks of the replies.
        is_substantive: what the reader said, both answers must occur.
        names: the marks to use.
        ridge: penalty of the squared weights; the bias is free.

    Raises:
        ReplyScorerError: all replies are judged alike, or there is none.
    """
    wanted = np.array(is_substantive, dtype=np.float64)
    if not 0 < wanted.sum() < len(wanted):
        raise ReplyScorerError("the judgements are all alike")
    marks = np.array([row.row(names) for row in rows])
    means = marks.mean(axis=0)
    beta = _newton(np.column_stack([np.ones(len(marks)), marks - means]), wanted, ridge)
    fitted = _logistic(np.column_stack([np.ones(len(marks)), marks - means]) @ beta)
    return ReplyScorer(
        bias=float(beta[0] - beta[1:] @ means),
        weights=dict(zip(names, map(float, beta[1:]), strict=True)),
        means=dict(zip(names, map(float, means), strict=True)),
        threshold=best_threshold(fitted),
    )


def _newton(design: Floats, wanted: Floats, ridge: float) -> Floats:
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0
    beta = np.zeros(design.shape[1])
    for _ in range(STEPS):
        share = _logistic(design @ beta)
        slope = design.T @ (wanted - share) - penalty * beta
        bend = (design * (share * (1 - share))[:, None]).T @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(bend, slope)
        beta = beta + step
        if float(np.abs(step).max()) < CONVERGED:
            break
    return beta


def _logistic(total: Floats) -> Floats:
    share: Floats = 1 / (1 + np.exp(-np.clip(total, -30, 30)))
    return share


def best_threshold(probabilities: Floats) -> float:
    """Return the probability below which calling a reply empty is expected to give the best F1.

    The expectation takes the probabilities at their word, which wavers less than counting the few
    empty replies (Lipton et al. 2014, "Optimal thresholding of classifiers to maximize F1").
    """
    ordered = np.sort(probabilities)
    hits = np.cumsum(1 - ordered)
    f1 = 2 * hits / (np.arange(1, len(ordered) + 1) + hits[-1])
    last = int(np.argmax(f1))
    return float((ordered[last] + ordered[min(last + 1, len(ordered) - 1)]) / 2)


def folds_of_groups(groups: Sequence[str], *, folds: int) -> Iterator[tuple[list[int], list[int]]]:
    """Split rows into folds that never part a group; yields the rows to learn from and to score.

    Groups go to the fold with the fewest rows so far, the largest first.
    """
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    parts: list[list[int]] = [[] for _ in range(folds)]
    for _group, places in sorted(members.items(), key=lambda item: (-len(item[1]), item[0])):
        min(parts, key=len).extend(places)
    for part in parts:
        hidden = set(part)
        yield [place for place in range(len(groups)) if place not in hidden], sorted(part)
