"""SIGKILL at a random moment while reports, calls and jobs are at work.

Two processes send through the pages, one as a citizen, one at the desk, where a call is registered, passed on
and routed in one transaction; a third is a worker that queues jobs and does them. All are killed together,
wherever they are. In the control the answer goes out before the commit, which must lose something.
"""

import random
import time
from collections.abc import Iterable

from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import OK, Crew, Say, Work, form_token, names_kept, start
from batteries.working import KINDS, Send, effects_kept, idle_of, sender_of

LONGEST = 2.0  # seconds from the first acknowledgement of the slowest until the kill
EARLY_SECONDS = 60  # in the control, from the answer to the commit


def run(size: int, *, is_control: bool) -> Verdict:
    """So many rounds of three processes."""
    furnish()
    ledger, dice = Ledger(), random.Random(size)
    warm_up(ledger)
    for number in range(size):
        # who has not committed keeps SQLite's lock, so that in the control nobody else would be answered
        kinds = [number % KINDS] if is_control else range(KINDS)
        works = [_work(f"{number} {kind}", kind, is_early=is_control) for kind in kinds]
        crew = start(works, ledger)
        _kill_later(crew, dice)
        crew.end()
    return ledger.compare([*names_kept(), *effects_kept()])


def warm_up(ledger: Ledger, kinds: Iterable[int] = range(KINDS)) -> None:
    """What every process would load for itself is loaded before they are forked."""

    def note(word: str, name: str) -> None:
        ledger.note(word, name)

    for kind in kinds:
        _send_once(note, sender_of(kind), f"路灯不亮 warm {kind}")


def _kill_later(crew: Crew, dice: random.Random) -> None:
    """Each has been answered once; one more answer takes about as long, and the kill is within it."""
    taken = crew.wait_for_more()
    time.sleep(dice.uniform(0, min(taken, LONGEST)))
    crew.kill()


def _work(prefix: str, kind: int, *, is_early: bool) -> Work:
    """Kind 0 reports as a citizen, kind 1 saves calls, kind 2 queues jobs; the last also does them."""

    def work(say: Say) -> None:
        send, count = sender_of(kind), 0
        after = idle_of(kind)
        once = _send_early if is_early else _send_once
        while True:
            once(say, send, f"路灯不亮 {prefix} {count}")
            after()
            count += 1

    return work


def _send_once(say: Say, send: Send, name: str) -> None:
    say("ask", name)
    say("ok" if send(name, form_token()) == OK else "fail", name)


def _send_early(say: Say, send: Send, name: str) -> None:
    """The fault that must be found: acknowledged, then committed."""
    from django.db import transaction

    say("ask", name)
    with transaction.atomic():
        if send(name, form_token()) == OK:
            say("ok", name)
        time.sleep(EARLY_SECONDS)  # the kill comes sooner
