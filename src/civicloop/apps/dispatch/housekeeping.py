"""What the platform does for work orders by itself."""

from datetime import datetime, timedelta

from django.conf import settings

from civicloop.apps.dispatch.actions.batches import send_due_plans
from civicloop.apps.dispatch.actions.call_backs import begin_call_back
from civicloop.apps.dispatch.actions.desk import forget_calls
from civicloop.apps.dispatch.actions.reviewing import pass_by_rule
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.dispatch.step import StepRefusedError
from civicloop.apps.jobs.declaring import job

AT_ONCE = 500


@job(is_atomic=False, limit=timedelta(hours=1))
def send_plans(now: datetime) -> None:
    """Send the batch plans whose time to be undone has passed."""
    send_due_plans(now=now)


@job(is_atomic=False)
def begin_call_backs(now: datetime) -> None:
    """Put reviewed orders on the list of those to be called back, or close them unasked."""
    reviewed = WorkOrder.objects.filter(state=OrderState.REVIEWED).order_by("reviewed_at", "pk")
    for order_id in reviewed.values_list("pk", flat=True)[:AT_ONCE]:
        try:
            begin_call_back(order_id=order_id, actor=None, now=now)
        except StepRefusedError:
            continue  # somebody has called meanwhile


@job(is_atomic=False, limit=timedelta(hours=1))
def pass_replies(now: datetime) -> None:
    """Pass the replies that need no reviewer; while all are reviewed there is none to be found."""
    if settings.SHARE_REVIEWED >= 1:
        return
    waiting = WorkOrder.objects.filter(state=OrderState.REPLIED).order_by("replied_at", "pk")
    for order_id in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        try:
            pass_by_rule(order_id=order_id, now=now, share=settings.SHARE_REVIEWED)
        except StepRefusedError:
            continue  # somebody has reviewed it meanwhile


@job()
def forget_left_calls(now: datetime) -> None:
    """Remove the calls that were parked or left in the form and taken up by nobody."""
    forget_calls(now=now)
