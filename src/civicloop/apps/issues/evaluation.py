"""Measure the text engine on judged data: anyone's own, or the sample city's truth."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from civicloop.connectors.spreadsheets.encodings import detect_encoding
from civicloop.engines.evaluation.classification import (
    ClassificationScore,
    ClassifiedRow,
    score_classification,
)
from civicloop.engines.evaluation.events import EventGold, EventScore, score_events
from civicloop.engines.text.topics import LabelledText, TopicModel, TopicText

DIGITS = 4

Figures = dict[str, float | int | None]
T = TypeVar("T")


class UnreadableJudgementsError(ValueError):
    """A file of judgements is not in the expected form; the message says where, and how to mend it."""


class NoKnownTopicError(ValueError):
    """The model knows none of the topics that the rows are judged to have; the argument names one."""


class NoJudgedAppealError(ValueError):
    """The judged appeals are others than those that were put into events."""


def evaluate_topics(
    model: TopicModel, rows: Sequence[LabelledText], *, level: int | None = None
) -> ClassificationScore:
    """How often the model agrees with people; ``level`` compares only so many levels of the path.

    Raises:
        NoKnownTopicError: the model knows none of the rows' topics.
    """
    judged = {_cut(row.label, level) for row in rows}
    if judged and judged.isdisjoint(_cut(label, level) for label in model.labels):
        raise NoKnownTopicError(min(judged))
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
    """Read judged events from JSON: clusters[{message_ids}], negative_pairs, ignore_pairs, ignore_messages.

    Raises:
        UnreadableJudgementsError: the file is no such JSON.
    """
    try:
        judged = json.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise UnreadableJudgementsError(word_not_utf8(file)) from None
    except json.JSONDecodeError as error:
        raise UnreadableJudgementsError(word_broken_json(file, error.lineno)) from None
    if not isinstance(judged, dict) or "clusters" not in judged:
        raise UnreadableJudgementsError(
            _("%(file)s has no “clusters”; civicloop evaluate --help shows the form.")
            % {"file": file}
        )
    return EventGold(
        events=_read_each(
            file, judged, "clusters", lambda one: frozenset(map(str, one["message_ids"]))
        ),
        near_misses=_read_each(
            file, judged, "negative_pairs", lambda pair: (str(pair["a"]), str(pair["b"]))
        ),
        ignored_pairs=_read_each(file, judged, "ignore_pairs", _pair),
        ignored_ids=frozenset(_read_each(file, judged, "ignore_messages", str)),
    )


def _read_each(
    file: Path, judged: Mapping[str, Any], key: str, read: Callable[[Any], T]
) -> list[T]:
    """What the list under this key holds, read one by one."""
    listed = judged.get(key, [])
    if not isinstance(listed, list):
        words = _("%(file)s: “%(key)s” is not a list; civicloop evaluate --help shows the form.")
        raise UnreadableJudgementsError(words % {"file": file, "key": key})
    found = []
    for number, one in enumerate(listed, start=1):
        try:
            found.append(read(one))
        except (KeyError, TypeError, ValueError):
            words = _(
                "%(file)s: number %(number)s under “%(key)s” is not in the form that civicloop evaluate --help shows."
            )
            raise UnreadableJudgementsError(
                words % {"file": file, "number": number, "key": key}
            ) from None
    return found


def _pair(pair: Sequence[str]) -> tuple[str, str]:
    a, b = pair
    return str(a), str(b)


def word_not_utf8(file: Path) -> str:
    """Say that a file's characters cannot be read, and how to mend it."""
    return _("%(file)s is not UTF-8; save it as UTF-8.") % {"file": file}


def word_broken_json(file: Path, line: int) -> str:
    """Say where a file stops being JSON."""
    return _("%(file)s, line %(line)s: this is not JSON.") % {"file": file, "line": line}


def read_predicted_events(file: Path) -> dict[str, str]:
    """Read id,cluster.

    Raises:
        UnreadableFileError: the file is no text.
        UnreadableJudgementsError: a column is missing, or an appeal is in two clusters.
    """
    clusters: dict[str, str] = {}
    for line, row in read_csv(file, "id", "cluster"):
        if clusters.setdefault(row["id"], row["cluster"]) != row["cluster"]:
            words = _("%(file)s, line %(line)s: “%(id)s” is in another cluster already.")
            raise UnreadableJudgementsError(words % {"file": file, "line": line, "id": row["id"]})
    return clusters


def read_csv(file: Path, *columns: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Read the cells under these columns, each row with its line; a short row ends in empty cells.

    Raises:
        UnreadableFileError: the file is no text.
        UnreadableJudgementsError: the file is no such CSV.
    """
    with file.open(encoding=detect_encoding(file), newline="") as opened:
        reader = csv.DictReader(opened)
        try:
            if not set(columns) <= set(reader.fieldnames or []):
                words = _("%(file)s must have the columns %(columns)s in its first line.")
                raise UnreadableJudgementsError(
                    words % {"file": file, "columns": ", ".join(columns)}
                )
            for row in reader:
                yield reader.line_num, {name: row[name] or "" for name in columns}
        except UnicodeDecodeError:
            raise UnreadableJudgementsError(word_not_utf8(file)) from None
        except csv.Error:
            words = _("%(file)s, line %(line)s: this is not CSV.")
            raise UnreadableJudgementsError(
                words % {"file": file, "line": reader.line_num + 1}
            ) from None


def evaluate_events(predicted: Mapping[str, str], gold: EventGold) -> EventScore:
    """How well predicted events agree with judged ones.

    Raises:
        NoJudgedAppealError: none of the judged appeals is among the predicted ones.
    """
    judged = {one for event in gold.events for one in event}
    if judged and judged.isdisjoint(predicted):
        raise NoJudgedAppealError
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
        "surest_85_accuracy": round(score.surest_accuracy, DIGITS),
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
