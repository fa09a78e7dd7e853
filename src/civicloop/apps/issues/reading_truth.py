"""Measure the reading of texts on judged ones: anyone's own file, or the sample city's truth.

A file holds a JSON object per line: ``text``; ``received_at`` (ISO 8601), ``subject`` and ``kind`` if
known; and spans ``[start, end]`` under ``requests``, ``places``, ``times``, ``respondents``,
``dangers``, ``decoys``. A key that no line has is not measured.
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from civicloop.apps.intake.channel_preset import kinds_by_name, plain_name
from civicloop.apps.issues.evaluation import DIGITS, Figures, UnreadableJudgementsError
from civicloop.connectors.sample_city import SampleCityFiles
from civicloop.engines.evaluation.classification import ClassifiedRow, score_classification
from civicloop.engines.evaluation.readings import (
    Agreement,
    Span,
    score_dangers,
    score_parting,
    score_spans,
)
from civicloop.engines.text.readings import Reading, read_message
from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.kinds import (
    KindModel,
    KindText,
    NotEnoughKindsError,
    train_kinds,
)

SPAN_KEYS = ("requests", "places", "times", "respondents", "dangers", "decoys")
LEARNED_RATIO = 0.5  # of the sample city's appeals, the earlier ones


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedText:
    """A text with what people, or the generator, say of it."""

    text: str
    subject: str
    received_at: datetime
    kind: str  # "" where nobody said
    spans: dict[str, list[Span]] = field(default_factory=dict)


def read_judged_texts(file: Path) -> list[JudgedText]:
    """Read a file of judged texts; raises UnreadableJudgementsError."""
    kinds = kinds_by_name()
    try:
        with file.open(encoding="utf-8-sig") as lines:
            return [_judged(json.loads(line), kinds) for line in lines if line.strip()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableJudgementsError(f"{file}: {error!r}") from error


def _judged(row: dict[str, Any], kinds: dict[str, str]) -> JudgedText:
    moment = row.get("received_at")
    received_at = datetime.fromisoformat(moment) if moment else timezone.localtime()
    text = str(row["text"])
    spans = {key: [(int(a), int(b)) for a, b in row[key]] for key in SPAN_KEYS if key in row}
    if any(not 0 <= a <= b <= len(text) for listed in spans.values() for a, b in listed):
        raise ValueError(f"a span outside its text: {text[:40]}")
    return JudgedText(
        text=text,
        subject=str(row.get("subject", "")),
        received_at=received_at,
        kind=kinds.get(plain_name(str(row.get("kind", ""))), ""),
        spans=spans,
    )


def evaluate_readings(
    rows: Sequence[JudgedText], *, gazetteer: Gazetteer, kinds: KindModel
) -> dict[str, Figures]:
    """How well kinds, dangers, problems and spans are read, by what is judged."""
    found = [
        read_message(row.text, received_at=row.received_at, gazetteer=gazetteer) for row in rows
    ]
    figures = {"kinds": _kinds(rows, kinds)} if any(row.kind for row in rows) else {}
    if any("dangers" in row.spans or "decoys" in row.spans for row in rows):
        figures["dangers"] = _dangers(rows, found)
    if any("requests" in row.spans for row in rows):
        figures["requests"] = _requests(rows, found)
    for key in ("places", "times", "respondents"):
        if any(key in row.spans for row in rows):
            figures[key] = _spans(key, rows, found)
    return figures


def _kinds(rows: Sequence[JudgedText], model: KindModel) -> Figures:
    judged = [row for row in rows if row.kind]
    suggested = model.suggest([KindText(text=row.text, subject=row.subject) for row in judged])
    score = score_classification(
        [
            ClassifiedRow(label=row.kind, predicted=found.kind, probability=found.probability)
            for row, found in zip(judged, suggested, strict=True)
        ]
    )
    usual = max(scored.rows for scored in score.classes)
    return {
        "rows": score.rows,
        "accuracy": round(score.accuracy, DIGITS),
        "kinds_macro_f1": round(score.macro_f1, DIGITS),
        "ece": round(score.ece, DIGITS),
        "commonest_share": round(usual / score.rows, DIGITS),
    }


def _dangers(rows: Sequence[JudgedText], found: Sequence[Reading]) -> Figures:
    hits = [
        [(hit.start, hit.end) for hit in reading.urgency.hits if hit.is_danger] for reading in found
    ]
    score = score_dangers(_judged_spans("dangers", rows), _judged_spans("decoys", rows), hits)
    alarms = score.false_alarm_ratio
    return {
        **_agreement("overlap", score.overlap),
        "decoys": score.decoys,
        "false_alarms": None if alarms is None else round(alarms, DIGITS),
        "texts_of_level_3": sum(reading.urgency.level == 3 for reading in found),
        "rows": len(rows),
    }


def _requests(rows: Sequence[JudgedText], found: Sequence[Reading]) -> Figures:
    parts = [[(part.start, part.end) for part in reading.requests] for reading in found]
    score = score_parting(_judged_spans("requests", rows), parts)
    return {
        "count_exact": round(score.exact_count_ratio, DIGITS),
        "several": score.several,
        "several_count_exact": round(score.several_exact_count_ratio, DIGITS),
        **_agreement("boundary", score.boundaries),
        "rows": score.messages,
    }


def _spans(key: str, rows: Sequence[JudgedText], found: Sequence[Reading]) -> Figures:
    spans = [[(span.start, span.end) for span in getattr(reading, key)] for reading in found]
    score = score_spans(_judged_spans(key, rows), spans)
    return {
        **_agreement("exact", score.exact),
        **_agreement("overlap", score.overlap),
        "judged": score.exact.judged,
        "found": score.exact.found,
    }


def _judged_spans(key: str, rows: Sequence[JudgedText]) -> list[list[Span]]:
    return [row.spans.get(key, []) for row in rows]


def _agreement(name: str, score: Agreement) -> Figures:
    return {
        f"{name}_p": round(score.precision, DIGITS),
        f"{name}_r": round(score.recall, DIGITS),
        f"{name}_f1": round(score.f1, DIGITS),
    }


def evaluate_sample_readings(files: SampleCityFiles) -> dict[str, Figures]:
    """Learn kinds from what the clerks ticked in the earlier half, score on the later one's truth."""
    rows = read_judged_texts(files.truth_readings)
    cut = int(len(rows) * LEARNED_RATIO)
    texts = [KindText(text=row.text, subject=row.subject) for row in rows[:cut]]
    names = kinds_by_name()
    with files.appeals.open(encoding="utf-8", newline="") as opened:
        ticked = [names.get(plain_name(row["诉求类型"]), "") for row in csv.DictReader(opened)]
    with files.areas.open(encoding="utf-8", newline="") as opened:
        gazetteer = Gazetteer((row["name"], row["level"]) for row in csv.DictReader(opened))
    try:
        kinds = train_kinds(texts, ticked[:cut])
    except NotEnoughKindsError:  # a very small city
        kinds = KindModel()
    later = rows[cut:]
    figures = evaluate_readings(later, gazetteer=gazetteer, kinds=kinds)
    return {"kinds, by the rules alone": _kinds(later, KindModel()), **figures}
