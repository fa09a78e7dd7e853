"""Remove imported files that have been kept long enough; the rows that went in keep their own."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from civicloop.apps.audit.actions import record_events
from civicloop.apps.intake.actions.runs import ImportNotWaitingError, abandon_import
from civicloop.apps.intake.files import import_folder
from civicloop.apps.intake.models import ImportRun, ImportState


def remove_old_files(*, now: datetime) -> int:
    """Remove the files, logs and leftovers that no import of late needs; give their number.

    A preview that nobody confirmed in all that time is given up. A file stays while an import
    that runs, or ended lately, has the same content.
    """
    before = now - timedelta(days=settings.UPLOADS_KEPT_DAYS)
    for run in ImportRun.objects.filter(state=ImportState.PREVIEW, created_at__lt=before):
        with suppress(ImportNotWaitingError):  # somebody has just confirmed it
            abandon_import(run=run, actor=None, now=now)
    count = _unlink(before)
    _mark(before, now)
    return count


def _over(before: datetime) -> Q:
    """Imports that need their file no more."""
    is_given_up = Q(state=ImportState.ABANDONED, created_at__lt=before)
    has_ended = Q(state__in=[ImportState.DONE, ImportState.FAILED], finished_at__lt=before)
    return is_given_up | has_ended


def _unlink(before: datetime) -> int:
    needed = set(ImportRun.objects.exclude(_over(before)).values_list("file_sha256", flat=True))
    old = [
        path
        for path in import_folder().iterdir()
        if path.is_file() and path.name not in needed and path.stat().st_mtime < before.timestamp()
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


@transaction.atomic
def _mark(before: datetime, now: datetime) -> None:
    """Keep with each import that its file is gone."""
    folder = import_folder()
    over = ImportRun.objects.filter(_over(before), file_removed_at=None).exclude(file_sha256="")
    gone = [
        run for run in over.only("id", "file_sha256") if not (folder / run.file_sha256).exists()
    ]
    ImportRun.objects.filter(id__in=[run.id for run in gone]).update(file_removed_at=now)
    record_events(
        action="remove_import_file",
        object_type="import",
        details={run.id: {"sha256": run.file_sha256} for run in gone},
        actor=None,
        now=now,
    )
