"""One plan ends a class of orders; a dry run shows what it would do, and it can be undone before it goes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.dispatch.actions.answering import answer_all_citizens
from civicloop.apps.dispatch.actions.moving import (
    StaleOrderError,
    Step,
    StepRefusedError,
    may_take,
    move_order,
)
from civicloop.apps.dispatch.actions.seen import refuse_unseen
from civicloop.apps.dispatch.models import (
    BatchItem,
    BatchPlan,
    BatchState,
    OrderState,
    ReplyClaim,
    WorkOrder,
)
from civicloop.apps.dispatch.visibility import without_own

TIME_TO_UNDO = timedelta(seconds=10)
GOES = "goes"
STEP = "answer_by_plan"


class PlanRefusedError(Exception):
    """The plan cannot do this now; the argument says why."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan would do with one order: `outcome` is GOES, or the code of why not."""

    item: BatchItem
    outcome: str
    words: str


@transaction.atomic
def draft_plan(
    *,
    title: str,
    plan: str,
    answer: str,
    claim: ReplyClaim,
    orders: Sequence[WorkOrder],
    actor: User,
    now: datetime,
    **about: object,
) -> BatchPlan:
    """Write a plan for orders as they stand now; `about` names its event, class or day."""
    if not orders:
        raise PlanRefusedError(_("A plan needs at least one order."))
    drafted = BatchPlan.objects.create(
        title=title,
        plan=plan,
        answer=answer,
        claim=claim,
        created_by=actor,
        created_at=now,
        **about,
    )
    BatchItem.objects.bulk_create(
        BatchItem(plan=drafted, order=order, order_version=order.version) for order in orders
    )
    _record("plan_drafted", drafted, actor, now)
    return drafted


def forecast(plan: BatchPlan, *, actor: User) -> list[Forecast]:
    """The dry run: each order, whether the plan would answer it now and, where not, why not."""
    items = without_own(plan.items.select_related("order__appeal", "order__lead_unit"), "order__")
    return [Forecast(item, *_outlook(item, actor)) for item in items.order_by("pk")]


def _outlook(item: BatchItem, actor: User) -> tuple[str, str]:
    order = item.order
    if order.is_report:
        return "report", _("A report of a wrong is answered on its own.")
    if order.state == OrderState.MERGED:
        return "merged", _("Merged: it is answered with its main order.")
    if order.version != item.order_version:
        return "changed", _("Somebody has moved it since the plan was written.")
    if not may_take(order, STEP, actor):
        state = order.get_state_display()
        return "state", _("It is %(state)s and cannot be answered by a plan.") % {"state": state}
    return GOES, ""


@transaction.atomic
def write_own_answer(
    *, item_id: int, answer: str, actor: User, now: datetime, seen: str | None = None
) -> BatchItem:
    """Answer one order of a draft in own words; no words: the plan's answer again.

    Raises:
        ChangedMeanwhileError: the answer is not the one of which `seen` is the mark.
        PlanRefusedError: the plan is no draft.
    """
    plan_id = BatchItem.objects.values_list("plan_id", flat=True).get(pk=item_id)
    plan = _lock(plan_id, BatchState.DRAFT)
    item = BatchItem.objects.select_related("order").get(pk=item_id)
    refuse_unseen(seen, item.answer)
    item.answer = answer.strip()
    item.save(update_fields=["answer"])
    _record("plan_own_answer", plan, actor, now)
    return item


@transaction.atomic
def schedule_plan(*, plan_id: int, actor: User, now: datetime) -> BatchPlan:
    """Let the plan go out after the time to undo it has passed."""
    plan = _lock(plan_id, BatchState.DRAFT)
    plan.state, plan.goes_out_at = BatchState.SCHEDULED, now + TIME_TO_UNDO
    plan.save(update_fields=["state", "goes_out_at"])
    _record("plan_scheduled", plan, actor, now)
    return plan


@transaction.atomic
def undo_plan(*, plan_id: int, actor: User, now: datetime) -> BatchPlan:
    """Stop a plan of which nothing has gone out; it is a draft again.

    Raises:
        PlanRefusedError: it has gone out, or begun to.
    """
    plan = _lock(plan_id, BatchState.SCHEDULED)
    if gone := plan.items.exclude(outcome="").count():
        raise PlanRefusedError(is_going_out(gone, plan.items.count()))
    plan.state, plan.goes_out_at = BatchState.DRAFT, None
    plan.save(update_fields=["state", "goes_out_at"])
    _record("plan_undone", plan, actor, now)
    return plan


def is_going_out(gone: int, of: int) -> str:
    """That it is too late to undo a plan, in words."""
    words = _("It is going out already: %(gone)s of %(of)s orders are done.")
    return words % {"gone": gone, "of": of}


def send_due_plans(*, now: datetime, progress: Callable[[int, int], None] | None = None) -> int:
    """Send what is due; each order in a transaction of its own, so a kill loses nothing.

    Returns how many orders were answered. Run again, it goes on with the orders that have no
    outcome yet.
    """
    due = BatchPlan.objects.filter(state=BatchState.SCHEDULED, goes_out_at__lte=now)
    return sum(_send(plan, now, progress) for plan in due.select_related("created_by"))


def _send(plan: BatchPlan, now: datetime, progress: Callable[[int, int], None] | None) -> int:
    waiting = list(plan.items.filter(outcome="").order_by("pk").values_list("pk", flat=True))
    answered = 0
    for done, item_id in enumerate(waiting, start=1):
        answered += _send_one(plan, item_id, now)
        if progress:
            progress(done, len(waiting))
    with transaction.atomic():
        if _goes(plan):
            BatchPlan.objects.filter(pk=plan.pk).update(state=BatchState.SENT, sent_at=now)
            _record("plan_sent", plan, plan.created_by, now)
    return answered


def _goes(plan: BatchPlan) -> bool:
    """Whether the plan is still to go out; holds it, so that nobody undoes it meanwhile."""
    return BatchPlan.objects.select_for_update().get(pk=plan.pk).state == BatchState.SCHEDULED


@transaction.atomic
def _send_one(plan: BatchPlan, item_id: int, now: datetime) -> bool:
    if not _goes(plan):
        return False
    item = BatchItem.objects.select_for_update().select_related("order__appeal").get(pk=item_id)
    if item.outcome:
        return False
    outcome, _words = _outlook(item, plan.created_by)
    if outcome == GOES:
        outcome = _answer(plan, item, now)
    item.outcome = outcome
    item.save(update_fields=["outcome"])
    return outcome == GOES


def _answer(plan: BatchPlan, item: BatchItem, now: datetime) -> str:
    def claim(order: WorkOrder) -> None:
        order.claim, order.replied_at, order.reviewed_at = plan.claim, now, now

    step = Step(
        name=STEP,
        actor=plan.created_by,
        now=now,
        seen_version=item.order_version,
        reason="plan",
        details={"plan": plan.pk},
    )
    try:
        with transaction.atomic():
            order = move_order(order_id=item.order_id, step=step, effect=claim)
            answer_all_citizens(order=order, text=answer_text(plan, item), now=now, plan=plan)
    except (StepRefusedError, StaleOrderError):
        return "changed"
    return GOES


def answer_text(plan: BatchPlan, item: BatchItem) -> str:
    """What this citizen is told: the own words where somebody wrote some, else the plan's."""
    template = item.answer or plan.answer
    facts = {"{number}": item.order.number, "{subject}": item.order.title}
    for name, value in facts.items():
        template = template.replace(name, value)
    return template


def _lock(plan_id: int, state: BatchState) -> BatchPlan:
    plan = BatchPlan.objects.select_for_update().get(pk=plan_id)
    if plan.state != state:
        raise PlanRefusedError(_("The plan is %(state)s.") % {"state": plan.get_state_display()})
    return plan


def _record(action: str, plan: BatchPlan, actor: User, now: datetime) -> None:
    record_event(
        action=action,
        object_type="batch_plan",
        object_id=plan.pk,
        actor=actor,
        now=now,
        details={"orders": plan.items.count()},
    )
