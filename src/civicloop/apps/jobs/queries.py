"""What the queue is doing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from civicloop.apps.jobs.library import TaskResultStatus
from civicloop.apps.jobs.models import (
    JobState,
    OutboxEntry,
    OutboxState,
    PeriodicSlot,
    WorkerSign,
)

SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOverview:
    """The queue at a glance."""

    counts: dict[str, int]  # by lower-case status
    running: list[JobState]
    waiting: list[JobState]  # those that begin first
    failed: list[JobState]
    ended: list[JobState]  # the last runs, newest first
    periodic: list[PeriodicSlot]
    workers: list[WorkerSign]
    in_doubt: list[OutboxEntry]
    oldest_waiting_at: datetime | None


def queue_overview(*, now: datetime, limit: int) -> QueueOverview:
    """The first jobs of each kind, the periodic table and the workers that gave signs of life."""
    status = TaskResultStatus
    counts = dict.fromkeys((value.lower() for value in status.values), 0)
    counted = JobState.objects.values_list("task__status").annotate(Count("task"))
    counts |= {str(name).lower(): count for name, count in counted}
    waiting = _jobs(status.READY).order_by("task__run_after")
    overdue = waiting.filter(task__run_after__lte=now).first()
    in_doubt = OutboxEntry.objects.filter(state=OutboxState.IN_DOUBT)
    return QueueOverview(
        counts=counts,
        running=list(_jobs(status.RUNNING).order_by("task__started_at")[:limit]),
        waiting=list(waiting[:limit]),
        failed=list(_jobs(status.FAILED).order_by("-task__finished_at")[:limit]),
        ended=list(_jobs(status.SUCCESSFUL).order_by("-task__finished_at")[:limit]),
        periodic=list(PeriodicSlot.objects.order_by("next_at", "name")),
        workers=list(WorkerSign.objects.filter(beat_at__gte=now - SILENT_AFTER)),
        in_doubt=list(in_doubt.order_by("-changed_at")[:limit]),
        oldest_waiting_at=overdue.task.run_after if overdue else None,
    )


def failed_jobs(*, since: datetime) -> QuerySet[JobState]:
    """Jobs that failed for good since then."""
    return _jobs(TaskResultStatus.FAILED).filter(task__finished_at__gte=since)


def _jobs(status: str) -> QuerySet[JobState]:
    return JobState.objects.select_related("task").filter(task__status=status)
