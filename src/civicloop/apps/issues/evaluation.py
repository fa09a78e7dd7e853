"""Measure the text engine on judged data: anyone's own, or the sample city's truth."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from civicloop.engines.evaluation.classification import (
    ClassificationScore,
    ClassifiedRow,
    score_classification,
)
from civicloop.engines.evaluation.events import EventGold, EventScore, score_events
from civicloop.engines.text.topics import LabelledText, TopicModel, TopicText

DIGITS = 4

Figures = dict[str, float | int | None]


class UnreadableJudgementsError(ValueError):
    """The file of judged events is not in the expected form."""


def evaluate_topics(
    model: TopicModel, rows: Sequence[LabelledText], *, level: int | None = None
) -> ClassificationScore:
    """How often the model agrees with people; ``level`` compares only so many levels of the path."""
    suggestions = model.predict(
        [TopicText(text=row.text, subject=row.subject) for row in rows], explain=False
    )
    return score_classification(
        [
            ClassifiedRow(
                label=_cut(row.label, level),
                predicted=choice.label,
                probability=choice.probability,
                abstained=suggestion.answered_levels < depth,
            )
            for row, suggestion in zip(rows, suggestions, strict=True)
            for depth in [min(level or len(suggestion.levels), len(suggestion.levels))]
            for choice in [suggestion.levels[depth - 1]]
        ]
    )


def _cut(path: str, level: int | None) -> str:
    return path if level is None else "/".join(path.split("/")[:level])


def read_judged_events(file: Path) -> EventGold:
    """Read judged events from JSON: clusters[{message_ids}], negative_pairs, ignore_pairs, ignore_messages."""
    try:
        judged = json.loads(file.read_text(encoding="utf-8"))
        return EventGold(
            events=[frozenset(map(str, cluster["message_ids"])) for cluster in judged["clusters"]],
            near_misses=[
                (str(pair["a"]), str(pair["b"])) for pair in judged.get("negative_pairs", [])
            ],
            ignored_pairs=[(str(a), str(b)) for a, b in judged.get("ignore_pairs", [])],
            ignored_ids=frozenset(map(str, judged.get("ignore_messages", []))),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableJudgementsError(f"{file}: {error!r}") from error


def read_predicted_events(file: Path) -> dict[str, str]:
    """Read id,cluster."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return {row["id"]: row["cluster"] for row in csv.DictReader(opened)}


def evaluate_events(predicted: Mapping[str, str], gold: EventGold) -> EventScore:
    """How well predicted events agree with judged ones."""
    return score_events(predicted, gold)


def topic_figures(score: ClassificationScore) -> Figures:
    """The figures of a classification, by the names they are published under."""
    return {
        "rows": score.rows,
        "accuracy": round(score.accuracy, DIGITS),
        "macro_f1": round(score.macro_f1, DIGITS),
        "ece": round(score.ece, DIGITS),
        "coverage": round(score.coverage, DIGITS),
        "answered_accuracy": _rounded(score.answered_accuracy),
    }


def event_figures(score: EventScore) -> Figures:
    """The figures of a clustering, by the names they are published under."""
    return {
        "b3s_p": round(score.strict.precision, DIGITS),
        "b3s_r": round(score.strict.recall, DIGITS),
        "b3s_f1": round(score.strict.f1, DIGITS),
        "b3_f1": round(score.b_cubed.f1, DIGITS),
        "pair_p": round(score.pairs.precision, DIGITS),
        "pair_r": round(score.pairs.recall, DIGITS),
        "pair_f1": round(score.pairs.f1, DIGITS),
        "near_miss_merge": _rounded(score.near_miss_merge_ratio),
        "events_kept_whole": round(score.whole_ratio, DIGITS),
        "events_exact": round(score.exact_ratio, DIGITS),
        "events": score.events,
        "n": score.appeals,
    }


def _rounded(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, DIGITS)
