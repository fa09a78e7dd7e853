"""Measure the reading of texts on judged ones: anyone's own file, or the sample city's truth.

A file holds a JSON object per line: ``text``; ``received_at`` (ISO 8601), ``subject`` and ``kind`` if
known; ``urgency`` from 0 to 3; and spans ``[start, end]`` under ``requests``, ``places``, ``times``, ``respondents``,
``dangers``, ``decoys``. A key that no line has is not measured.
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.intake.channel_preset import kinds_by_name, plain_name
from civicloop.apps.issues.evaluation import (
    DIGITS,
    Figures,
    UnreadableJudgementsError,
    word_broken_json,
    word_not_utf8,
)
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
URGENCY_LEVELS = range(4)  # 3: call back at once
LEARNED_RATIO = 0.5  # of the sample city's appeals, the earlier ones


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedText:
    """A text with what people, or the generator, say of it."""

    text: str
    subject: str
    received_at: datetime
    kind: str  # "" where nobody said
    urgency: int | None = None  # 0 to 3; None where nobody said
    spans: dict[str, list[Span]] = field(default_factory=dict)


def read_judged_texts(file: Path) -> list[JudgedText]:
    """Read a file of judged texts; raises UnreadableJudgementsError, which names the line."""
    kinds = kinds_by_name()
    rows = []
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    rows.append(_judged(line, kinds, _Place(file, number)))
    except UnicodeDecodeError:
        raise UnreadableJudgementsError(word_not_utf8(file)) from None
    return rows


class _Place(NamedTuple):
    file: Path
    line: int

    def refuse(self, words: str, key: str = "") -> UnreadableJudgementsError:
        return UnreadableJudgementsError(words % {"file": self.file, "line": self.line, "key": key})


def _judged(line: str, kinds: dict[str, str], place: _Place) -> JudgedText:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        raise UnreadableJudgementsError(word_broken_json(*place)) from None
    if not isinstance(row, dict) or "text" not in row:
        raise place.refuse(_("%(file)s, line %(line)s: there is no “text”."))
    text = str(row["text"])
    return JudgedText(
        text=text,
        subject=str(row.get("subject", "")),
        received_at=_received_at(row, place),
        kind=_read_kind(row, kinds, place),
        urgency=_read_urgency(row, place),
        spans={key: _read_spans(row[key], key, text, place) for key in SPAN_KEYS if key in row},
    )


def _received_at(row: dict[str, Any], place: _Place) -> datetime:
    moment = row.get("received_at")
    try:
        return datetime.fromisoformat(moment) if moment else timezone.localtime()
    except (TypeError, ValueError):
        raise place.refuse(
            _("%(file)s, line %(line)s: “received_at” must look like 2023-11-13T09:30:00+08:00.")
        ) from None


def _read_kind(row: dict[str, Any], kinds: dict[str, str], place: _Place) -> str:
    told = plain_name(str(row.get("kind") or ""))
    if told and told not in kinds:
        raise place.refuse(
            _(
                "%(file)s, line %(line)s: “%(key)s” is no kind; 咨询, 求助, 投诉, 举报, 建议, 表扬 are."
            ),
            str(row["kind"]),
        )
    return kinds.get(told, "")


def _read_urgency(row: dict[str, Any], place: _Place) -> int | None:
    level = row.get("urgency")
    if level is None or (type(level) is int and level in URGENCY_LEVELS):
        return level
    raise place.refuse(_("%(file)s, line %(line)s: “urgency” must be 0, 1, 2 or 3."))


def _read_spans(listed: Sequence[Sequence[int]], key: str, text: str, place: _Place) -> list[Span]:
    try:
        spans = [(int(a), int(b)) for a, b in listed]
    except (TypeError, ValueError):
        spans = [(-1, -1)]
    if any(not 0 <= a <= b <= len(text) for a, b in spans):
        raise place.refuse(
            _("%(file)s, line %(line)s: “%(key)s” must list spans [start, end] within the text."),
            key,
        )
    return spans


def evaluate_readings(
    rows: Sequence[JudgedText], *, gazetteer: Gazetteer, kinds: KindModel
) -> dict[str, Figures]:
    """How well kinds, dangers, problems and spans are read, by what is judged."""
    found = [
        read_message(row.text, received_at=row.received_at, gazetteer=gazetteer) for row in rows
    ]
    figures = {"kinds": _kinds(rows, kinds)} if any(row.kind for row in rows) else {}
    if any(row.urgency is not None for row in rows):
        figures["urgency"] = _urgency(rows, found)
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


def _urgency(rows: Sequence[JudgedText], found: Sequence[Reading]) -> Figures:
    """How often the level is right, and of the highest how much is found and how much is so."""
    pairs = [
        (row.urgency, reading.urgency.level)
        for row, reading in zip(rows, found, strict=True)
        if row.urgency is not None
    ]
    highest = max(URGENCY_LEVELS)
    judged = sum(level == highest for level, _read in pairs)
    called = sum(read == highest for _level, read in pairs)
    both = sum(level == read == highest for level, read in pairs)
    return {
        "rows": len(pairs),
        "accuracy": round(sum(level == read for level, read in pairs) / len(pairs), DIGITS),
        "too_low": round(sum(read < level for level, read in pairs) / len(pairs), DIGITS),
        "judged_level_3": judged,
        "level_3_r": round(both / judged, DIGITS) if judged else None,
        "level_3_p": round(both / called, DIGITS) if called else None,
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
