"""PostgreSQL stops and starts again while reports, calls and jobs are at work.

The same processes send all the time. It is stopped in two ways in turn: "fast", which ends the sessions,
and "immediate", which is a crash. Who gets no receipt sends the same form again until there is one, as a
citizen would: nothing may be lost, and nothing be there twice. In the control the database answers before
its commits are written, which an "immediate" stop must lose.
"""

import random
import time
from dataclasses import dataclass

from batteries.killing import warm_up
from batteries.ledger import Ledger, Verdict
from batteries.places import furnish, server_here
from batteries.sending import OK, Say, Work, form_token, names_kept, start
from batteries.working import JOBS, KINDS, effects_kept, idle_of, sender_of

WAYS = ("fast", "immediate")
LONGEST = 1.0  # seconds from the last restart's first answers until the next stop
PAUSE = 0.05  # before the form is sent again
MOST_SECONDS = 5.0  # from the database's return until everybody has been answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarted:
    """What was found, and how long the slowest waited."""

    verdict: Verdict
    restarts: int
    seconds: float

    @property
    def is_met(self) -> bool:
        return self.verdict.is_met and self.seconds <= MOST_SECONDS

    def __str__(self) -> str:
        return (
            f"{self.verdict}; {self.restarts} restarts, all answered again at most"
            f" {self.seconds:.1f} s after the database was back"
        )


def run(size: int, *, is_control: bool) -> Restarted:
    """So many restarts under one crew."""
    furnish()
    if is_control:
        _answer_before_it_is_written()
    ledger, dice, server = Ledger(), random.Random(size), server_here()
    warm_up(ledger)
    crew = start([_work(kind) for kind in range(KINDS)], ledger)
    crew.wait_for_more()
    slowest = 0.0
    for number in range(size):
        time.sleep(dice.uniform(0, LONGEST))
        server.stop("immediate" if is_control else WAYS[number % len(WAYS)])
        server.start()
        slowest = max(slowest, crew.wait_for_more())
    crew.kill()
    crew.end()
    verdict = ledger.compare([*names_kept(), *effects_kept()])
    return Restarted(verdict=verdict, restarts=size, seconds=slowest)


def _work(kind: int) -> Work:
    from django.db import Error, connection

    def work(say: Say) -> None:
        send, idle, count = sender_of(kind), idle_of(kind), 0
        while True:
            count += 1
            name, token = f"路灯不亮 {kind} {count}", form_token()
            try:
                say("ask", name)
                while send(name, token) != OK:
                    time.sleep(PAUSE)
                say("ok", name)
                idle()
            except Error:  # a job has no form that could be sent again: of this one nobody knows
                if kind != JOBS:
                    raise
                connection.close()
                time.sleep(PAUSE)

    return work


def _answer_before_it_is_written() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        [name] = cursor.fetchone()
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    connection.close()  # the next one has it
