"""A disk that is full.

The installation lies on a file system of 24 MiB in a mount namespace of its own. Reports come in until
there is no room; then the citizen must be told the number to call and be shown no receipt, pages must still
be read, and as soon as there is room again reports are taken in by the same process. In the control the
answer goes out before the commit.
"""

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batteries.ledger import Ledger, Verdict
from batteries.places import enter, environment, furnish
from batteries.sending import OK, citizen, form_token, names_kept, report

if TYPE_CHECKING:
    from django.test import Client

SIZE, EARLY = "24m", "--early"
ROOM_BYTES = 1024 * 1024  # left for reports beside the ballast
UNAVAILABLE = 503
MOST_SECONDS = 5.0
MOST_REPORTS = 20_000
REFUSALS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What happened on the full disk."""

    verdict: Verdict
    refused: int  # with 503
    other: int  # answered in another way: a receipt, or a page of an error
    is_read: bool
    seconds: float  # until a report was taken in again

    @property
    def is_met(self) -> bool:
        return self.verdict.is_met and self.refused > 0 and not self.other and self.is_read and (
            self.seconds <= MOST_SECONDS
        )  # fmt: skip

    def __str__(self) -> str:
        return (
            f"{self.verdict}; {self.refused} refused with 503, {self.other} otherwise; read:"
            f" {'yes' if self.is_read else 'no'}; taken in again {self.seconds:.1f} s after there was room"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the process in the namespace said."""

    is_met: bool
    words: str

    def __str__(self) -> str:
        return self.words


def run(size: int, *, is_control: bool) -> Told:  # noqa: ARG001 -- a disk is full once
    """Run this module where `/mnt` is a small file system that nobody else sees; needs root.

    Raises:
        RuntimeError: it ended without a verdict.
    """
    program = f"{sys.executable} -m batteries.filling {EARLY if is_control else ''}"
    inside = f"mount -t tmpfs -o size={SIZE} tmpfs /mnt && exec {program}"
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", inside]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise RuntimeError(done.stderr)
    return Told(is_met=done.returncode == 0, words=done.stdout.strip())


def fill(folder: Path, *, is_early: bool) -> Filled:
    """Fill the file system, look, make room, look again; `is_early` is the control."""
    furnish()
    ledger, client = Ledger(), citizen()
    refused = other = count = 0

    def send(name: str) -> int:
        ledger.note("ask", name)
        return (_send_early if is_early else _send)(client, name, ledger)

    send("路灯不亮")
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(folder).free - ROOM_BYTES))
    while refused + other < REFUSALS and count < MOST_REPORTS:
        count += 1
        status = send(f"路灯不亮 {count} {'很久' * 1500}")
        refused += status == UNAVAILABLE
        other += status not in {OK, UNAVAILABLE}
    is_read = client.get("/report/").status_code == OK
    ballast.unlink()
    began = time.monotonic()
    while send(f"又亮了 {count}") != OK and time.monotonic() - began < 2 * MOST_SECONDS:
        count += 1
    seconds = time.monotonic() - began
    verdict = ledger.compare(names_kept())
    return Filled(verdict=verdict, refused=refused, other=other, is_read=is_read, seconds=seconds)


def _send(client: "Client", name: str, ledger: Ledger) -> int:
    status = report(client, name, form_token())
    ledger.note("ok" if status == OK else "fail", name)
    return status


def _send_early(client: "Client", name: str, ledger: Ledger) -> int:
    """The fault that must be found: acknowledged, then committed, for which there is no room."""
    from django.db import DatabaseError, transaction

    try:
        with transaction.atomic():
            return _send(client, name, ledger)
    except DatabaseError:
        return UNAVAILABLE


if __name__ == "__main__":
    from tests.made_tables import copy_sqlite_file

    place = Path("/mnt/city")
    place.mkdir()
    copy_sqlite_file(place / "city.sqlite3")
    enter(environment(f"sqlite:///{place}/city.sqlite3", place))
    filled = fill(place, is_early=EARLY in sys.argv)
    print(filled)
    sys.exit(not filled.is_met)
