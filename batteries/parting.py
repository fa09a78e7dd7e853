"""Parts that registering can do without are away: the learned models, the search's index, the mail server.

Reports and calls are taken in all the same. In the control a part is away that none can do without.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone

from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import OK, form_token, names_kept
from batteries.working import CALLS, REPORTS, sender_of
from civicloop.apps.dispatch.models import UnitModelVersion
from civicloop.apps.issues.models import TopicModelVersion

OPTIONAL, NEEDED = ["intake_search", "intake_searchmark"], ["intake_receipt"]
NOBODY_LISTENS = ("127.0.0.1", 1)
DAMAGED = b"no model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """All that was sent must be taken in."""

    verdict: Verdict

    @property
    def is_met(self) -> bool:
        return self.verdict.is_met and self.verdict.acknowledged == self.verdict.asked

    def __str__(self) -> str:
        return str(self.verdict)


def run(size: int, *, is_control: bool) -> Parted:
    """So many reports and as many calls."""
    furnish()
    _damage_models()
    settings.EMAIL_HOST, settings.EMAIL_PORT = NOBODY_LISTENS
    ledger = Ledger()
    with _away(NEEDED if is_control else OPTIONAL):
        for kind in (REPORTS, CALLS):
            send = sender_of(kind)
            for number in range(size):
                name = f"路灯不亮 {kind} {number}"
                ledger.note("ask", name)
                ledger.note("ok" if send(name, form_token()) == OK else "fail", name)
    return Parted(verdict=ledger.compare(names_kept()))


def _damage_models() -> None:
    known = {"version": 1, "trained_at": timezone.now(), "is_active": True, "summary": {}}
    TopicModelVersion.objects.create(**known, trained_on="", payload=DAMAGED)
    UnitModelVersion.objects.create(**known, payload=DAMAGED, wanted_accuracy=0.9, threshold=0.5)


@contextmanager
def _away(tables: Sequence[str]) -> Iterator[None]:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    yield
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
