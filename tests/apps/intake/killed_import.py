"""Import a file and die by SIGKILL at a chosen point: killed_import.py FILE POINT BATCH [OPTION …]."""

import os
import signal
import sys
from collections.abc import Callable

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from civicloop.apps.intake import pace  # noqa: E402
from civicloop.apps.intake.actions import applying  # noqa: E402

FILE, POINT, BATCH, OPTIONS = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]


def dying(function: Callable, *, after: bool) -> Callable:
    calls = []

    def call(*args, **options):
        calls.append(1)
        result = function(*args, **options) if after or len(calls) < BATCH else None
        if len(calls) == BATCH:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return call


name, after = {
    "before the rows": ("_write_new", False),
    "before the commit": ("_write_new", True),
    "before the updates": ("write_updates", False),
    "updates before the commit": ("write_updates", True),
    "after the commit": ("_write_once", True),
    "at the end": ("_finish", False),
}[POINT]
pace.MOST_ROWS = dict.fromkeys(pace.MOST_ROWS, 500)
setattr(applying, name, dying(getattr(applying, name), after=after))
call_command("import_appeals", FILE, *OPTIONS)
