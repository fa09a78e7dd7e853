"""The parts of a reply's check as they are stored: spans and codes, words taken from the texts."""

import hashlib
import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.models import ReplyCheck, ReplyPromise, ReplyVerdict
from civicloop.engines.text.replies import ReplyReading
from civicloop.engines.text.replies.scorer import ReplyScorer

READING_VERSION = 2  # a later one has every reply read anew
MOST_PARTS = 40

Parts = dict[str, list[dict[str, Any]]]


@cache
def _preset() -> str:
    return files("civicloop").joinpath("presets/reply_scorer.toml").read_text(encoding="utf-8")


@cache
def shipped_scorer() -> ReplyScorer:
    """The scorer that comes with the product."""
    return ReplyScorer.from_data(tomllib.loads(_preset()))


def fingerprint(subject: str, text: str, reply: str, replied_at: datetime) -> str:
    """What changes when a text, the time of the reply, the engine or its weights change."""
    digest = hashlib.blake2b(f"{READING_VERSION}\0{_preset()}".encode(), digest_size=16)
    for words in (subject, text, reply, f"{replied_at.timestamp():.0f}"):
        digest.update(b"\0" + words.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def fingerprint_of(appeal: Appeal) -> str:
    """The fingerprint that the check of this appeal's reply has while it is up to date."""
    at = appeal.replied_at or appeal.received_at
    return fingerprint(appeal.subject, appeal.text, appeal.reply_text, at)


def check_of(
    appeal_id: int, reading: ReplyReading, *, replied_at: datetime, fingerprint: str
) -> ReplyCheck:
    """What was read in a reply as it is stored; not saved."""
    due_days = [promise.due_day for promise in reading.promises if promise.due_day]
    return ReplyCheck(
        appeal_id=appeal_id,
        fingerprint=fingerprint,
        replied_at=replied_at,
        probability=round(reading.probability, 4),
        verdict=verdict_of(reading),
        request_count=len(reading.answers),
        open_count=reading.open_requests,
        first_due_day=min(due_days, default=None),
        parts=parts_of(reading),
    )


def promises_in(appeal_id: int, reading: ReplyReading) -> Iterator[ReplyPromise]:
    """What a reply promises as it is stored; not saved."""
    for promise in reading.promises:
        yield ReplyPromise(
            appeal_id=appeal_id,
            start=promise.start,
            words=promise.words,
            is_news=promise.kind == "news",
            due_day=promise.due_day,
            due_words=promise.due_words[:60],
        )


def verdict_of(reading: ReplyReading) -> ReplyVerdict:
    """The verdict in one code."""
    if reading.is_empty:
        return ReplyVerdict.EMPTY
    if not reading.open_requests:
        return ReplyVerdict.ANSWERS
    if reading.is_beside:
        return ReplyVerdict.BESIDE
    if reading.open_requests == len(reading.answers):
        return ReplyVerdict.UNCLEAR
    return ReplyVerdict.PARTIAL


def parts_of(reading: ReplyReading) -> Parts:
    """The parts in plain data; ``start`` and ``end`` count characters of the reply."""
    parts: Parts = {
        "reasons": [{"mark": one.mark, "weight": one.weight} for one in reading.reasons],
        "answers": [
            {
                "ask": one.request.ask.value,
                "request": one.request.words,
                "at": [one.request.start, one.request.end],
                "degree": one.degree.value,
                "start": one.start,
                "end": one.end,
                "answer": one.words,
            }
            for one in reading.answers
        ],
        "measures": [
            _span(one, words=one.words, tense=one.tense.value) for one in reading.measures
        ],
        "days": [_span(one, words=one.words, day=one.day.isoformat()) for one in reading.days],
        "basis": [
            _span(one, title=one.title, article=one.article, number=one.number)
            for one in reading.basis
        ],
        "units": [_span(one, words=one.name) for one in reading.units],
        "contacts": [_span(one, words=one.words) for one in reading.contacts],
        "empty": [
            _span(one, words=one.text.strip(), kind=one.kind.value) for one in reading.empty_phrases
        ],
    }
    return {name: rows[:MOST_PARTS] for name, rows in parts.items() if rows}


class _Spanned(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def _span(part: _Spanned, **words: str) -> dict[str, Any]:
    return {"start": part.start, "end": part.end, **words}
