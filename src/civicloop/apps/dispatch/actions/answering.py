"""What a citizen is told; each appeal has an answer of its own."""

from datetime import datetime

from django.db import transaction

from civicloop.apps.dispatch.models import BatchPlan, CitizenAnswer, Reply, WorkOrder


@transaction.atomic
def answer_citizen(
    *,
    order: WorkOrder,
    text: str,
    now: datetime,
    reply: Reply | None = None,
    plan: BatchPlan | None = None,
) -> CitizenAnswer:
    """Keep the answer and show it as the appeal's reply; the caller moves the order itself."""
    appeal = order.appeal
    appeal.reply_text, appeal.replied_at, appeal.is_waiting = text, now, False
    appeal.save(update_fields=["reply_text", "replied_at", "is_waiting"])
    return CitizenAnswer.objects.create(
        order=order, round=order.round, text=text, reply=reply, plan=plan, at=now
    )
