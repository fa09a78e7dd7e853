"""The same form again and again, at once and later.

Four processes send the same forms in the same order. Each form is one appeal, whatever its senders do. In the
control each try has a new token, as a client has that knows no key.
"""

from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import OK, Say, citizen, form_token, names_kept, report, start

PROCESSES = 4
SENDS_OF_A_FORM = 25  # by each process


def run(size: int, *, is_control: bool) -> Verdict:
    """So many sends of a hundredth as many forms."""
    furnish()
    forms = [(f"路灯不亮 {n}", form_token()) for n in range(size // (PROCESSES * SENDS_OF_A_FORM))]

    def send_all(say: Say) -> None:
        client = citizen()
        for name, token in forms:
            for _ in range(SENDS_OF_A_FORM):
                say("ask", name)
                status = report(client, name, form_token() if is_control else token)
                say("ok" if status == OK else "fail", name)

    ledger = Ledger()
    start([send_all] * PROCESSES, ledger).end()
    return ledger.compare(names_kept())
