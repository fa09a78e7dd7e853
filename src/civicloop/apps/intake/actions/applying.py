"""Bring a file's rows in, each exactly once.

A batch of rows, the counters and the position in the file change in one transaction, and only if
the position is still the one this process knows. So a run that was killed at any moment goes on
where it stopped, and of two processes at work on one run the second gives up.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.urls import reverse

from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.actions.previews import failure_of, rehearse
from civicloop.apps.intake.actions.updating import take_back_updates, write_updates
from civicloop.apps.intake.batches import FileReading, SortedBatch, sort_out
from civicloop.apps.intake.locks import held
from civicloop.apps.intake.models import (
    Appeal,
    ImportRun,
    ImportState,
    OnError,
    OriginalRow,
    RejectedRow,
)
from civicloop.apps.intake.notice_kinds import IMPORT_ENDED, IMPORT_FAILED
from civicloop.apps.intake.pace import Pace
from civicloop.apps.intake.rows import Candidate
from civicloop.apps.intake.search import Searchable, search_table
from civicloop.apps.intake.sources import note_rows_elsewhere
from civicloop.apps.intake.writing import bulk_writer
from civicloop.apps.notices.actions import notify
from civicloop.connectors.spreadsheets import UnreadableFileError

BETWEEN_BEATS = timedelta(seconds=2)
TRIES = 3
TAKEN_BACK_AT_ONCE = 200
FINISHED = (ImportState.DONE, ImportState.FAILED, ImportState.ABANDONED)

Clock = Callable[[], datetime]
Progress = Callable[[ImportRun], None]


class ImportTakenOverError(RuntimeError):
    """Another process has meanwhile worked on this import."""


def apply_import(*, run: ImportRun, now_of: Clock, progress: Progress | None = None) -> ImportRun:
    """Bring in what is still missing of a run; one that has ended stays as it is.

    Imports into one source wait for each other, so that two exports that overlap agree on what is
    new. After a failure in the middle the rows that are in stay in.

    Raises:
        LockIsHeldError: another process is at work on this run.
        ImportTakenOverError: another process on another machine is.
    """
    with held(f"run {run.id}"):
        run.refresh_from_db()
        if run.state in FINISHED:
            return run
        _begin(run, now_of())
        with held(f"source {run.source}", wait=_heart_of(run, now_of)):
            try:
                with bulk_writer().seldom_tidying():
                    _apply(run, now_of, progress)
            except UnreadableFileError as error:
                run.failure = failure_of(error)
                _finish(run, ImportState.FAILED, now_of())
    return run


def _begin(run: ImportRun, now: datetime) -> None:
    run.state, run.beat_at = ImportState.RUNNING, now
    run.save(update_fields=["state", "beat_at"])


def _heart_of(run: ImportRun, now_of: Clock) -> Callable[[], None]:
    """Give signs of life, now and then, while nothing is written that would be one."""
    beat_at = now_of()

    def beat() -> None:
        nonlocal beat_at
        now = now_of()
        if now - beat_at > BETWEEN_BEATS:
            ImportRun.objects.filter(id=run.id).update(beat_at=now)
            beat_at = now

    return beat


def _apply(run: ImportRun, now_of: Clock, progress: Progress | None) -> None:
    if run.row_count == 0:
        if run.on_error == OnError.ABORT and not _is_all_good(run, now_of):
            return
        RejectedRow.objects.filter(run=run).delete()  # those of the preview
    reading = FileReading(run)
    is_all_new = not Appeal.objects.filter(source=run.source).exists()
    with reading.batches_ahead(start=run.row_count) as prepared:
        for batch in Pace().transactions(prepared):
            is_all_new = _write(run, batch, now_of(), is_all_new=is_all_new)
            if progress:
                progress(run)
            if run.on_error == OnError.ABORT and run.rejected_count:
                _take_back(run, now_of())
                _fail_for_rejected(run, now_of())
                return
    reading.tell(run)
    _finish(run, ImportState.DONE, now_of())


def _is_all_good(run: ImportRun, now_of: Clock) -> bool:
    rehearse(run=run, now=now_of(), beat=_heart_of(run, now_of))
    if run.state == ImportState.FAILED:
        return False
    if run.preview["rejected"]:
        run.rejected_count = run.preview["rejected"]
        _fail_for_rejected(run, now_of())
        return False
    return True


def _fail_for_rejected(run: ImportRun, now: datetime) -> None:
    params = {"count": str(run.rejected_count)}
    run.failure = {"kind": "rows", "code": "rows_rejected", "params": params, "line": 0}
    _finish(run, ImportState.FAILED, now)


@transaction.atomic
def _finish(run: ImportRun, state: ImportState, now: datetime) -> None:
    run.state, run.finished_at, run.beat_at = state, now, now
    run.save()
    record_event(
        action="finish_import",
        object_type="import",
        object_id=run.id,
        actor=run.created_by,
        now=now,
        details={
            "state": run.state,
            "rows": run.row_count,
            "new": run.new_count,
            "updated": run.updated_count,
            "present": run.present_count,
            "rejected": run.rejected_count,
        },
    )
    _tell(run, now)


def _tell(run: ImportRun, now: datetime) -> None:
    if run.created_by is None:
        return
    notify(
        [run.created_by],
        kind=IMPORT_ENDED if run.state == ImportState.DONE else IMPORT_FAILED,
        key=f"import {run.id} {run.state}",
        link=reverse("intake:import_run", args=[run.id]),
        now=now,
        reference=str(run.id),
        params={"new": run.new_count, "rejected": run.rejected_count},
    )


def _write(run: ImportRun, batch: Sequence[Candidate], now: datetime, *, is_all_new: bool) -> bool:
    """Write a batch, and tell whether what comes next may be taken for new.

    The numbers of a source that had no appeals are not looked up before one of them turns out to
    be taken: by an earlier row of the file, or by another process meanwhile.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            found = _write_once(run, batch, now, is_all_new=is_all_new)
        except IntegrityError:
            if not tries_left:
                raise
            is_all_new = False
        else:
            _count(run, found, len(batch))
            break
    return is_all_new


@transaction.atomic
def _write_once(
    run: ImportRun, batch: Sequence[Candidate], now: datetime, *, is_all_new: bool
) -> SortedBatch:
    mine = ImportRun.objects.filter(id=run.id, row_count=run.row_count, state=ImportState.RUNNING)
    found = sort_out(run, batch, is_all_new=is_all_new)
    moved = mine.update(
        row_count=run.row_count + len(batch),
        new_count=F("new_count") + len(found.new),
        updated_count=F("updated_count") + len(found.updates),
        present_count=F("present_count") + found.present_count,
        rejected_count=F("rejected_count") + len(found.rejected),
        beat_at=now,
    )
    if not moved:
        raise ImportTakenOverError(run.id)
    if found.new:
        _write_new(run, found, now)
    if found.updates:
        write_updates(run, found.updates, now)
    RejectedRow.objects.bulk_create(found.rejected_rows(run))
    return found


def _count(run: ImportRun, found: SortedBatch, row_count: int) -> None:
    """What the database already knows; of the first rows also whether another source has them."""
    if run.row_count == 0:
        note_rows_elsewhere(run, found.new)
        run.save(update_fields=["preview"])
    run.row_count += row_count
    run.new_count += len(found.new)
    run.updated_count += len(found.updates)
    run.present_count += found.present_count
    run.rejected_count += len(found.rejected)


def _write_new(run: ImportRun, found: SortedBatch, now: datetime) -> None:
    writer = bulk_writer()
    ids = list(writer.new_ids(len(found.new)))
    writer.insert_new(
        ids,
        [candidate.prepared for candidate in found.new],
        [(run.id, c.sheet[:100], c.number, c.cells_text) for c in found.new],
    )
    record_event(
        action="import_appeals",
        object_type="import",
        object_id=run.id,
        actor=run.created_by,
        now=now,
        details={"first_appeal": ids[0], "last_appeal": ids[-1], "count": len(ids)},
    )


def _take_back(run: ImportRun, now: datetime) -> None:
    """Undo what this run brought in: nothing goes in when any row is bad.

    All rows were good when the run began; this happens when it was stopped in the middle and the
    source got other appeals before it went on.
    """
    while appeal_ids := list(
        islice(
            OriginalRow.objects.filter(run=run).values_list("appeal_id", flat=True).iterator(),
            TAKEN_BACK_AT_ONCE,
        )
    ):
        _remove(appeal_ids)
    take_back_updates(run, now)
    ImportRun.objects.filter(id=run.id).update(new_count=0, updated_count=0)
    run.new_count = run.updated_count = 0


@transaction.atomic
def _remove(appeal_ids: list[int]) -> None:
    appeals = Appeal.objects.filter(id__in=appeal_ids)
    with connection.cursor() as cursor:
        search_table().forget(cursor, [Searchable.of(appeal) for appeal in appeals])
    appeals.delete()
