"""Measure the reading of replies: on anyone's judged rows, or on the sample city's truth."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from civicloop.apps.issues.evaluation import (
    DIGITS,
    Figures,
    UnreadableJudgementsError,
    word_not_utf8,
)
from civicloop.apps.issues.reply_parts import shipped_scorer
from civicloop.connectors.sample_city import SampleCityFiles
from civicloop.connectors.spreadsheets.cell_limit import cells_of_at_most
from civicloop.connectors.spreadsheets.encodings import detect_encoding
from civicloop.connectors.spreadsheets.rows import Row
from civicloop.engines.evaluation.judgements import CallScore, score_calls
from civicloop.engines.text.replies import ReplyReading, is_empty, read_reply
from civicloop.engines.text.replies.scorer import ReplyScorerError, fit_scorer, folds_of_groups
from civicloop.engines.text.replies.templates import find_families

SHORT = 60  # characters; the baseline calls shorter replies empty
FOLDS = 10
MOST_CHARACTERS = 131_072  # of one cell
ANY_DAY = date(2023, 1, 1)  # a judged row names no day that matters here
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "message": ("message", "detail", "text", "内容", "诉求内容", "留言详情", "留言内容"),
    "subject": ("subject", "title", "标题", "主题", "留言主题"),
    "reply": ("reply", "reply_text", "答复", "答复内容", "答复意见", "回复内容"),
    "author": ("group", "author", "user", "caller", "诉求人", "留言用户"),
}
YES = frozenset({"1", "1.0", "true", "yes", "是", "substantive", "实质"})
NO = frozenset({"0", "0.0", "false", "no", "否", "empty", "空洞"})


class NoReplyColumnError(ValueError):
    """The file has no column of this name; the argument is the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedReply:
    """A message, its reply and whether people call the reply substantive."""

    message: str
    subject: str
    reply: str
    author: str
    is_substantive: bool


def read_judged_replies(file: Path, *, label: str | None = None) -> list[JudgedReply]:
    """Read a CSV with message, reply and label; rows without a label are left out.

    Raises:
        NoReplyColumnError: a column is missing.
        UnreadableFileError: the file is no text.
        UnreadableJudgementsError: a row is no CSV, holds too long a cell, too few cells or another label than yes or no.
    """
    with (
        cells_of_at_most(MOST_CHARACTERS),
        file.open(encoding=detect_encoding(file), newline="") as opened,
    ):
        reader = csv.DictReader(opened)
        try:
            header = list(reader.fieldnames or [])
            labelled = label or _label_column(file, header)
            return _judged(_whole_rows(file, reader, labelled), header, labelled)
        except UnicodeDecodeError:
            raise UnreadableJudgementsError(word_not_utf8(file)) from None
        except csv.Error:
            words = _("%(file)s, line %(line)s: not CSV, or a cell of over %(most)s characters.")
            most = f"{MOST_CHARACTERS:,}"
            place = {"file": file, "line": reader.line_num + 1, "most": most}
            raise UnreadableJudgementsError(words % place) from None


def _label_column(file: Path, header: Sequence[str]) -> str:
    """The one column of a label; of several nobody can tell which is meant."""
    found = [name for name in header if name.strip().lower().startswith("label")]
    if len(found) > 1:
        words = _("%(file)s has several columns of labels (%(columns)s); choose one: --label")
        raise UnreadableJudgementsError(words % {"file": file, "columns": ", ".join(found)})
    return found[0] if found else "label"


def _whole_rows(
    file: Path, reader: "csv.DictReader[str]", labelled: str
) -> Iterator[dict[str, str]]:
    for row in reader:
        place = {"file": file, "line": reader.line_num, "column": labelled}
        if None in row.values():
            words = _("%(file)s, line %(line)s: the row has fewer cells than the first line.")
            raise UnreadableJudgementsError(words % place)
        told = row.get(labelled, "").strip()
        if told and told.lower() not in YES | NO:
            words = _(
                "%(file)s, line %(line)s: “%(told)s” under “%(column)s” is neither 1 (substantive) nor 0 (empty)."
            )
            raise UnreadableJudgementsError(words % {**place, "told": told})
        yield row


def _judged(
    rows: Iterator[dict[str, str]], header: Sequence[str], labelled: str
) -> list[JudgedReply]:
    column = {what: _column(header, names) for what, names in COLUMNS.items()}
    for name in (labelled, column["message"] or "message", column["reply"] or "reply"):
        if name not in header:
            raise NoReplyColumnError(name)
    return [
        JudgedReply(
            message=row[column["message"] or ""],
            subject=row.get(column["subject"] or "", ""),
            reply=row[column["reply"] or ""],
            author=row.get(column["author"] or "", ""),
            is_substantive=row[labelled].strip().lower() in YES,
        )
        for row in rows
        if row[labelled].strip()
    ]


def _column(header: Sequence[str], names: Sequence[str]) -> str | None:
    return next((name for name in header if name.strip().lower() in names), None)


def evaluate_replies(rows: Sequence[JudgedReply]) -> dict[str, Figures]:
    """Compare some ways to call a reply empty, the class that matters, on the same rows.

    Rows of one author and near-duplicates of a reply or message form a group; groups are never
    parted between learning and scoring, and are drawn whole for the intervals.
    """
    scorer = shipped_scorer()
    readings = [_reading(row.message, row.subject, row.reply) for row in rows]
    empty = [not row.is_substantive for row in rows]
    groups = group_rows(rows)
    short = [len(row.reply.strip()) < SHORT for row in rows]
    lengths = [-float(len(row.reply.strip())) for row in rows]
    shipped = [1 - reading.probability for reading in readings]
    threshold = scorer.threshold
    ways = {
        "replies, shorter than 60 characters": (short, lengths, False),
        "replies, shipped scorer": ([one > 1 - threshold for one in shipped], shipped, True),
        "replies, shipped scorer and rules": ([one.is_empty for one in readings], shipped, True),
    }
    with suppress(ReplyScorerError):  # too few groups to learn from some and score the others
        learnt, calls = _cross_validated(readings, empty, groups)
        ways["replies, scorer learnt here, cross-validated"] = (calls, learnt, True)
    return {
        name: _figures(
            score_calls(
                judged=empty,
                called=called,
                groups=groups,
                scores=scores,
                are_probabilities=are_probabilities,
                baseline=None if called is short else short,
            )
        )
        for name, (called, scores, are_probabilities) in ways.items()
    }


def _reading(message: str, subject: str, reply: str) -> ReplyReading:
    return read_reply(
        message=message,
        subject=subject,
        reply=reply,
        replied_on=ANY_DAY,
        scorer=shipped_scorer(),
    )


def _cross_validated(
    readings: Sequence[ReplyReading], empty: Sequence[bool], groups: Sequence[str]
) -> tuple[list[float], list[bool]]:
    """Each row's probability of being empty, by a scorer that saw nothing of its group."""
    names = tuple(shipped_scorer().weights)
    probabilities, calls = [0.0] * len(readings), [False] * len(readings)
    for known, hidden in folds_of_groups(groups, folds=FOLDS):
        scorer = fit_scorer(
            [readings[place].marks for place in known],
            [not empty[place] for place in known],
            names=names,
        )
        for place in hidden:
            marks = readings[place].marks
            probabilities[place] = 1 - scorer.probability(marks)
            calls[place] = is_empty(marks, scorer, by_rules=False)
    return probabilities, calls


def group_rows(rows: Sequence[JudgedReply]) -> list[str]:
    """Name a group for each row: one author, or nearly the same reply or message, is one group."""
    leader = list(range(len(rows)))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    by_author: dict[str, int] = {}
    for place, row in enumerate(rows):
        if row.author:
            leader[find(place)] = find(by_author.setdefault(row.author, place))
    for texts in ([row.reply for row in rows], [row.message for row in rows]):
        for family in find_families(texts, smallest=2):
            for place in family.members:
                leader[find(place)] = find(family.members[0])
    return [str(find(place)) for place in range(len(rows))]


def _figures(score: CallScore) -> Figures:
    gain = score.f1_gain
    return {
        "rows": score.rows,
        "empty_replies": score.positives,
        "precision": round(score.precision, DIGITS),
        "recall": round(score.recall, DIGITS),
        "f1": round(score.f1, DIGITS),
        "f1_low": round(score.f1_interval.low, DIGITS),
        "f1_high": round(score.f1_interval.high, DIGITS),
        "f1_gain_low": round(gain.low, DIGITS) if gain else None,
        "f1_gain_high": round(gain.high, DIGITS) if gain else None,
        "auc": None if score.auc is None else round(score.auc, DIGITS),
        "ece": None if score.calibration_error is None else round(score.calibration_error, DIGITS),
    }


def evaluate_replies_of_city(rows: Sequence[Row], files: SampleCityFiles) -> dict[str, Figures]:
    """Score on the generator's truth: empty replies, second matters left out, promised days."""
    with files.truth_replies.open(encoding="utf-8", newline="") as opened:
        truth = {row["id"]: row for row in csv.DictReader(opened)}
    judged = [row for row in rows if truth.get(row.values.id, {}).get("kind", "thanks") != "thanks"]
    facts = [truth[row.values.id] for row in judged]
    readings = [_read_row(row) for row in judged]
    empty = [fact["kind"] == "empty" for fact in facts]
    groups = [row.values.caller or row.values.id for row in judged]
    called = [reading.is_empty or reading.is_beside for reading in readings]
    by_reading = score_calls(
        judged=empty,
        called=[reading.is_empty for reading in readings],
        groups=groups,
        scores=[1 - reading.probability for reading in readings],
        are_probabilities=True,
        baseline=[len(row.values.reply) < SHORT for row in judged],
    )
    either = score_calls(judged=empty, called=called, groups=groups)
    return {
        "replies": {
            **_figures(by_reading),
            "recall_with_beside": round(either.recall, DIGITS),
            "precision_with_beside": round(either.precision, DIGITS),
            **_promises(facts, readings),
        }
    }


def _read_row(row: Row) -> ReplyReading:
    values = row.values
    return read_reply(
        message=values.text,
        subject=values.subject,
        reply=values.reply,
        replied_on=values.replied_at.date() if values.replied_at else ANY_DAY,
        scorer=shipped_scorer(),
    )


def _promises(
    facts: Sequence[Mapping[str, str]], readings: Sequence[ReplyReading]
) -> dict[str, float]:
    """How often the promised day is found, and how often a day found is the promised one."""
    right = found = promised = 0
    for fact, reading in zip(facts, readings, strict=True):
        if fact["act"] == "old":  # may promise in words the truth does not follow
            continue
        days = {str(one.due_day) for one in reading.promises if one.due_day}
        promised += bool(fact["due"])
        found += bool(days)
        right += fact["due"] in days
    return {
        "promised_day_recall": round(right / max(promised, 1), DIGITS),
        "promised_day_precision": round(right / max(found, 1), DIGITS),
    }
