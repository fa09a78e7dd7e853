"""What somebody is writing, kept on the server; and who has an order open just now."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.models import OrderPresence, StepDraft, WorkOrder

SEEN_FOR = timedelta(seconds=60)
LONGEST_ANSWER = 20_000


@transaction.atomic
def save_draft(
    *, order: WorkOrder, step: str, answers: Mapping[str, str], actor: User, now: datetime
) -> StepDraft:
    """Keep what was written; no step of the order, so no history and no audit event."""
    kept = {
        field: answer.replace("\0", "")[:LONGEST_ANSWER]  # PostgreSQL keeps no NUL
        for field, answer in answers.items()
        if answer
    }
    draft = StepDraft(order=order, user=actor, step=step)
    draft.seal_answers(kept)
    sealed = {"key_id": draft.key_id, "sealed_answers": draft.sealed_answers, "saved_at": now}
    return StepDraft.objects.update_or_create(order=order, user=actor, step=step, defaults=sealed)[
        0
    ]


@transaction.atomic
def drop_draft(*, order_id: int, step: str, actor: User) -> None:
    """Forget what was written: it has been sent."""
    StepDraft.objects.filter(order=order_id, user=actor, step=step).delete()


@transaction.atomic
def note_presence(*, order: WorkOrder, actor: User, now: datetime) -> list[User]:
    """Note that somebody has the order open; gives the others who have it open, too."""
    OrderPresence.objects.filter(order=order, seen_at__lt=now - SEEN_FOR).delete()
    OrderPresence.objects.update_or_create(order=order, user=actor, defaults={"seen_at": now})
    others = OrderPresence.objects.filter(order=order).exclude(user=actor)
    return [presence.user for presence in others.select_related("user")]
