"""Read the replies that came or changed since the last time, and find the words sent to many."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.models import EventMember, ReplyCheck, ReplyPromise, ReplyTemplate
from civicloop.apps.issues.reply_parts import check_of, fingerprint, promises_in, shipped_scorer
from civicloop.engines.text.replies import read_reply
from civicloop.engines.text.replies.templates import Family, find_families

Progress = Callable[[str, int, int], None]

REPLIES_PER_BATCH = 1_000
ROWS_PER_STATEMENT = 500
FEWEST_MATTERS = 5  # different matters that the same words were sent about
CHECK_FIELDS = (
    "fingerprint", "replied_at", "probability", "verdict", "request_count", "open_count",
    "first_due_day", "parts",
)  # fmt: skip
COLUMNS = ("id", "subject", "text", "reply_text", "replied_at", "received_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepliesChecked:
    """What one run did."""

    checked: int  # new or changed replies read
    removed: int  # checks of replies that are no longer there
    templates: int  # words sent about several matters, as they stand now


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    appeal_id: int
    subject: str
    text: str
    reply: str
    replied_at: datetime
    fingerprint: str


def check_replies(*, now: datetime, progress: Progress | None = None) -> RepliesChecked:
    """Check every reply that has no check yet or whose words have changed.

    Batches stand each in a transaction of its own, so the job can be killed and run again; a
    second run does nothing.
    """
    removed = _remove_orphans(now=now)
    known = dict(ReplyCheck.objects.values_list("appeal_id", "fingerprint"))
    checked, total = 0, _replied().count()
    waiting = (reply for reply in _replies() if known.get(reply.appeal_id) != reply.fingerprint)
    while batch := list(islice(waiting, REPLIES_PER_BATCH)):
        _check(batch, now=now)
        checked += len(batch)
        if progress:
            progress("replies", checked, total)
    if checked or removed:
        _store_families(now=now)
    return RepliesChecked(checked=checked, removed=removed, templates=ReplyTemplate.objects.count())


def _replied() -> QuerySet[Appeal]:
    return Appeal.objects.exclude(reply_text="")


def _replies() -> Iterator[_Reply]:
    """Every reply in the order of its appeal's number, a batch in memory at a time."""
    last_id = 0
    rows = _replied().order_by("id").values_list(*COLUMNS)
    while batch := list(rows.filter(id__gt=last_id)[:REPLIES_PER_BATCH]):
        for appeal_id, subject, text, reply, replied_at, received_at in batch:
            at = replied_at or received_at
            yield _Reply(
                appeal_id=appeal_id,
                subject=subject,
                text=text,
                reply=reply,
                replied_at=at,
                fingerprint=fingerprint(subject, text, reply, at),
            )
        last_id = batch[-1][0]


@transaction.atomic
def _remove_orphans(*, now: datetime) -> int:
    orphans = list(
        ReplyCheck.objects.filter(appeal__reply_text="").values_list("appeal_id", flat=True)
    )
    if orphans:
        ReplyPromise.objects.filter(appeal__reply_text="").delete()
        ReplyCheck.objects.filter(appeal__reply_text="").delete()
        _record(now, removed=len(orphans))
    return len(orphans)


@transaction.atomic
def _check(batch: Sequence[_Reply], *, now: datetime) -> None:
    scorer = shipped_scorer()
    readings = [
        read_reply(
            message=reply.text,
            subject=reply.subject,
            reply=reply.reply,
            replied_on=timezone.localtime(reply.replied_at).date(),
            scorer=scorer,
        )
        for reply in batch
    ]
    ReplyCheck.objects.bulk_create(
        [
            check_of(
                reply.appeal_id,
                reading,
                replied_at=reply.replied_at,
                fingerprint=reply.fingerprint,
            )
            for reply, reading in zip(batch, readings, strict=True)
        ],
        batch_size=ROWS_PER_STATEMENT,
        update_conflicts=True,
        unique_fields=["appeal"],
        update_fields=CHECK_FIELDS,
    )
    ReplyPromise.objects.filter(appeal_id__in=[reply.appeal_id for reply in batch]).delete()
    ReplyPromise.objects.bulk_create(
        [
            promise
            for reply, reading in zip(batch, readings, strict=True)
            for promise in promises_in(reply.appeal_id, reading)
        ],
        batch_size=ROWS_PER_STATEMENT,
    )
    _record(now, checked=len(batch), first=batch[0].appeal_id, last=batch[-1].appeal_id)


@transaction.atomic
def _store_families(*, now: datetime) -> None:
    """Find the words sent about several matters anew; a reply's share of them may change, too."""
    rows = list(_replied().order_by("id").values_list("id", "reply_text"))
    event_of = dict(EventMember.objects.values_list("appeal_id", "event_id"))
    matters = [event_of.get(appeal_id, -appeal_id) for appeal_id, _text in rows]
    families = [
        family
        for family in find_families([text for _id, text in rows])
        if len({matters[place] for place in family.members}) >= FEWEST_MATTERS
    ]
    ReplyTemplate.objects.all().delete()
    templates = ReplyTemplate.objects.bulk_create(
        ReplyTemplate(
            words=family.template,
            reply_count=len(family.members),
            matter_count=len({matters[place] for place in family.members}),
        )
        for family in families
    )
    _assign(families, templates, [appeal_id for appeal_id, _text in rows])
    _record(now, templates=len(templates))


def _assign(
    families: Sequence[Family], templates: Sequence[ReplyTemplate], appeal_ids: Sequence[int]
) -> None:
    ReplyCheck.objects.exclude(template_share=0).update(template_share=0)
    of_share: dict[tuple[int, float], list[int]] = {}
    for family, template in zip(families, templates, strict=True):
        for place, share in zip(family.members, family.shares, strict=True):
            members = of_share.setdefault((template.pk, round(share, 1)), [])
            members.append(appeal_ids[place])
    for (template_id, share), members in of_share.items():
        for first in range(0, len(members), ROWS_PER_STATEMENT):
            ReplyCheck.objects.filter(pk__in=members[first : first + ROWS_PER_STATEMENT]).update(
                template_id=template_id, template_share=share
            )


def _record(now: datetime, **details: int) -> None:
    record_event(
        action="replies_checked",
        object_type="reply_check",
        object_id=details.get("last", 0),
        actor=None,
        now=now,
        details=details,
    )
