"""Bring known appeals up to date from later rows, and take that back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.apps.audit.actions import record_events
from civicloop.apps.intake.later_rows import TOPIC_COLUMNS, KnownAppeal
from civicloop.apps.intake.masking import mask_at_once
from civicloop.apps.intake.models import Appeal, ImportRun, Kind, LaterRow, TopicBasis
from civicloop.apps.intake.rows import Candidate
from civicloop.apps.intake.writing import bulk_writer, stored_moment_writer

TAKEN_BACK_AT_ONCE = 200


def write_updates(
    run: ImportRun, updates: Sequence[tuple[Candidate, KnownAppeal]], now: datetime
) -> None:
    """Change the appeals and keep what they said before, inside the batch's transaction."""
    changes = [known.changes(candidate) for candidate, known in updates]
    later = [
        _later_row(run, *update, changed, now)
        for update, changed in zip(updates, changes, strict=True)
    ]
    _write_columns(zip(later, changes, strict=True))
    _seal_new_reports(row.appeal_id for row in later if "kind" in row.after)
    LaterRow.objects.bulk_create(later)
    record_events(
        action="appeal_updated",
        object_type="appeal",
        details={row.appeal_id: {"import": run.id, "columns": sorted(row.after)} for row in later},
        actor=run.created_by,
        now=now,
    )


def _later_row(
    run: ImportRun,
    candidate: Candidate,
    known: KnownAppeal,
    changes: Mapping[str, Any],
    now: datetime,
) -> LaterRow:
    later = LaterRow(
        appeal=known.appeal,
        run=run,
        at=now,
        sheet=candidate.sheet[:100],
        row_number=candidate.number,
        hash_before=known.appeal.content_hash,
        hash_after=candidate.content_hash,
        before={name: _plain(getattr(known.appeal, name)) for name in changes},
        after={name: _plain(value) for name, value in changes.items()},
    )
    later.seal_cells(candidate.cells_text)
    return later


def _plain(value: object) -> object:
    """The value as JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else value


def _write_columns(changed: Iterable[tuple[LaterRow, Mapping[str, Any]]]) -> None:
    """One statement for all appeals that change in the same columns."""
    stored = stored_moment_writer()
    by_columns: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for row, changes in changed:
        values = [stored(v) if isinstance(v, datetime) else v for v in changes.values()]
        by_columns["content_hash", *changes].append((row.hash_after, *values, row.appeal_id))
    for columns, rows in by_columns.items():
        bulk_writer().update_appeals(columns, rows)


def _seal_new_reports(appeal_ids: Iterable[int]) -> None:
    """What became a report is read as one from the moment that it is one, with all that staff wrote of it."""
    reports = Appeal.objects.filter(pk__in=list(appeal_ids), kind=Kind.REPORT)
    mask_at_once(list(reports.values_list("pk", flat=True)))


def take_back_updates(run: ImportRun, now: datetime) -> None:
    """Let the appeals say again what they said before this run."""
    while rows := list(LaterRow.objects.filter(run=run).order_by("-id")[:TAKEN_BACK_AT_ONCE]):
        _take_back(run, rows, now)


@transaction.atomic
def _take_back(run: ImportRun, rows: Sequence[LaterRow], now: datetime) -> None:
    appeals = Appeal.objects.select_for_update().order_by("id")
    known = {appeal.id: appeal for appeal in appeals.filter(id__in=[r.appeal_id for r in rows])}
    for row in rows:
        _restore(known[row.appeal_id], row)
    _seal_new_reports(row.appeal_id for row in rows if "kind" in row.before)
    LaterRow.objects.filter(id__in=[row.id for row in rows]).delete()
    record_events(
        action="update_taken_back",
        object_type="appeal",
        details={row.appeal_id: {"import": run.id, "columns": sorted(row.after)} for row in rows},
        actor=run.created_by,
        now=now,
    )


def _restore(appeal: Appeal, row: LaterRow) -> None:
    """Put back what nobody has changed since."""
    is_settled = appeal.topic_basis == TopicBasis.CONFIRMED
    for name, value in row.before.items():
        is_the_rows = _plain(getattr(appeal, name)) == row.after[name]
        if is_the_rows and not (is_settled and name in TOPIC_COLUMNS):
            is_moment = name == "replied_at" and value is not None
            setattr(appeal, name, datetime.fromisoformat(value) if is_moment else value)
    if appeal.content_hash == row.hash_after:
        appeal.content_hash = row.hash_before
    appeal.save(update_fields=["content_hash", *row.before])
