from datetime import timedelta

import pytest

from civicloop.apps.clocks.models import PauseReason
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.actions.suspending import resume_order, suspend_order
from civicloop.apps.dispatch.models import OrderState

pytestmark = pytest.mark.django_db


def test_the_centre_lets_an_order_rest_for_a_listed_cause_and_go_on(make_begun, dispatcher, now):
    order = suspend_order(
        order_id=make_begun().pk,
        cause=PauseReason.APPRAISAL,
        evidence="鉴定通知书 2023-11-14",
        actor=dispatcher,
        now=now,
    )

    assert order.state == OrderState.SUSPENDED
    step = order.steps.last()
    assert (step.reason, step.note) == ("appraisal", "鉴定通知书 2023-11-14")
    assert resume_order(order_id=order.pk, actor=None, now=now).state == OrderState.IN_PROGRESS


def test_no_rest_without_evidence_and_none_by_the_unit(make_begun, dispatcher, clerk, now):
    order = make_begun()

    with pytest.raises(StepRefusedError, match="事由"):
        suspend_order(
            order_id=order.pk, cause=PauseReason.TEST, evidence=" ", actor=dispatcher, now=now
        )
    with pytest.raises(StepRefusedError):
        suspend_order(order_id=order.pk, cause=PauseReason.TEST, evidence="x", actor=clerk, now=now)


@pytest.mark.parametrize("days", [-1, 400])
def test_no_rest_when_the_time_is_out_or_has_not_begun(days, make_begun, dispatcher, now):
    """A clock of the machine that jumped back stands before the order's beginning."""
    order = make_begun()

    with pytest.raises(StepRefusedError):
        suspend_order(
            order_id=order.pk,
            cause=PauseReason.TEST,
            evidence="检测通知书",
            actor=dispatcher,
            now=now + timedelta(days=days),
        )

    order.refresh_from_db()
    assert order.state == OrderState.IN_PROGRESS
