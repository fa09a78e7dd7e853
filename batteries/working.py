"""Jobs whose effects are counted: each writes one audit event in the transaction of its end."""

import time
from datetime import datetime, timedelta

from django.utils import timezone

from batteries.sending import OK
from civicloop.apps.audit.actions import record_event
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.declaring import job
from civicloop.apps.jobs.worker import Worker

ACTION = "battery_job"
LEASE = timedelta(seconds=1)


@job(tries=10_000)
def effect(now: datetime, name: str) -> None:
    record_event(action=ACTION, object_type="battery", object_id=name, actor=None, now=now)


def queue(name: str) -> int:
    enqueue(effect, name, now=timezone.now())
    return OK


def new_worker() -> Worker:
    return Worker(clock=timezone.now, lease=LEASE)


def effects_kept() -> list[str]:
    """What all the jobs have done, once a worker that nobody kills has done the rest."""
    time.sleep(LEASE.total_seconds() * 1.2)  # until those of the killed are given back
    new_worker().run(until_empty=True)
    return list(AuditEvent.objects.filter(action=ACTION).values_list("object_id", flat=True))
