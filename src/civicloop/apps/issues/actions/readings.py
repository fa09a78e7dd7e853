"""Read the appeals: suggested kind, urgency, separate problems, places, times, respondents.

``AppealReading.spans`` holds lists by type. Each entry begins with start and end in the appeal's text:
``places`` go on with kind and area, ``times`` with interval, granularity and form, ``respondents``
with kind, ``hits`` with code and state; ``requests`` end there.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Appeal, Kind
from civicloop.apps.issues.models import AppealReading, KindModelVersion
from civicloop.apps.places.models import Area
from civicloop.engines.text.readings import ENGINE_VERSION, Reading, read_message
from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.kinds import (
    KindModel,
    KindText,
    NotEnoughKindsError,
    SuggestedKind,
    train_kinds,
)
from civicloop.engines.text.readings.urgency import judge_urgency

Progress = Callable[[str, int, int], None]

APPEALS_PER_BATCH = 1_000
MOST_TRAINING_ROWS = 3_000  # a second; older rows add little
COLUMNS = ("id", "subject", "text", "received_at", "content_hash")
FIELDS = (
    "engine_version", "content_hash", "kind", "kind_probability", "urgency", "danger_words", "request_count",
    "spans",
)  # fmt: skip

AppealRow = tuple[int, str, str, datetime, str]


def read_appeals(*, now: datetime, learn: bool = False, progress: Progress | None = None) -> int:
    """Read every appeal that this version of the engine has not read yet.

    The first run, and one asked to ``learn``, learns kinds from the newest appeals that came with one
    and, where that is asked for, reads all appeals again. A killed run can be run again. Returns how
    many appeals were read.
    """
    if learn or not KindModelVersion.objects.exists():
        learn_kinds(now=now)
    kinds, gazetteer = kinds_in_use(), city_gazetteer()
    unread = _unread()
    total, done, last_id = unread.count(), 0, 0
    while batch := list(
        unread.filter(id__gt=last_id).order_by("id").values_list(*COLUMNS)[:APPEALS_PER_BATCH]
    ):
        _keep_readings(_readings(batch, kinds, gazetteer), now)
        last_id = batch[-1][0]
        done += len(batch)
        if progress:
            progress("read", done, total)
    return done


def _unread() -> QuerySet[Appeal]:
    """Appeals without a reading, with one by an older engine, or changed since by an import."""
    return Appeal.objects.exclude(
        reading__engine_version=ENGINE_VERSION, reading__content_hash=F("content_hash")
    )


@transaction.atomic
def learn_kinds(*, now: datetime) -> KindModelVersion | None:
    """Learn kinds from the newest appeals that came with one, so that all are to be read again.

    None where there are too few.
    """
    rows = Appeal.objects.exclude(kind=Kind.OTHER).order_by("-received_at", "-id")
    known = list(rows.values_list("text", "subject", "kind")[:MOST_TRAINING_ROWS])
    texts = [KindText(text=text, subject=subject) for text, subject, _kind in known]
    try:
        model = train_kinds(texts, [kind for _text, _subject, kind in known])
    except NotEnoughKindsError:
        return None
    version = KindModelVersion.objects.create(
        trained_at=now, row_count=len(known), payload=model.to_bytes()
    )
    AppealReading.objects.update(engine_version=0)
    record_event(
        action="kinds_learned",
        object_type="kind_model",
        object_id=version.pk,
        actor=None,
        now=now,
        details={"rows": len(known)},
    )
    return version


def forget_readings(appeal_ids: Sequence[int]) -> None:
    """Let appeals be read anew: words were taken out of their texts, so the places are others."""
    AppealReading.objects.filter(appeal__in=appeal_ids).delete()


def kinds_in_use() -> KindModel:
    """The newest model of kinds; before any was learned the one that goes by rules alone."""
    newest = KindModelVersion.objects.values_list("pk", "trained_at").first()
    return _loaded(*newest) if newest else KindModel()


@lru_cache(maxsize=1)
def _loaded(version_id: int, _trained_at: datetime) -> KindModel:
    """The model of a version; a database put back from a backup may use its number again."""
    payload = KindModelVersion.objects.values_list("payload", flat=True).get(pk=version_id)
    return KindModel.from_bytes(bytes(payload))


def city_gazetteer() -> Gazetteer:
    """The names of this city's areas."""
    return Gazetteer(Area.objects.order_by("code").values_list("name", "level"))


def _readings(
    batch: Sequence[AppealRow], kinds: KindModel, gazetteer: Gazetteer
) -> list[AppealReading]:
    texts = [KindText(text=row[2], subject=row[1]) for row in batch]
    suggested = kinds.suggest(texts)
    return [_reading(row, kind, gazetteer) for row, kind in zip(batch, suggested, strict=True)]


def _reading(row: AppealRow, kind: SuggestedKind, gazetteer: Gazetteer) -> AppealReading:
    appeal_id, subject, text, received_at, content_hash = row
    reading = read_message(text, received_at=timezone.localtime(received_at), gazetteer=gazetteer)
    words = {text[hit.start : hit.end]: None for hit in reading.urgency.hits if hit.is_danger}
    return AppealReading(
        appeal_id=appeal_id,
        engine_version=ENGINE_VERSION,
        content_hash=content_hash,
        kind=kind.kind,
        kind_probability=round(kind.probability, 4),
        urgency=max(reading.urgency.level, judge_urgency(subject).level),
        danger_words=list(words),
        request_count=len(reading.requests),
        spans=_spans(reading),
    )


def _spans(reading: Reading) -> dict[str, list[list[int | str]]]:
    return {
        "requests": [[part.start, part.end] for part in reading.requests],
        "places": [[p.start, p.end, p.kind, p.area] for p in reading.places],
        "times": [[t.start, t.end, t.interval, t.granularity, t.form] for t in reading.times],
        "respondents": [[r.start, r.end, r.kind] for r in reading.respondents],
        "hits": [[h.start, h.end, h.code, h.state] for h in reading.urgency.hits],
    }


@transaction.atomic
def _keep_readings(readings: Sequence[AppealReading], now: datetime) -> None:
    AppealReading.objects.bulk_create(
        readings, update_conflicts=True, unique_fields=["appeal"], update_fields=FIELDS
    )
    record_event(
        action="appeals_read",
        object_type="reading",
        object_id=ENGINE_VERSION,
        actor=None,
        now=now,
        details={
            "first": readings[0].appeal_id,
            "last": readings[-1].appeal_id,
            "appeals": len(readings),
        },
    )
