"""Jobs whose effects can be counted: each writes an audit event, or a line in a file."""

import os
import signal
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from civicloop.apps.audit.actions import record_event
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.jobs.actions import note_progress
from civicloop.apps.jobs.declaring import job


def effect(name: str, now: datetime) -> None:
    record_event(action="effect", object_type="test", object_id=name, actor=None, now=now)


@job(tries=100)
def count(now: datetime, name: str, pause_seconds: float) -> None:
    effect(name, now)
    time.sleep(pause_seconds)


@job()
def sweep(now: datetime) -> None:
    effect("sweep", now)


@job(tries=2)
def fail(now: datetime, name: str) -> None:
    effect(name, now)
    raise ValueError(name)


@job(tries=3)
def kill_the_worker(now: datetime, name: str) -> None:
    effect(name, now)
    os.kill(os.getpid(), signal.SIGKILL)


@job(is_atomic=False, tries=2)
def walk(now: datetime, steps: list[str], per_try: int) -> None:
    """Fails each time that it has done so many steps more."""
    done = AuditEvent.objects.filter(action="effect").values_list("object_id", flat=True)
    left = [step for step in steps if step not in done]
    for step in left[:per_try]:
        with transaction.atomic():
            effect(step, now)
            note_progress()
    if len(left) > per_try:
        raise ValueError(left)


@job(is_atomic=False)
def call_out(now: datetime, name: str) -> None:
    """Not atomic, and bears to be begun again."""
    with (Path(settings.DATA_FOLDER) / "called").open("a") as file:
        file.write(f"{name}\n")
    time.sleep(3)


@job(tries=1, limit=timedelta(seconds=1))
def hang(now: datetime) -> None:
    time.sleep(60)
