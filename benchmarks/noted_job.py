"""The job that is measured: it writes one row."""

from datetime import datetime

from civicloop.apps.audit.actions import record_event
from civicloop.apps.jobs.declaring import job


@job()
def note(now: datetime, number: int) -> None:
    record_event(action="note", object_type="job", object_id=number, actor=None, now=now)
