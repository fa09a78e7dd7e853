"""What a citizen is told; each appeal has an answer of its own."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from civicloop.apps.accounts.visibility import read_by_nobody
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
    """Keep the answer and show it as the appeal's reply; the caller moves the order itself.

    Of an appeal that was divided the answers are one reply, and it waits until the last is given.
    """
    answer = CitizenAnswer.objects.create(
        order=order, round=order.round, text=text, reply=reply, plan=plan, at=now
    )
    appeal = order.appeal
    appeal.reply_text, appeal.replied_at, appeal.is_waiting = text, now, False
    if order.problem:
        with read_by_nobody():
            appeal.reply_text, appeal.is_waiting = _of_all_parts(order)
    appeal.save(update_fields=["reply_text", "replied_at", "is_waiting"])
    return answer


def _of_all_parts(order: WorkOrder) -> tuple[str, bool]:
    """The newest answer to each problem in the citizen's words, and whether one still waits."""
    parts = WorkOrder.objects.filter(appeal=order.appeal_id).order_by("part")
    told: list[str] = []
    is_waiting = False
    for part in parts.prefetch_related("answers"):
        answers = list(part.answers.all())
        told += [f"【{part.title}】\n{answers[-1].text}"] if answers else []
        is_answered = any(one.round == part.round for one in answers)
        is_waiting = is_waiting or not (is_answered or part.is_ended)
    return "\n\n".join(told), is_waiting


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
            "subject": order.title,
            "text": text,
        }
