"""SQLite for pages: whoever waits to write leaves a thread of the process to those who read.

Where somebody holds the lock for long, all threads would wait as long as they may, and behind them, one after the
other, every page and every further writer.
"""

import time
from threading import Lock

from django.db.utils import OperationalError

from civicloop.config.sqlite import base

MOST_WAITING = 3  # of the four threads that `civicloop serve` gives a process
SHORT_SECONDS = 1.0  # that one more waits
REST_SECONDS = 5.0  # after a long wait in vain, in which nobody waits long


class LongWaits:
    """Who of this process's threads may wait long."""

    def __init__(self) -> None:
        self._lock, self._count, self._resting_until = Lock(), 0, 0.0

    def begin(self) -> bool:
        """Whether this one may; then it says how it ended."""
        with self._lock:
            if self._count >= MOST_WAITING or time.monotonic() < self._resting_until:
                return False
            self._count += 1
            return True

    def end(self, *, is_in_vain: bool) -> None:
        with self._lock:
            self._count -= 1
            if is_in_vain:
                self._resting_until = time.monotonic() + REST_SECONDS


LONG_WAITS = LongWaits()


class DatabaseWrapper(base.DatabaseWrapper):
    """As of commands, but for how many wait how long."""

    def _begin_within(self, seconds: float, refused: OperationalError) -> None:
        if not LONG_WAITS.begin():
            super()._begin_within(min(seconds, SHORT_SECONDS), refused)
            return
        is_in_vain = True
        try:
            super()._begin_within(seconds, refused)
            is_in_vain = False
        finally:
            LONG_WAITS.end(is_in_vain=is_in_vain)
