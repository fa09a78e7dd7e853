"""SQLite where whoever waits to write comes in as soon as the other has finished.

Left to itself SQLite looks again after 1, 2, 5, 10 and at last 100 ms, so that somebody who has
waited a while sleeps through the short times in which the lock is free beside a long import. Who waits
holds a lock on a file beside the database, so that an import knows when to rest.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

BETWEEN_LOOKS_SECONDS = 0.002
SIGN_OF_WAITING = "-waiting"
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
        with self._sign_of_waiting() as sign:
            fcntl.flock(sign, fcntl.LOCK_SH)  # others may wait too
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

    def is_waited_for(self) -> bool:
        """Whether somebody waits to write, of any process."""
        with self._sign_of_waiting() as sign:
            try:
                fcntl.flock(sign, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    @contextmanager
    def _sign_of_waiting(self) -> Iterator[int]:
        """The file that they who wait hold; the kernel lets go of it when a process dies."""
        sign = os.open(
            f"{_file_of(self.connection)}{SIGN_OF_WAITING}", os.O_RDWR | os.O_CREAT, 0o600
        )
        try:
            yield sign
        finally:
            os.close(sign)

    def _answer_busy_after(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _file_of(connection: sqlite3.Connection) -> str:
    """The database's file, however its address was written."""
    return str(connection.execute("PRAGMA database_list").fetchone()[2])


def _is_busy(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
