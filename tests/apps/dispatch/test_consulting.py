import pytest
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.closing import withdraw_order
from civicloop.apps.dispatch.actions.consulting import (
    call_consultation,
    conclude_consultation,
    give_opinion,
)
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.models import OrderState
from civicloop.apps.dispatch.visibility import orders_visible_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def consulted(dispatcher, housing, police, now):
    return call_consultation(
        order_id=WorkOrderFactory().pk,
        units=[housing, police],
        question="由谁主办？",
        actor=dispatcher,
        now=now,
    )


def test_asked_units_see_the_order_until_the_consultation_is_concluded(
    consulted, clerk, dispatcher, now
):
    assert consulted.state == OrderState.CONSULTATION
    assert list(orders_visible_to(clerk)) == [consulted]

    order = conclude_consultation(
        order_id=consulted.pk, conclusion="住建主办", actor=dispatcher, now=now
    )

    assert order.state == OrderState.TRIAGE
    assert order.consultations.get().conclusion == "住建主办"
    assert list(orders_visible_to(clerk)) == []


def test_a_unit_gives_its_opinion_and_may_better_it(consulted, clerk, now):
    give_opinion(order_id=consulted.pk, is_ours=False, opinion="非本局", actor=clerk, now=now)
    give_opinion(order_id=consulted.pk, is_ours=True, opinion="核实后认领", actor=clerk, now=now)

    opinion = consulted.consultations.get().opinions.get(unit=clerk.unit)
    assert (opinion.is_ours, opinion.opinion, opinion.given_by) == (True, "核实后认领", clerk)


def test_an_asked_unit_may_do_nothing_else(consulted, clerk, now):
    from civicloop.apps.dispatch.actions.handling import sign_order

    with pytest.raises(StepRefusedError):
        sign_order(order_id=consulted.pk, actor=clerk, now=now)


def test_a_unit_that_was_not_asked_gives_no_opinion(consulted, now):
    stranger = UserFactory(role=Role.UNIT_CLERK, unit=UnitFactory())

    with pytest.raises(StepRefusedError):
        give_opinion(order_id=consulted.pk, is_ours=True, opinion="是", actor=stranger, now=now)


def test_the_unit_complained_of_is_never_asked(dispatcher, housing, police, clerk, now):
    order = WorkOrderFactory(respondent_unit=housing)

    with pytest.raises(StepRefusedError, match="住建局"):
        call_consultation(
            order_id=order.pk, units=[housing, police], question="？", actor=dispatcher, now=now
        )
    assert list(orders_visible_to(clerk)) == []


def test_the_unit_that_a_merged_order_is_about_is_not_asked_either(
    dispatcher, housing, police, now
):
    order = WorkOrderFactory()
    WorkOrderFactory(respondent_unit=housing, state=OrderState.MERGED, master=order)

    with pytest.raises(StepRefusedError, match="住建局"):
        call_consultation(
            order_id=order.pk, units=[housing, police], question="？", actor=dispatcher, now=now
        )


def test_one_unit_alone_is_no_consultation(dispatcher, housing, now):
    with pytest.raises(StepRefusedError):
        call_consultation(
            order_id=WorkOrderFactory().pk,
            units=[housing, housing],
            question="？",
            actor=dispatcher,
            now=now,
        )


def test_an_opinion_has_a_reason(consulted, clerk, dispatcher, now):
    with pytest.raises(StepRefusedError):
        give_opinion(order_id=consulted.pk, is_ours=True, opinion=" ", actor=clerk, now=now)
    with pytest.raises(StepRefusedError):
        give_opinion(order_id=consulted.pk, is_ours=True, opinion="是", actor=dispatcher, now=now)


def test_a_consultation_ends_with_the_order(consulted, clerk, dispatcher, now):
    withdraw_order(order_id=consulted.pk, reason="市民撤回", actor=dispatcher, now=now)

    assert consulted.consultations.get().concluded_at == now
    assert list(orders_visible_to(clerk)) == []
