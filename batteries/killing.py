"""SIGKILL at a random moment while reports, calls and jobs are at work.

Two processes send through the pages, one as a citizen, one at the desk, where a call is registered, passed on
and routed in one transaction; a third is a worker that queues jobs and does them. All are killed together,
wherever they are. In the control the answer goes out before the commit, which must lose something.
"""

import random
import time
from collections.abc import Callable

from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import (
    OK,
    Crew,
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

KINDS = 3
LONGEST = 2.0  # seconds from the first acknowledgement of the slowest until the kill
EARLY_SECONDS = 10  # in the control, from the answer to the commit


def kill_rounds(rounds: int, *, is_early: bool = False) -> Verdict:
    """So many rounds of three processes; `is_early` is the control."""
    from batteries.working import effects_kept

    furnish()
    ledger, dice = Ledger(), random.Random(rounds)
    _warm_up(ledger)
    for number in range(rounds):
        # who has not committed keeps SQLite's lock, so that in the control nobody else would be answered
        kinds = [number % KINDS] if is_early else range(KINDS)
        works = [_work(f"{number} {kind}", kind, is_early=is_early) for kind in kinds]
        crew = start(works, ledger)
        _kill_later(crew, dice)
        crew.end()
    return ledger.compare([*names_kept(), *effects_kept()])


def _warm_up(ledger: Ledger) -> None:
    """What every process would load for itself is loaded before they are forked."""

    def note(word: str, name: str) -> None:
        ledger.note(word, name)

    for kind in range(KINDS):
        _send_once(note, _sender(kind), f"路灯不亮 warm {kind}")


def _kill_later(crew: Crew, dice: random.Random) -> None:
    """Each has been answered once; one more answer takes about as long, and the kill is within it."""
    taken = crew.wait_for_more()
    time.sleep(dice.uniform(0, min(taken, LONGEST)))
    crew.kill()


def _work(prefix: str, kind: int, *, is_early: bool) -> Work:
    """Kind 0 reports as a citizen, kind 1 saves calls, kind 2 queues jobs; the last also does them."""

    def work(say: Say) -> None:
        send, count = _sender(kind), 0
        after = _after(kind)
        once = _send_early if is_early else _send_once
        while True:
            once(say, send, f"路灯不亮 {prefix} {count}")
            after()
            count += 1

    return work


def _sender(kind: int) -> Callable[[str], int]:
    from batteries.working import queue

    if kind == 2:
        return queue
    send, client = (call, operator()) if kind else (report, citizen())
    return lambda name: send(client, name, form_token())


def _after(kind: int) -> Callable[[], object]:
    from batteries.working import new_worker

    return new_worker().run_next if kind == 2 else lambda: None


def _send_once(say: Say, send: Callable[[str], int], name: str) -> None:
    say("ask", name)
    say("ok" if send(name) == OK else "fail", name)


def _send_early(say: Say, send: Callable[[str], int], name: str) -> None:
    """The fault that must be found: acknowledged, then committed."""
    from django.db import transaction

    say("ask", name)
    with transaction.atomic():
        if send(name) == OK:
            say("ok", name)
        time.sleep(EARLY_SECONDS)  # the kill comes sooner
