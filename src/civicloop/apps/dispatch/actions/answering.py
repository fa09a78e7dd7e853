"""What a citizen is told; each appeal has an answer of its own."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from civicloop.apps.dispatch.models import BatchPlan, CitizenAnswer, OrderState, Reply, WorkOrder


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


@transaction.atomic
def answer_all_citizens(
    *,
    order: WorkOrder,
    text: str,
    now: datetime,
    reply: Reply | None = None,
    plan: BatchPlan | None = None,
) -> list[CitizenAnswer]:
    """Answer the order's citizen and, each by the own number and subject, those merged into it."""
    answers = [answer_citizen(order=order, text=text, now=now, reply=reply, plan=plan)]
    merged = order.merged_orders.filter(state=OrderState.MERGED).select_related("appeal")
    for other in merged.order_by("pk"):
        own = _own_words(other, text)
        answers.append(answer_citizen(order=other, text=own, now=now, reply=reply, plan=plan))
    return answers


def _own_words(order: WorkOrder, text: str) -> str:
    """The answer under the citizen's own number, in the language of the city and not of the clerk."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("On your appeal no. %(number)s, “%(subject)s”: %(text)s") % {
            "number": order.number,
            "subject": str(order.appeal),
            "text": text,
        }
