"""The same form again and again, at once and later, and after a restart of all who take it.

In each round four processes send the same forms, of citizens and of the desk by turns; they are killed (SIGKILL) at
a random moment, and four new ones send each form a hundred times more. Each form is one appeal, and each answer
tells the receipt that the database holds. In the control each try has a new token, as a client has that knows no key.
"""

import random
import time
from dataclasses import dataclass, field

from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import (
    OK,
    Crew,
    Say,
    Work,
    answer_to_call,
    answer_to_report,
    citizen,
    form_token,
    names_kept,
    operator,
    receipt_told,
    start,
)

PROCESSES, SENDS_OF_A_FORM = 4, 100
FORMS_OF_A_ROUND = 10
Forms = list[tuple[str, str]]  # the words and the token of each


@dataclass(slots=True)
class Told(Ledger):
    """With the receipts that were told: the form, its number, its code as the database keeps it."""

    receipts: set[str] = field(default_factory=set)

    def note(self, word: str, what: str) -> None:
        if word == "told":
            self.receipts.add(what)
        else:
            Ledger.note(self, word, what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """What became of the forms, and how many receipts were told that are not the form's."""

    verdict: Verdict
    restarts: int
    wrong_receipts: int

    @property
    def is_met(self) -> bool:
        return self.verdict.is_met and not self.wrong_receipts

    def __str__(self) -> str:
        return (
            f"{self.verdict}; {self.restarts} restarts, {self.wrong_receipts} receipts of another"
        )


def run(size: int, *, is_control: bool) -> Repeated:
    """At least so many sends of a hundredth as many forms."""
    furnish()
    ledger, dice, restarts = Told(), random.Random(size), 0
    _send_all([("路灯不亮 warm", form_token()), ("路灯不亮 too", form_token())], 1)(ledger.note)
    count = size // SENDS_OF_A_FORM
    for first in range(0, count, FORMS_OF_A_ROUND):
        numbers = range(first, min(first + FORMS_OF_A_ROUND, count))
        forms = [(f"路灯不亮 {number}", form_token()) for number in numbers]
        if not is_control:
            _kill_amid(start([_send_all(forms, SENDS_OF_A_FORM)] * PROCESSES, ledger), dice)
            restarts += 1
        sends = SENDS_OF_A_FORM // PROCESSES
        start([_send_all(forms, sends, is_known=not is_control)] * PROCESSES, ledger).end()
    wrong = ledger.receipts - _receipts_kept()
    return Repeated(
        verdict=ledger.compare(names_kept()), restarts=restarts, wrong_receipts=len(wrong)
    )


def _kill_amid(crew: Crew, dice: random.Random) -> None:
    """Each has been answered once; the kill is among the first answers to all the forms."""
    taken = crew.wait_for_more()
    time.sleep(dice.uniform(0, taken))
    crew.kill()
    crew.end()


def _send_all(forms: Forms, sends: int, *, is_known: bool = True) -> Work:
    """Each form so often, by turns as a citizen and at the desk."""

    def work(say: Say) -> None:
        from civicloop.apps.intake.receipts import hash_of

        ways = [(citizen(), answer_to_report), (operator(), answer_to_call)]
        for number, (name, token) in enumerate(forms):
            client, send = ways[number % 2]
            for _ in range(sends):
                say("ask", name)
                answer = send(client, name, token if is_known else form_token())
                receipt = receipt_told(answer)
                if answer.status_code == OK and receipt:
                    say("told", f"{name} {receipt[0]} {hash_of(*receipt)}")
                    say("ok", name)
                else:
                    say("fail", name)

    return work


def _receipts_kept() -> set[str]:
    from civicloop.apps.intake.models import Receipt

    kept = Receipt.objects.values_list("appeal__text", "number", "code_hash")
    return {" ".join(one) for one in kept}
