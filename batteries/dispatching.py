"""SIGKILL of the worker that sends a batch of orders to its units.

A dispatcher has planned them; what is planned must go out, each order once. In the control all are marked as
sent before the first one goes, and those that were still to go are lost.
"""

import random
import time
from collections import Counter
from datetime import datetime

from django.utils import timezone
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import Say, TornError, start
from batteries.working import LEASE, new_worker
from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.board import send_dispatch
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.models import (
    DispatchBasis,
    DispatchItem,
    DispatchPlan,
    OrderStep,
)
from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.declaring import job
from civicloop.apps.jobs.library import TaskResultStatus, TaskRow

ORDERS = 40  # in a plan
LONGEST = 0.2  # seconds from the first order that goes out until the kill
LOOK_SECONDS, MOST_SECONDS = 0.01, 60


def run(size: int, *, is_control: bool) -> Verdict:
    """So many kills; a plan that has gone out is followed by the next one."""
    furnish()
    ledger, dice, killed = Ledger(), random.Random(size), 0
    unit, actor = UnitFactory(), UserFactory(role=Role.DISPATCHER)
    while killed < size and not _is_given_up():
        plan = _planned(unit, actor, ledger)
        task = send_marked_first if is_control else send_dispatch
        enqueue(task, plan.pk, now=timezone.now())
        while killed < size and not _is_all_done():
            before, crew = _sent_count(), start([_work], Ledger())
            ends = time.monotonic() + MOST_SECONDS
            while _sent_count() == before and time.monotonic() < ends and not _is_all_done():
                time.sleep(
                    LOOK_SECONDS
                )  # first the job of the worker that was killed is given back
            time.sleep(dice.uniform(0, LONGEST))
            crew.kill()
            crew.end()
            killed += not _is_all_done()
        while not _is_all_done():
            time.sleep(LEASE.total_seconds() * 1.2)
            new_worker().run(until_empty=True)
    return ledger.compare(_sent())


def _planned(unit: object, actor: object, ledger: Ledger) -> DispatchPlan:
    now = timezone.now()
    plan = DispatchPlan.objects.create(planned_by=actor, planned_at=now, goes_out_at=now)
    for _ in range(ORDERS):
        order = WorkOrderFactory()
        DispatchItem.objects.create(plan=plan, order=order, order_version=order.version, lead=unit)
        ledger.note("ask", str(order.pk))
        ledger.note("ok", str(order.pk))
    return plan


def _work(_say: Say) -> None:
    new_worker().run()


def _is_all_done() -> bool:
    """Nothing waits any more; what was given up has lost what it should send."""
    ended = [TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED]
    return not TaskRow.objects.exclude(status__in=ended).exists()


def _is_given_up() -> bool:
    return TaskRow.objects.filter(status=TaskResultStatus.FAILED).exists()


def _sent_count() -> int:
    return OrderStep.objects.filter(name="dispatch").count()


def _sent() -> list[str]:
    """The orders that have gone out, each as often as it went."""
    steps = OrderStep.objects.filter(name="dispatch").values_list("order_id", flat=True)
    events = AuditEvent.objects.filter(action="order_dispatch").values_list("object_id", flat=True)
    if Counter(map(str, steps)) != Counter(events):
        raise TornError("steps and events differ")
    return list(events)


@job(is_atomic=False)
def send_marked_first(now: datetime, plan_id: int) -> None:
    """The fault that must be found: marked as sent, then sent."""
    items = DispatchItem.objects.filter(plan=plan_id).select_related("order", "lead", "plan")
    waiting = list(items.filter(is_sent=False))
    items.update(is_sent=True)
    for item in waiting:
        dispatch_order(
            order_id=item.order_id,
            lead=item.lead,
            assisting=[],
            basis=DispatchBasis.PERSON,
            routing={},
            actor=item.plan.planned_by,
            now=now,
            seen_version=item.order_version,
        )
