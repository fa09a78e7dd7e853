"""Locks between the processes of one installation, let go by the kernel when a process dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from django.conf import settings

BETWEEN_TRIES_SECONDS = 0.5


class LockIsHeldError(RuntimeError):
    """Another process holds the lock."""


@contextmanager
def held(name: str, *, wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock of that name; without `wait`, fail when another process has it.

    `wait` is called between tries. The lock is the kind that a forked child does not inherit.
    """
    handle = os.open(_lock_file(name), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _try(handle):
            if wait is None:
                raise LockIsHeldError(name)
            wait()
            time.sleep(BETWEEN_TRIES_SECONDS)
        yield
    finally:
        os.close(handle)


def _lock_file(name: str) -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / blake2b(name.encode(), digest_size=12).hexdigest()


def _try(handle: int) -> bool:
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
