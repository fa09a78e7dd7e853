"""Sweep and die by SIGKILL in a chosen batch: killed_sweep.py NOW BATCH before|after."""

import os
import signal
import sys
from datetime import datetime

import django

django.setup()

from tests.apps.clocks.told import tell  # noqa: E402

from civicloop.apps.clocks.actions import sweep_clocks, sweeping  # noqa: E402

NOW, BATCH, WHEN = datetime.fromisoformat(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
calls: list[int] = []
mark_batch = sweeping._mark_batch


def dying_callback(clocks):
    tell(clocks)
    calls.append(1)
    if WHEN == "before" and len(calls) == BATCH:
        os.kill(os.getpid(), signal.SIGKILL)


def dying_batch(*args, **options):
    found = mark_batch(*args, **options)
    if WHEN == "after" and len(calls) == BATCH:
        os.kill(os.getpid(), signal.SIGKILL)
    return found


sweeping._mark_batch = dying_batch
sweep_clocks(now=NOW, on_overdue=dying_callback, on_near_due=tell, batch=10)
