"""SQLite where whoever waits to write comes in as soon as the other has finished.

Left to itself SQLite looks again after 1, 2, 5, 10 and at last 100 ms, so that somebody who has
waited a while sleeps through the short times in which the lock is free beside a long import. Who waits
holds a lock on a file beside the database, so that an import knows when to rest. It belongs to whom the
database belongs to; where it cannot be had, they wait without it.
"""

import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
            if sign is not None:
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
            if sign is None:
                return False
            try:
                fcntl.flock(sign, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    @contextmanager
    def _sign_of_waiting(self) -> Iterator[int | None]:
        """The file that they who wait hold; the kernel lets go of it when a process dies."""
        sign = _opened_sign(_file_of(self.connection))
        try:
            yield sign
        finally:
            if sign is not None:
                os.close(sign)

    def _answer_busy_after(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _opened_sign(file: str) -> int | None:
    """None where it is another's, or the disk takes no more files; also of a database in memory."""
    if not file:
        return None
    how = os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW
    try:
        its = Path(file).stat()
        sign = os.open(f"{file}{SIGN_OF_WAITING}", how, stat.S_IMODE(its.st_mode))
    except OSError:
        return None
    if os.geteuid() == 0 and os.fstat(sign).st_size == 0:  # what root began the site must open
        os.fchown(sign, its.st_uid, its.st_gid)
    return sign


def _file_of(connection: sqlite3.Connection) -> str:
    """The database's file, however its address was written; "" in memory."""
    return str(connection.execute("PRAGMA database_list").fetchone()[2])


def _is_busy(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
