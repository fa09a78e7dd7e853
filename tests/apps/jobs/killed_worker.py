"""Take one job and die by SIGKILL at a chosen point: killed_worker.py POINT."""

import os
import signal
import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from civicloop.apps.jobs import worker  # noqa: E402

POINT = sys.argv[1]


def die(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(function):
    def call(*args, **options):
        function(*args, **options)
        die()

    return call


match POINT:
    case "after the claim":
        worker.Worker._run = die
    case "before the end is noted":
        worker.finish_job = die
    case "before the commit":
        worker.finish_job = dying_after(worker.finish_job)
    case "after the commit":
        worker.Worker._run = dying_after(worker.Worker._run)
worker.Worker(clock=timezone.now, lease=timedelta(seconds=1)).run_next()
