"""The figures of a topic model's check on hidden rows, as the model's page shows them."""

from collections.abc import Sequence

from civicloop.engines.evaluation.classification import ClassifiedRow, score_classification
from civicloop.engines.text.topics import HiddenGuess, LabelledText

CURVE_POINTS = 20
RELIABILITY_BINS = 10
DIGITS = 4


def check_figures(
    rows: Sequence[LabelledText], guesses: Sequence[HiddenGuess], *, wanted: float
) -> dict[str, object]:
    """Classes (label, precision, recall, F1, rows), bins (rows, stated, true), curve (answered, right).

    ``wanted`` is the accuracy that was asked for and is kept beside them.
    """
    judged = [
        ClassifiedRow(
            label=rows[guess.row].label,
            predicted=guess.predicted,
            probability=guess.probability,
            abstained=guess.abstained,
        )
        for guess in guesses
    ]
    score = score_classification(judged, bins=RELIABILITY_BINS)
    return {
        "classes": [
            [one.label, *_rounded(one.precision, one.recall, one.f1), one.rows]
            for one in score.classes
        ],
        "bins": [[one.rows, *_rounded(one.mean_probability, one.accuracy)] for one in score.bins],
        "curve": _curve(judged),
        "wanted": wanted,
    }


def _curve(judged: Sequence[ClassifiedRow]) -> list[list[object]]:
    """Accuracy of the surest twentieth, of the surest tenth, … of all."""
    ordered = sorted(judged, key=lambda row: -row.probability)
    points: list[list[object]] = []
    for number in range(1, CURVE_POINTS + 1):
        surest = ordered[: max(len(ordered) * number // CURVE_POINTS, 1)]
        right = sum(row.label == row.predicted for row in surest)
        points.append([*_rounded(number / CURVE_POINTS, right / len(surest))])
    return points


def _rounded(*ratios: float) -> list[float]:
    return [round(ratio, DIGITS) for ratio in ratios]
