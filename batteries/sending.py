"""Processes that send reports through the citizen's page or calls through the desk, for ever.

They are forked, so that they begin at once and can be killed at any moment; each line that one writes
is in the pipe before it does the next thing.
"""

import os
import re
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

from batteries.ledger import Ledger

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

OK, NO_RECEIPT = 200, 0
LOOK_SECONDS = 0.005
MOST_SECONDS = 120  # until a process has said something, on a machine that has much else to do
NUMBER_AND_CODE = re.compile(
    r"<(dd|b)>(?P<number>[\w-]+)</\1>[^<]*(?:<(?!\1>)[^<]*)*<\1>(?P<code>\w{4}-\w{4}-\w{5})<"
)
Say = Callable[[str, str], None]
Work = Callable[[Say], None]


class SilentError(AssertionError):
    """A process ended by itself, or acknowledged nothing in all the time that it had."""


@dataclass(slots=True)
class Sender:
    """A forked process and what it says."""

    pid: int
    pipe: int
    acknowledged: int = 0

    def read(self, ledger: Ledger) -> None:
        """Note what it says until it ends; the half of a line is the end of a killed process."""
        rest = b""
        while chunk := os.read(self.pipe, 65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                word, _, what = line.decode().partition(" ")
                ledger.note(word, what)
                self.acknowledged += word == "ok"
        os.close(self.pipe)


@dataclass(slots=True)
class Crew:
    """Some processes at work, each read as it speaks: a full pipe would make it wait."""

    ledger: Ledger
    senders: list[Sender]
    threads: list[Thread] = field(default_factory=list)

    def wait_for_more(self) -> float:
        """Until each has acknowledged once more than now; gives the seconds that it took."""
        began = time.monotonic()
        wanted = [(sender, sender.acknowledged + 1) for sender in self.senders]
        while any(sender.acknowledged < count for sender, count in wanted):
            if not self.are_alive() or time.monotonic() - began > MOST_SECONDS:
                self.kill()
                raise SilentError
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    def are_alive(self) -> bool:
        return all(thread.is_alive() for thread in self.threads)

    def kill(self) -> None:
        for sender in self.senders:
            os.kill(sender.pid, signal.SIGKILL)

    def end(self) -> None:
        """Until all have ended and all that they said is noted."""
        for thread in self.threads:
            thread.join()
        for sender in self.senders:
            os.waitpid(sender.pid, 0)


def start(works: Sequence[Work], ledger: Ledger) -> Crew:
    """Fork a process for each work."""
    from django.db import connections

    connections.close_all()
    crew = Crew(ledger, [_fork(work) for work in works])
    crew.threads = [Thread(target=sender.read, args=[ledger]) for sender in crew.senders]
    for thread in crew.threads:  # after the last fork: no thread is copied
        thread.start()
    return crew


def _fork(work: Work) -> Sender:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Sender(pid, reading)
    try:
        os.close(reading)
        work(lambda word, what: _say(writing, word, what))
    except Exception:  # noqa: BLE001 -- this process ends here, and says why
        traceback.print_exc()
    finally:
        os._exit(0)


def _say(pipe: int, word: str, what: str) -> None:
    os.write(pipe, f"{word} {what}\n".encode())


def report(client: "Client", name: str, token: str) -> int:
    """Send one report through the citizen's page; its words are its name. Gives the answer's status."""
    answer = answer_to_report(client, name, token)
    if answer.status_code == OK and receipt_told(answer) is None:
        return NO_RECEIPT  # the form again, with what is wrong
    return int(answer.status_code)


def answer_to_report(client: "Client", name: str, token: str) -> "HttpResponse":
    said = {"text": name, "is_place_unknown": "on", "token": token}
    return _post(client, "/report/check/", said)


def call(client: "Client", name: str, token: str) -> int:
    """Save one call at the desk: registered, passed on and routed in one transaction."""
    return int(answer_to_call(client, name, token).status_code)


def answer_to_call(client: "Client", name: str, token: str) -> "HttpResponse":
    said = {
        "channel": "hotline",
        "text": name,
        "is_anonymous": "on",
        "is_complete": "on",
        "after": "pass_on",
        "token": token,
    }
    return _post(client, "/desk/new/", said)


def receipt_told(answer: "HttpResponse") -> tuple[str, str] | None:
    """The number and the code on the page, if it tells any."""
    from civicloop.apps.intake.receipts import plain_code

    found = NUMBER_AND_CODE.search(answer.content.decode())
    return (found["number"], plain_code(found["code"])) if found else None


def _post(client: "Client", path: str, said: dict[str, str]) -> "HttpResponse":
    """As a web process does, which the client for tests does not: with no connection that is broken."""
    from django.db import close_old_connections, connection

    if not connection.in_atomic_block:  # as in a control, whose transaction would end with it
        close_old_connections()
    return client.post(path, said)


def form_token() -> str:
    """Of a page that was opened a minute ago."""
    from django.utils import timezone

    from civicloop.web.citizen.tokens import new_token

    return new_token(timezone.now() - timedelta(minutes=1))


def citizen() -> "Client":
    from django.test import Client

    return Client(raise_request_exception=False)


def operator() -> "Client":
    from django.test import Client

    from civicloop.apps.accounts.models import User

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="operator"))
    return client


def names_kept() -> list[str]:
    """The words of every appeal that has its order, its receipt and its event: all of it or nothing."""
    from civicloop.apps.audit.models import AuditEvent
    from civicloop.apps.dispatch.models import WorkOrder
    from civicloop.apps.intake.models import Appeal, Receipt, Registration

    appeals = dict(Appeal.objects.values_list("pk", "text"))
    registered = AuditEvent.objects.filter(action="appeal_registered")
    whole = [
        set(WorkOrder.objects.values_list("appeal_id", flat=True)),
        set(Receipt.objects.values_list("appeal_id", flat=True)),
        set(Registration.objects.values_list("appeal_id", flat=True)),
        set(map(int, registered.values_list("object_id", flat=True))),
    ]
    torn = [part ^ appeals.keys() for part in whole]
    if any(torn):
        raise TornError(f"parts without their whole: {torn}")
    return list(appeals.values())


class TornError(AssertionError):
    """Of a form's appeal, order, receipt, registration and event some are there without the others."""
