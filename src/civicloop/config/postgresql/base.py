"""PostgreSQL for pages, where waiting ends also when the server says nothing any more.

A server whose disk hangs, or whose machine is gone, ends no statement by its own limits: each page would keep
its thread for ever, and the site would fill up. Who gets no answer gives the connection up; for a moment
everybody else is refused at once, and then one looks again.
"""

import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from psycopg.abc import RV, PQGen

ANSWER_SECONDS = 17.0  # longer than the server's own limit on a statement
LOOK_SECONDS = 0.1  # as the library looks whether it was interrupted
REST_SECONDS = 5.0  # after which somebody looks again


class SilentServer:
    """When this process last waited for the server in vain; of two who look again one does."""

    def __init__(self) -> None:
        self.refused_until = 0.0

    def found(self) -> None:
        self.refused_until = time.monotonic() + REST_SECONDS

    def refuse_soon_after(self) -> None:
        """Raise where it was silent just now."""
        now = time.monotonic()
        if now < self.refused_until:
            raise psycopg.OperationalError("the server was silent a moment ago")
        if self.refused_until:
            self.refused_until = now + REST_SECONDS  # the others wait for what this one finds

    def answered(self) -> None:
        self.refused_until = 0.0


SILENT = SilentServer()


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is given up when an answer takes too long."""

    def wait(
        self, gen: PQGen[RV], interval: float = LOOK_SECONDS, timeout: float | None = None
    ) -> RV:
        if timeout is not None:  # the library's own short waits
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, ANSWER_SECONDS)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 -- there is no public one
            SILENT.found()
            self.pgconn.finish()
            words = f"no answer within {ANSWER_SECONDS:.0f} s"
            raise psycopg.OperationalError(words) from None


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for how long it waits."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> BoundedConnection:
        SILENT.refuse_soon_after()
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            connection = BoundedConnection.connect(**conn_params)
        except psycopg.errors.ConnectionTimeout:
            SILENT.found()
            raise
        SILENT.answered()
        return connection
