"""The worker: takes one job after another, and lives and dies without doing harm."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex

from django.db import Error, close_old_connections, connection, transaction

from civicloop.apps.jobs.actions.jumps import undo_jumps
from civicloop.apps.jobs.actions.leases import (
    Claim,
    LeaseLostError,
    beat,
    claim_job,
    fail_job,
    finish_job,
    in_hand,
    is_job_waiting,
    is_lease_expired,
    reap_jobs,
)
from civicloop.apps.jobs.actions.periodic import declare_periodic, start_due
from civicloop.apps.jobs.actions.workers import sign_in, sign_out
from civicloop.apps.jobs.declaring import Periodic

IDLE_SECONDS = 0.2
AFTER_AN_ERROR_SECONDS = 2.0
WATCH_SECONDS = 0.5
ORPHAN_SECONDS = 5.0  # that the job in hand has left when the parent is gone
TIMES_IN_A_LEASE = 4  # how often life is shown, and expired leases and due slots are looked for
LEASE = timedelta(seconds=45)  # longer than a writer waits for SQLite's lock
ENDED_BY_LIMIT, ENDED_WITH_PARENT = 75, 76

logger = logging.getLogger(__name__)


def worker_name() -> str:
    """A name that no other worker has, and that says where it runs."""
    return f"{os.uname().nodename[:40]}:{os.getpid()}:{token_hex(4)}"


@dataclass(kw_only=True)
class Worker:
    """One worker process."""

    clock: Callable[[], datetime]
    table: Sequence[Periodic] = ()
    lease: timedelta = LEASE
    parent: int | None = None  # ends when this process does
    name: str = field(default_factory=worker_name)
    claim: Claim | None = None
    begun: float = 0.0
    is_declared: bool = False
    is_stopping: bool = False

    def run(self, *, until_empty: bool = False) -> None:
        """Work until told to stop, or until no job waits."""
        threading.Thread(target=self._watch, daemon=True).start()
        between = self.lease.total_seconds() / TIMES_IN_A_LEASE
        looked = float("-inf")
        while not self.is_stopping:
            if time.monotonic() - looked > between:
                self._patiently(self._look_around)
                looked = time.monotonic()
            if self._patiently(self.run_next):
                continue
            if until_empty:
                break
            time.sleep(IDLE_SECONDS)
        self._patiently(lambda: sign_out(worker=self.name))

    def stop(self) -> None:
        """Let the job in hand be the last; when told twice, do not wait for it."""
        if self.is_stopping:
            raise SystemExit(1)
        self.is_stopping = True

    def run_next(self) -> bool:
        """Run the job that has waited longest; gives whether there was one."""
        now = self.clock()
        if not is_job_waiting(now):
            return False
        claim = claim_job(worker=self.name, now=now, lease=self.lease)
        if claim is None:
            return False
        self.begun, self.claim = time.monotonic(), claim
        try:
            self._run(claim)
        except LeaseLostError:
            logger.warning("Job %s was taken over by another worker", claim.state.key)
        finally:
            self.claim = None
        return True

    def _run(self, claim: Claim) -> None:
        try:
            job = claim.job()
            with in_hand(claim), transaction.atomic() if job.is_atomic else nullcontext():
                job.func(claim.claimed_at, *claim.args)
                finish_job(claim=claim, now=self.clock())
        except LeaseLostError:
            raise
        except Exception as error:
            logger.exception("Job %s failed", claim.state.key)
            fail_job(claim=claim, error=error, now=self.clock())

    def _look_around(self) -> bool:
        close_old_connections()
        now = self.clock()
        sign_in(worker=self.name, now=now)
        if not self.is_declared:
            declare_periodic(table=self.table, now=now)
            self.is_declared = True
        if undo_jumps(table=self.table, now=now):
            logger.warning("The clock was ahead: what waited for its time is due now")
        if is_lease_expired(now):
            reap_jobs(now=now)
        return bool(start_due(table=self.table, now=now))

    def _patiently(self, step: Callable[[], bool]) -> bool:
        """A database that is away comes back; a job that was in hand is given back by its lease."""
        try:
            return step()
        except Error:
            logger.exception("The database does not answer as it should")
            connection.close()
            time.sleep(AFTER_AN_ERROR_SECONDS)
            return True

    def _watch(self) -> None:
        """Beside the job in hand: keep its lease, end at its limit, end with the parent."""
        between = self.lease.total_seconds() / TIMES_IN_A_LEASE
        beaten = time.monotonic()
        while True:
            time.sleep(min(WATCH_SECONDS, between))
            if self.parent is not None and os.getppid() != self.parent:
                self.is_stopping = True
                time.sleep(ORPHAN_SECONDS)
                os._exit(ENDED_WITH_PARENT)
            if time.monotonic() - beaten > between:
                self._beat()
                beaten = time.monotonic()

    def _beat(self) -> None:
        claim = self.claim
        if claim and time.monotonic() - self.begun > claim.state.limit.total_seconds():
            logger.error("Job %s is over its time limit: this worker ends", claim.state.key)
            os._exit(ENDED_BY_LIMIT)  # no thread can end the work of another
        close_old_connections()
        try:
            beat(worker=self.name, claim=claim, now=self.clock(), lease=self.lease)
        except Error:
            logger.exception("No sign of life could be written")
            connection.close()
