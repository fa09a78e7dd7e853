"""Start an import in the background, or give one up."""

import subprocess
import sys
import threading
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.files import import_folder
from civicloop.apps.intake.models import STALLED_AFTER, ImportRun, ImportState

AT_WORK = "waits for the process of an import"  # the name of a thread


class ImportNotWaitingError(RuntimeError):
    """Only an import that waits for its confirmation can be given up."""


def start_import_in_background(*, run: ImportRun, now: datetime) -> bool:
    """Let a process of its own bring the run in, or go on with one that has stalled.

    Gives False when the run has ended, or another process is at work on it.
    """
    is_waiting = Q(state=ImportState.PREVIEW)
    is_stalled = Q(state=ImportState.RUNNING, beat_at__lt=now - STALLED_AFTER)
    to_start = ImportRun.objects.filter(is_waiting | is_stalled, id=run.id)
    if not to_start.update(state=ImportState.RUNNING, beat_at=now):
        return False
    log = import_folder() / f"run-{run.id}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  fixed command
            [sys.executable, "-m", "civicloop", "import", "--run", str(run.id)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # it outlives this process
        )
    # leaves no zombie behind
    threading.Thread(target=process.wait, name=AT_WORK, daemon=True).start()
    run.refresh_from_db()
    return True


@transaction.atomic
def abandon_import(*, run: ImportRun, actor: User | None, now: datetime) -> ImportRun:
    """Give up an import that waits for its confirmation.

    Raises:
        ImportNotWaitingError: it does not wait (any more).
    """
    waiting = ImportRun.objects.filter(id=run.id, state=ImportState.PREVIEW)
    if not waiting.update(state=ImportState.ABANDONED, finished_at=now):
        raise ImportNotWaitingError(run.id)
    record_event(
        action="abandon_import", object_type="import", object_id=run.id, actor=actor, now=now
    )
    run.refresh_from_db()
    return run
