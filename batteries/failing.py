"""The n-th write of a transaction fails, for each n.

No file of this process may grow beyond the n-th page of SQLite's log, which is empty before each try
(`RLIMIT_FSIZE`). The citizen, or the operator, must be told; nothing of it may be kept; and what is sent next,
by the same process with no such limit, must be taken in. In the control the answer goes out before the commit.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import DatabaseError, connection, transaction

from batteries.killing import warm_up
from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import OK, form_token, names_kept
from batteries.working import CALLS, REPORTS, Send, sender_of

FRAME_BYTES = 4096 + 24  # a page in the log
UNAVAILABLE = 503


@dataclass(slots=True, kw_only=True)
class Failed:
    """What happened to the writes."""

    ledger: Ledger = field(default_factory=Ledger)
    verdict: Verdict | None = None
    refused: int = 0  # with 503
    other: int = 0  # in another way
    after: int = 0  # refused although every write would have succeeded

    @property
    def is_met(self) -> bool:
        is_whole = self.verdict is not None and self.verdict.is_met
        return is_whole and self.refused > 0 and not self.other and not self.after

    def __str__(self) -> str:
        return (
            f"{self.verdict}; {self.refused} refused with 503, {self.other} otherwise;"
            f" {self.after} refused afterwards"
        )


def run(size: int, *, is_control: bool) -> Failed:
    """For n up to this, once by each page."""
    furnish()
    failed = Failed()
    warm_up(failed.ledger, (REPORTS, CALLS))
    senders = [sender_of(kind) for kind in (REPORTS, CALLS)]
    for number in range(1, size + 1):
        for kind, send in enumerate(senders):
            _try(send, f"路灯不亮 {kind} {number}", number, failed, is_early=is_control)
    failed.verdict = failed.ledger.compare(names_kept())
    return failed


def _try(send: Send, name: str, number: int, failed: Failed, *, is_early: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with _files_no_longer_than(number * FRAME_BYTES):
        status = (_send_early if is_early else _send)(send, name, failed.ledger)
    failed.refused += status == UNAVAILABLE
    failed.other += status not in {OK, UNAVAILABLE}
    failed.after += _send(send, f"{name} again", failed.ledger) != OK


@contextmanager
def _files_no_longer_than(size: int) -> Iterator[None]:
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def _send(send: Send, name: str, ledger: Ledger) -> int:
    ledger.note("ask", name)
    status = send(name, form_token())
    ledger.note("ok" if status == OK else "fail", name)
    return status


def _send_early(send: Send, name: str, ledger: Ledger) -> int:
    """The fault that must be found: acknowledged, then committed."""
    try:
        with transaction.atomic():
            return _send(send, name, ledger)
    except DatabaseError:
        return UNAVAILABLE
