"""A worker beside the web processes, so that one command does everything."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

BETWEEN_STARTS_SECONDS = 2.0
STOPPING_SECONDS = 10.0


@contextmanager
def worker_beside(*, keys_are_lost: bool = False) -> Iterator[None]:
    """Keep one worker running; it is started again when it dies, and ends when this process does."""
    is_over = threading.Event()
    keeper = threading.Thread(target=_keep, args=[is_over, keys_are_lost], daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        keeper.join(STOPPING_SECONDS + BETWEEN_STARTS_SECONDS)


def _keep(is_over: threading.Event, keys_are_lost: bool) -> None:  # noqa: FBT001  of the thread
    command = [sys.executable, "-m", "civicloop", "work", "--parent", str(os.getpid())]
    command += ["--keys-are-lost"] if keys_are_lost else []
    while not is_over.is_set():
        process = subprocess.Popen(  # noqa: S603  fixed command
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for this process, which then stops the worker
        )
        while process.poll() is None and not is_over.wait(BETWEEN_STARTS_SECONDS):
            pass
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPPING_SECONDS)
    except subprocess.TimeoutExpired:  # whatever it had in hand, another worker does again
        process.kill()
        process.wait()
