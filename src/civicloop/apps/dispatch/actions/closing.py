"""Ends that need no unit: answered on the spot, not accepted, passed to an emergency line, withdrawn."""

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.answering import answer_citizen
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, move_order
from civicloop.apps.dispatch.models import CloseType, WorkOrder
from civicloop.apps.knowledge.actions.hits import count_hits
from civicloop.apps.knowledge.models import Article, HitKind


class RefusalReason(models.TextChoices):
    """Why the hotline may not take an appeal on; the citizen is told the route in each case."""

    LEGAL_ROUTE = "legal_route", gettext_lazy("a legal route is prescribed")
    IN_PETITION = "in_petition", gettext_lazy("it is handled as a petition")
    SECRET = "secret_privacy", gettext_lazy("it touches secrets or another's privacy")
    IN_PROGRESS = "in_progress_no_new_fact", gettext_lazy("it is being handled; no new fact")
    DONE = "done_no_new_fact", gettext_lazy("it has been handled; no new fact")
    OUT_OF_SCOPE = "out_of_scope", gettext_lazy("outside the duties of government")
    UNLAWFUL = "unlawful", gettext_lazy("the request is against the law")


class EmergencyLine(models.TextChoices):
    POLICE = "110", gettext_lazy("110 police")
    FIRE = "119", gettext_lazy("119 fire brigade")
    AMBULANCE = "120", gettext_lazy("120 ambulance")
    TRAFFIC = "122", gettext_lazy("122 traffic police")


@transaction.atomic
def answer_on_the_spot(
    *,
    order_id: int,
    text: str,
    article: Article | None,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Tell the citizen the answer and end the order; the article it rests on is counted.

    Raises:
        StepRefusedError: nothing is said, or the order is past the desk.
        StaleOrderError: somebody else has moved the order.
    """
    if not text.strip():
        raise StepRefusedError(_("Write what the citizen was told."))

    def tell(order: WorkOrder) -> None:
        answer_citizen(order=order, text=text, now=now)

    step = Step(
        name="answer",
        actor=actor,
        now=now,
        seen_version=seen_version,
        reason=f"article {article.number}" if article else "known",
        close_type=CloseType.ANSWERED,
        details={"article": article.pk if article else None},
    )
    order = move_order(order_id=order_id, step=step, effect=tell)
    if article:
        count_hits(articles=[article], kind=HitKind.ANSWERED, day=timezone.localdate(now))
    return order


@transaction.atomic
def refuse_order(
    *,
    order_id: int,
    reason: RefusalReason,
    route_told: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Do not take an appeal on, and tell the citizen which route does lead on.

    Raises:
        StepRefusedError: the route is not told, or the order is past the desk.
        StaleOrderError: somebody else has moved the order.
    """
    if not route_told.strip():
        raise StepRefusedError(_("Write which route the citizen was told."))

    def tell(order: WorkOrder) -> None:
        answer_citizen(order=order, text=route_told, now=now)

    step = Step(
        name="refuse",
        actor=actor,
        now=now,
        seen_version=seen_version,
        reason=reason,
        note=route_told,
        close_type=CloseType.NOT_ACCEPTED,
    )
    return move_order(order_id=order_id, step=step, effect=tell)


@transaction.atomic
def transfer_order(
    *,
    order_id: int,
    line: EmergencyLine,
    note: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """The call was put through to an emergency line; the order ends here."""
    step = Step(
        name="transfer",
        actor=actor,
        now=now,
        seen_version=seen_version,
        reason=line,
        note=note,
        close_type=CloseType.TRANSFERRED,
    )
    return move_order(order_id=order_id, step=step)


@transaction.atomic
def withdraw_order(
    *, order_id: int, reason: str, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """The citizen has told the hotline that the appeal is taken back."""
    step = Step(
        name="withdraw",
        actor=actor,
        now=now,
        seen_version=seen_version,
        note=reason,
        close_type=CloseType.WITHDRAWN,
    )
    return move_order(order_id=order_id, step=step)
