"""Score a classifier that states a probability and may abstain.

Source: macro-F1 as the unweighted mean of the classes' F1 (Sokolova and Lapalme 2009, "A systematic
analysis of performance measures for classification tasks"); expected calibration error with bins of
equal mass (Nguyen and O'Connor 2015, "Posterior calibration and exploratory analysis for natural
language processing models"); coverage and accuracy of the answered rows as in El-Yaniv and Wiener
2010, "On the foundations of noise-free selective classification".
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SUREST_SHARE = 0.85  # of the rows: compares classifiers whatever threshold each abstains at


class NothingToScoreError(ValueError):
    """There is no judged row to score against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedRow:
    """One row with the label people gave it and the classifier's first choice."""

    label: str  # people's judgement
    predicted: str  # first choice, also where the classifier abstained
    probability: float  # stated probability of the first choice, 0 to 1
    abstained: bool = False  # the classifier left the row to a person


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """How well one label is found. A ratio without a denominator is 0."""

    label: str
    precision: float  # share of the rows predicted so that are so
    recall: float  # share of the rows that are so and were predicted so
    f1: float  # harmonic mean of the two
    rows: int  # rows that people gave this label
    predicted_rows: int  # rows that the classifier gave this label


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Rows of similar stated probability: what was stated and what came true."""

    rows: int
    mean_probability: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationScore:
    """The figures of one evaluation. All ratios run from 0 to 1."""

    rows: int
    accuracy: float  # of the first choice over all rows, abstained ones too
    macro_f1: float  # mean F1 of all labels that people or the classifier used
    ece: float  # expected calibration error of the first choice
    coverage: float  # share of rows answered, that is not abstained
    answered_accuracy: float | None  # accuracy of the answered rows; None when there is none
    surest_accuracy: float  # accuracy of the surest ``SUREST_SHARE`` of the rows, abstained or not
    classes: tuple[ClassScore, ...]  # sorted by label
    bins: tuple[ReliabilityBin, ...]  # lowest stated probability first


def score_classification(rows: Sequence[ClassifiedRow], *, bins: int = 15) -> ClassificationScore:
    """Return accuracy, F1, calibration and coverage of judged rows.

    Args:
        rows: Judged rows, in any order.
        bins: Number of equal-mass bins of the calibration error, at least 1; fewer rows than
            bins make one bin per row.

    Returns:
        The figures; see :class:`ClassificationScore` for the units.

    Raises:
        NothingToScoreError: ``rows`` is empty.
    """
    if not rows:
        raise NothingToScoreError("no judged rows")
    answered = [row for row in rows if not row.abstained]
    classes = _class_scores(rows)
    reliability = _reliability(rows, bins=min(bins, len(rows)))
    return ClassificationScore(
        rows=len(rows),
        accuracy=_accuracy(rows),
        macro_f1=sum(score.f1 for score in classes) / len(classes),
        ece=sum(b.rows * abs(b.accuracy - b.mean_probability) for b in reliability) / len(rows),
        coverage=len(answered) / len(rows),
        answered_accuracy=_accuracy(answered) if answered else None,
        surest_accuracy=_accuracy(_surest(rows)),
        classes=classes,
        bins=reliability,
    )


def _surest(rows: Sequence[ClassifiedRow]) -> Sequence[ClassifiedRow]:
    count = max(round(SUREST_SHARE * len(rows)), 1)
    return sorted(rows, key=lambda row: -row.probability)[:count]


def _accuracy(rows: Sequence[ClassifiedRow]) -> float:
    return sum(row.label == row.predicted for row in rows) / len(rows)


def _class_scores(rows: Sequence[ClassifiedRow]) -> tuple[ClassScore, ...]:
    judged = Counter(row.label for row in rows)
    predicted = Counter(row.predicted for row in rows)
    right = Counter(row.label for row in rows if row.label == row.predicted)
    return tuple(
        ClassScore(
            label=label,
            precision=_ratio(right[label], predicted[label]),
            recall=_ratio(right[label], judged[label]),
            f1=_ratio(2 * right[label], judged[label] + predicted[label]),
            rows=judged[label],
            predicted_rows=predicted[label],
        )
        for label in sorted(judged | predicted)
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _reliability(rows: Sequence[ClassifiedRow], *, bins: int) -> tuple[ReliabilityBin, ...]:
    ordered = sorted(rows, key=lambda row: row.probability)
    edges = [len(ordered) * number // bins for number in range(bins + 1)]
    return tuple(_bin(ordered[start:end]) for start, end in pairwise(edges))


def _bin(rows: Sequence[ClassifiedRow]) -> ReliabilityBin:
    return ReliabilityBin(
        rows=len(rows),
        mean_probability=sum(row.probability for row in rows) / len(rows),
        accuracy=_accuracy(rows),
    )
