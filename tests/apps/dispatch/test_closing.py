import pytest
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.closing import (
    EmergencyLine,
    RefusalReason,
    answer_on_the_spot,
    refuse_order,
    transfer_order,
    withdraw_order,
)
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.models import CloseType, OrderState
from civicloop.apps.intake.models import Appeal

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return UserFactory(role=Role.OPERATOR)


@pytest.fixture
def registered():
    return WorkOrderFactory(state=OrderState.REGISTERED)


def test_an_answer_on_the_spot_is_what_the_citizen_was_told(registered, operator, now):
    order = answer_on_the_spot(
        order_id=registered.pk, text="可在网上办理。", article=None, actor=operator, now=now
    )

    assert (order.state, order.close_type) == (OrderState.CLOSED, CloseType.ANSWERED)
    assert order.answers.get().text == "可在网上办理。"
    assert Appeal.objects.get(pk=order.appeal_id).reply_text == "可在网上办理。"


def test_an_answer_says_something(registered, operator, now):
    with pytest.raises(StepRefusedError, match="告知"):
        answer_on_the_spot(order_id=registered.pk, text=" ", article=None, actor=operator, now=now)


def test_who_is_not_accepted_is_told_the_route(registered, operator, now):
    with pytest.raises(StepRefusedError, match="途径"):
        refuse_order(
            order_id=registered.pk,
            reason=RefusalReason.LEGAL_ROUTE,
            route_told="",
            actor=operator,
            now=now,
        )

    order = refuse_order(
        order_id=registered.pk,
        reason=RefusalReason.LEGAL_ROUTE,
        route_told="请向人民法院起诉。",
        actor=operator,
        now=now,
    )

    assert (order.close_type, order.steps.last().reason) == (
        CloseType.NOT_ACCEPTED,
        "legal_route",
    )
    assert order.answers.get().text == "请向人民法院起诉。"


def test_an_emergency_ends_at_the_hotline_also_when_little_is_known(operator, now):
    order = WorkOrderFactory(state=OrderState.INCOMPLETE)

    moved = transfer_order(
        order_id=order.pk, line=EmergencyLine.FIRE, note="", actor=operator, now=now
    )

    assert (moved.close_type, moved.steps.last().reason) == (CloseType.TRANSFERRED, "119")


def test_a_citizen_may_take_an_appeal_back_while_a_unit_has_it(make_signed, operator, now):
    order = withdraw_order(order_id=make_signed().pk, reason="已自行解决", actor=operator, now=now)

    assert (order.state, order.close_type) == (OrderState.CLOSED, CloseType.WITHDRAWN)


def test_what_a_unit_has_is_not_answered_at_the_desk(make_signed, operator, now):
    with pytest.raises(StepRefusedError):
        answer_on_the_spot(
            order_id=make_signed().pk, text="好", article=None, actor=operator, now=now
        )
