"""Give one of an appeal's several problems an order of its own: its own unit, clocks and answer.

The appeal stays one: its citizen has one number, and is told all answers together. A report of a
wrong is not divided but cut out of its message (`splitting`), so that nothing tells of it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.dispatching import pass_on
from civicloop.apps.dispatch.actions.moving import (
    Step,
    StepRefusedError,
    lock_order,
    note_step,
    open_order,
)
from civicloop.apps.dispatch.actions.opening import Circumstances, new_order
from civicloop.apps.dispatch.actions.splitting import may_split
from civicloop.apps.dispatch.at_hand import at_hand
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.dispatch.queries.desk import kind_of
from civicloop.apps.intake.models import Kind, Topic, Urgency
from civicloop.apps.issues.likely_topics import surest_topic

MOST_PARTS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Which problem gets an order of its own, and which stays."""

    problem: str  # in the citizen's words
    rest: str
    topic: Topic | None = None  # of the problem; read in its words where nobody chose one


def may_divide(order: WorkOrder) -> bool:
    """Whether one of the order's problems may still go its own way."""
    return may_split(order) and order.kind != Kind.REPORT


@transaction.atomic
def divide_order(
    *, order_id: int, division: Division, seen_version: int, actor: User, now: datetime
) -> WorkOrder:
    """Open an order for one problem; it waits for dispatch, and so does what stays.

    Raises:
        StaleOrderError: the order is not at the version that the actor saw.
        StepRefusedError: a unit has it already, words are missing or report a wrong.
    """
    _hold_parts(order_id)
    order = lock_order(order_id, seen_version=seen_version)
    problem, rest = division.problem.strip(), division.rest.strip()
    if not may_divide(order):
        raise StepRefusedError(_("A unit has the order already, or it reports a wrong."))
    if not problem or not rest:
        raise StepRefusedError(_("Write which problem goes its own way, and which stays."))
    if Kind.REPORT in {kind_of(problem), kind_of(rest)}:
        raise StepRefusedError(_("One of the two reports a wrong: cut the complaint out instead."))
    part = _open_part(order, problem, division.topic, actor, now)
    order.problem = rest
    divided = Step(name="divide", actor=actor, now=now, details={"part": part.pk})
    note_step(order=order, step=divided)
    return pass_on(order_id=part.pk, actor=actor, now=now)


def _open_part(
    order: WorkOrder, problem: str, topic: Topic | None, actor: User, now: datetime
) -> WorkOrder:
    known = Circumstances(
        urgency=Urgency(order.urgency),
        is_sensitive=order.is_sensitive,
        is_confidential=order.is_confidential,
        respondent_name=order.respondent_name,
        respondent_unit=order.respondent_unit,
    )
    part = new_order(order.appeal, known, actor=actor, now=now, part=_next_part(order))
    part.problem, part.kind = problem, kind_of(problem)
    lists = at_hand(now=now)
    part.topic = topic or surest_topic(problem, lists.topics, lists.topic_model) or order.topic
    part.state, part.registered_at = OrderState.REGISTERED, now
    return open_order(order=part, steps=[Step(name="open", actor=actor, now=now)])


def _hold_parts(order_id: int) -> None:
    """Hold all orders of the appeal, the oldest first: two who divide two of them count on from each other.

    Whoever held the own one first would wait for the other's, and the other for this one.
    """
    parts = WorkOrder.objects.filter(appeal__orders=order_id).order_by("pk")
    list(parts.select_for_update(of=("self",)).values_list("pk", flat=True))


def _next_part(order: WorkOrder) -> int:
    parts = list(WorkOrder.objects.filter(appeal=order.appeal_id).values_list("part", flat=True))
    if len(parts) >= MOST_PARTS:
        raise StepRefusedError(_("The appeal has as many orders as it may have."))
    return max(parts) + 1
