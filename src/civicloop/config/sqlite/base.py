"""SQLite where whoever waits to write comes in as soon as the other has finished.

Left to itself SQLite looks again after 1, 2, 5, 10 and at last 100 ms, so that somebody who has
waited a while sleeps through the short times in which the lock is free beside a long import.
"""

import sqlite3
import time

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

BETWEEN_LOOKS_SECONDS = 0.002
LONGEST_WAIT_SECONDS = 5.0  # as long as sqlite3 waits where nothing is said


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for the wait before a transaction begins."""

    def _start_transaction_under_autocommit(self) -> None:
        waiting = float(self.settings_dict["OPTIONS"].get("timeout", LONGEST_WAIT_SECONDS))
        self._answer_busy_after(0)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # no stub
        except OperationalError as error:
            if not _is_busy(error.__cause__):
                raise
            self._begin_within(waiting, error)
        finally:
            self._answer_busy_after(waiting)

    def _begin_within(self, seconds: float, refused: OperationalError) -> None:
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            time.sleep(BETWEEN_LOOKS_SECONDS)
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    raise OperationalError(*error.args) from error
            else:
                return
        raise refused

    def _answer_busy_after(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _is_busy(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
