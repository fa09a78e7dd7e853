"""The clocks of web processes and a worker jump, each on its own, by seconds and by years, also backwards.

A citizen, a seat at the desk and a worker send on through each jump; each form goes out twice, with a jump in
between. Nothing may be lost or doubled, no job may wait for a time that only a wrong clock has told, and the
audit must stay whole. In the control a form is known again by the day on which it is sent: doubled.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.utils import timezone

from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import (
    OK,
    Say,
    Work,
    call,
    citizen,
    form_token,
    names_kept,
    operator,
    report,
    start,
)
from batteries.working import effects_kept, new_worker, queue
from civicloop.apps.audit.verifying import verify_audit
from civicloop.apps.dispatch.actions import registering as orders
from civicloop.apps.intake.actions import registering as appeals

DAY = timedelta(days=1)
JUMPS = (timedelta(0), DAY, -DAY, 400 * DAY, -400 * DAY, timedelta(seconds=-2), timedelta(hours=-1))
NIGHTS = (
    datetime(2027, 12, 31, 15, 59, 58, tzinfo=UTC),  # the year ends in Shanghai
    datetime(2028, 2, 28, 15, 59, 58, tzinfo=UTC),  # the 29th begins there
)
seconds_told = time.time  # by the machine


@dataclass(slots=True)
class Clock:
    """What a process takes the time to be."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.fromtimestamp(seconds_told(), UTC) + self.ahead

    def seconds(self) -> float:
        return seconds_told() + self.ahead.total_seconds()

    def jump(self, dice: random.Random) -> None:
        nights = [night - datetime.fromtimestamp(seconds_told(), UTC) for night in NIGHTS]
        self.ahead = dice.choice([*JUMPS, *nights])

    def set_going(self) -> None:
        """Let this process go by it."""
        timezone.now, time.time = self.now, self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Jumped:
    """What was found, and whether the audit is whole."""

    verdict: Verdict
    jumps: int
    faults: int  # of the audit

    @property
    def is_met(self) -> bool:
        return self.verdict.is_met and not self.faults

    def __str__(self) -> str:
        return f"{self.verdict}; {self.jumps} jumps, {self.faults} faults of the audit"


def run(size: int, *, is_control: bool) -> Jumped:
    """So many jumps of each of three processes."""
    furnish()
    if is_control:
        _know_forms_by_the_day()
    ledger = Ledger()
    works = [_sends(citizen, report), _sends(operator, call), _queues]
    start([_jumping(work, number, size) for number, work in enumerate(works)], ledger).end()
    verdict = ledger.compare([*names_kept(), *effects_kept()])
    faults = verify_audit(now=timezone.now()).fault_count
    return Jumped(verdict=verdict, jumps=size * len(works), faults=faults)


Between = Callable[[], None]
Name = str


def _jumping(
    begin: Callable[[], Callable[[Say, Name, Between], None]], number: int, size: int
) -> Work:
    def work(say: Say) -> None:
        clock, dice = Clock(), random.Random(number)
        clock.set_going()
        once = begin()
        for count in range(size):  # one jump each
            once(say, f"路灯不亮 {number} {count}", lambda: clock.jump(dice))

    return work


def _sends(
    come: Callable[[], Client], send: Callable[[Client, str, str], int]
) -> Callable[[], Callable[[Say, Name, Between], None]]:
    """Each form once before a jump and once after it; whose session is over comes anew."""

    def begin() -> Callable[[Say, Name, Between], None]:
        def once(say: Say, name: Name, jump: Between) -> None:
            token = form_token()
            say("ask", name)
            for jumps in (jump, lambda: None):
                is_taken = send(come(), name, token) == OK
                say("ok" if is_taken else "fail", name)
                jumps()

        return once

    return begin


def _queues() -> Callable[[Say, Name, Between], None]:
    """A worker that queues a job, and does what waits."""
    worker = new_worker()

    def once(say: Say, name: Name, jump: Between) -> None:
        say("ask", name)
        say("ok" if queue(name) == OK else "fail", name)
        jump()
        worker.run_next()

    return once


def _know_forms_by_the_day() -> None:
    """The fault that must be found."""
    known = appeals.form_key_of

    def key_of_today(token: str) -> str:
        return known(f"{token} {timezone.localdate()}")

    appeals.form_key_of = orders.form_key_of = key_of_today
