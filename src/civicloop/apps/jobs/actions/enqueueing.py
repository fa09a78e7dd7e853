"""Put jobs in the queue, in the transaction of the change that asks for them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.jobs.declaring import Arguments, Job
from civicloop.apps.jobs.library import TaskResultStatus, TaskRow
from civicloop.apps.jobs.models import JobState


class JobNotFailedError(RuntimeError):
    """Only a job that has failed for good can be tried again."""


def enqueue(
    job: Job[*Arguments],
    *args: *Arguments,
    now: datetime,
    key: str | None = None,
    after: timedelta = timedelta(0),
) -> JobState:
    """Let a worker run the job once this transaction is committed; arguments must be JSON.

    With a key, the same job is put in the queue once, whoever asks, for as long as its row is
    kept (models.KEPT).
    """
    name = job.name
    if key is not None:
        known = JobState.objects.filter(key=f"{name}:{key}").first()
        if known:
            return known
    try:
        with transaction.atomic():
            result = job.using(run_after=now + after).enqueue(*args)
            return JobState.objects.create(
                task_id=UUID(result.id),
                name=name,
                key=f"{name}:{result.id if key is None else key}",
                tries=job.tries,
                limit=job.limit,
            )
    except IntegrityError:  # somebody was quicker with this key
        return JobState.objects.get(key=f"{name}:{key}")


@transaction.atomic
def retry_job(*, state: JobState, actor: User, now: datetime) -> None:
    """Try a job again that has failed for good.

    Raises:
        JobNotFailedError: it has not failed (any more).
    """
    failed = TaskRow.objects.filter(pk=state.pk, status=TaskResultStatus.FAILED)
    if not failed.update(status=TaskResultStatus.READY, run_after=now, finished_at=None):
        raise JobNotFailedError(state.key)
    JobState.objects.filter(pk=state.pk).update(attempt=0)
    record_event(action="retry_job", object_type="job", object_id=state.pk, actor=actor, now=now)
