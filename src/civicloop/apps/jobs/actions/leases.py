"""Take a job, keep it, end it; and give back what a dead worker had.

A worker holds a job by the number of its attempt, as long as the lease is not taken from it.
Whatever it writes about the job asks for both, in the same transaction as the job's own changes:
a worker that was thought dead and wakes up changes nothing.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.module_loading import import_string

from civicloop.apps.jobs.declaring import Job
from civicloop.apps.jobs.library import TaskResultStatus, TaskRow
from civicloop.apps.jobs.models import JobState, WorkerSign

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)


class LeaseLostError(RuntimeError):
    """The job was given to another worker meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job in the hands of a worker."""

    state: JobState
    path: str
    args: list[Any]
    claimed_at: datetime

    def job(self) -> Job[*tuple[Any, ...]]:
        """The declared job.

        Raises:
            ImportError: this version of the program has none of that name.
        """
        found = import_string(self.path)
        if not isinstance(found, Job):
            raise ImportError(self.path)
        return found


_claim_in_hand: ContextVar[Claim | None] = ContextVar("claim in hand", default=None)


@contextmanager
def in_hand(claim: Claim) -> Iterator[None]:
    """While the job's function runs: whose progress `note_progress` notes."""
    token = _claim_in_hand.set(claim)
    try:
        yield
    finally:
        _claim_in_hand.reset(token)


def note_progress() -> None:
    """Count the tries of the job in hand anew, in the transaction of a step that it has done.

    Who dies after some steps each time is not killed by the job, and the next one goes on from there.
    Without a worker there is nothing to note.

    Raises:
        LeaseLostError: another worker has the job; the step must not stand.
    """
    claim = _claim_in_hand.get()
    if claim is None:
        return
    if not _held(claim).update(tries=F("attempt") + claim.job().tries):
        raise LeaseLostError(claim.state.key)


def is_job_waiting(now: datetime) -> bool:
    """Whether it is worth opening a transaction: asking takes no lock."""
    return TaskRow.objects.filter(status=TaskResultStatus.READY, run_after__lte=now).exists()


@transaction.atomic
def claim_job(*, worker: str, now: datetime, lease: timedelta) -> Claim | None:
    """Take the job that has waited longest, if any."""
    waiting = TaskRow.objects.filter(status=TaskResultStatus.READY, run_after__lte=now)
    locked = waiting.select_related("state").select_for_update(skip_locked=True, of=("self",))
    row = locked.filter(state__isnull=False).first()
    if row is None:
        return None
    state: JobState = row.state
    state.attempt, state.lease_until = state.attempt + 1, now + lease
    state.save(update_fields=["attempt", "lease_until"])
    row.status, row.started_at = TaskResultStatus.RUNNING, now
    row.worker_ids = [*row.worker_ids, worker]
    row.save(update_fields=["status", "started_at", "worker_ids"])
    args = row.args_kwargs["args"]
    return Claim(state=state, path=row.task_path, args=args, claimed_at=now)


def beat(*, worker: str, claim: Claim | None, now: datetime, lease: timedelta) -> None:
    """Give a sign of life, and keep the job in hand."""
    WorkerSign.objects.filter(worker=worker).update(beat_at=now)
    if claim:
        _held(claim).update(lease_until=now + lease)


def finish_job(*, claim: Claim, now: datetime) -> None:
    """Mark the job as done, in the transaction of its changes.

    Raises:
        LeaseLostError: another worker has it; the changes must not stand.
    """
    _end(claim, status=TaskResultStatus.SUCCESSFUL, finished_at=now, traceback="")


def fail_job(*, claim: Claim, error: Exception, now: datetime) -> None:
    """Let the job be tried again after a pause, or keep it as failed when all tries are used.

    What the error says is left to the log: it may quote what citizens wrote.

    Raises:
        LeaseLostError: another worker has it.
    """
    told = {
        "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": "".join(traceback.format_tb(error.__traceback__)),
    }
    if _held(claim).filter(attempt__gte=F("tries")).exists():
        _end(claim, status=TaskResultStatus.FAILED, finished_at=now, **told)
    else:
        again_at = now + pause_after(claim.state.attempt)
        _end(claim, status=TaskResultStatus.READY, run_after=again_at, **told)


def pause_after(attempt: int) -> timedelta:
    """10 s, 30 s, 90 s, 4.5 min … up to an hour."""
    return min(FIRST_PAUSE * int(3 ** min(attempt - 1, 9)), LONGEST_PAUSE)


@transaction.atomic
def reap_jobs(*, now: datetime) -> int:
    """Give back the jobs whose worker has given no sign of life for a whole lease."""
    expired = JobState.objects.filter(lease_until__lt=now).select_for_update(skip_locked=True)
    states = list(expired)
    for state in states:
        state.lease_until = None
        state.save(update_fields=["lease_until"])
        if state.attempt < state.tries:
            told = {"status": TaskResultStatus.READY, "run_after": now}
        else:  # whoever takes it dies
            died = "civicloop.apps.jobs.WorkerDied"
            told = {"status": TaskResultStatus.FAILED, "finished_at": now}
            told |= {"exception_class_path": died, "traceback": ""}
        TaskRow.objects.filter(pk=state.pk).update(**told)
    return len(states)


def is_lease_expired(now: datetime) -> bool:
    """Whether it is worth opening a transaction to reap."""
    return JobState.objects.filter(lease_until__lt=now).exists()


def _held(claim: Claim) -> QuerySet[JobState]:
    mine = JobState.objects.filter(pk=claim.state.pk, attempt=claim.state.attempt)
    return mine.filter(lease_until__isnull=False)


@transaction.atomic
def _end(claim: Claim, **fields: str | datetime) -> None:
    if not _held(claim).update(lease_until=None):
        raise LeaseLostError(claim.state.key)
    TaskRow.objects.filter(pk=claim.state.pk).update(**fields)
