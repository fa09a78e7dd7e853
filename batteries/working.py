"""The three kinds of work: reports of citizens, calls at the desk, jobs.

The effects of jobs are counted: each writes one audit event in the transaction of its end.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from batteries.sending import OK, call, citizen, operator, report
from civicloop.apps.audit.actions import record_event
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.declaring import job
from civicloop.apps.jobs.library import TaskResultStatus, TaskRow
from civicloop.apps.jobs.worker import Worker

ACTION = "battery_job"
LEASE = timedelta(seconds=1)
KINDS = 3
REPORTS, CALLS, JOBS = range(KINDS)
MOST_SECONDS = 120  # until the last job is done: one that failed waits before it is tried again
Send = Callable[
    [str, str], int
]  # the words of a form and its token; gives the status of the answer


@job(tries=10_000)
def effect(now: datetime, name: str) -> None:
    record_event(action=ACTION, object_type="battery", object_id=name, actor=None, now=now)


def queue(name: str) -> int:
    enqueue(effect, name, now=timezone.now())
    return OK


def new_worker() -> Worker:
    return Worker(clock=timezone.now, lease=LEASE)


def sender_of(kind: int) -> Send:
    """What one kind of process sends, again and again."""
    if kind == JOBS:
        return lambda name, _token: queue(name)
    send, client = (report, citizen()) if kind == REPORTS else (call, operator())
    return lambda name, token: send(client, name, token)


def idle_of(kind: int) -> Callable[[], object]:
    """What it does between two sends: who queues jobs also does them."""
    return new_worker().run_next if kind == JOBS else lambda: None


def effects_kept() -> list[str]:
    """What all the jobs have done, once a worker that nobody kills has done the rest."""
    ends = time.monotonic() + MOST_SECONDS
    while True:
        time.sleep(LEASE.total_seconds() * 1.2)  # until those of the killed are given back
        new_worker().run(until_empty=True)
        left = TaskRow.objects.exclude(status=TaskResultStatus.SUCCESSFUL)
        if time.monotonic() > ends or not left.exists():
            break
    return list(AuditEvent.objects.filter(action=ACTION).values_list("object_id", flat=True))
