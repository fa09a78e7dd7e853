from datetime import timedelta

import pytest
from django.urls import reverse
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.handling import sign_order
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.actions.objecting import (
    Grounds,
    decide_objection,
    object_to_order,
    withdraw_objection,
)
from civicloop.apps.dispatch.models import (
    DispatchBasis,
    Objection,
    ObjectionGround,
    OrderState,
    Verdict,
)
from civicloop.apps.notices.models import Notice

pytestmark = pytest.mark.django_db

GROUNDS = Grounds(
    ground=ObjectionGround.NOT_MY_DUTY,
    statement="路灯由城管部门管养",
    legal_basis="“三定”规定第四条",
)


@pytest.fixture
def make_objected(make_dispatched, clerk, now):
    def make(**fields):
        return object_to_order(
            order_id=make_dispatched(**fields).pk, grounds=GROUNDS, actor=clerk, now=now
        )

    return make


def test_an_objection_is_kept_with_its_grounds(make_dispatched, clerk, housing, police, now):
    grounds = Grounds(
        ground=ObjectionGround.NOT_MY_DUTY,
        statement="路灯由城管部门管养",
        legal_basis="“三定”规定第四条",
        suggested_unit=police,
    )

    order = object_to_order(order_id=make_dispatched().pk, grounds=grounds, actor=clerk, now=now)

    objection = Objection.objects.get(order=order)
    assert order.state == OrderState.OBJECTED
    assert (objection.unit, objection.suggested_unit) == (housing, police)
    assert (objection.ground, objection.verdict) == ("not_my_duty", Verdict.PENDING)


@pytest.mark.parametrize(
    "grounds",
    [
        Grounds(ground=ObjectionGround.NOT_MY_DUTY, statement="不归我管"),
        Grounds(ground=ObjectionGround.UNCLEAR, statement=" "),
    ],
)
def test_an_objection_without_grounds_is_refused(grounds, make_dispatched, clerk, now):
    with pytest.raises(StepRefusedError):
        object_to_order(order_id=make_dispatched().pk, grounds=grounds, actor=clerk, now=now)


def test_a_unit_does_not_suggest_itself(make_dispatched, clerk, housing, now):
    grounds = Grounds(ground=ObjectionGround.UNCLEAR, statement="没有地点", suggested_unit=housing)

    with pytest.raises(StepRefusedError):
        object_to_order(order_id=make_dispatched().pk, grounds=grounds, actor=clerk, now=now)
    assert not Objection.objects.exists()


def test_an_assisting_unit_cannot_return_the_order(make_dispatched, police, now):
    order = make_dispatched(assisting=(police,))
    assistant = UserFactory(role=Role.UNIT_CLERK, unit=police)

    with pytest.raises(StepRefusedError, match="主办单位"):
        object_to_order(order_id=order.pk, grounds=GROUNDS, actor=assistant, now=now)


def test_an_upheld_objection_frees_the_unit_and_counts_the_return(
    make_objected, dispatcher, police, now
):
    order = make_objected()
    order.routing = {"rule": 7}
    order.save()

    order = decide_objection(
        order_id=order.pk, is_upheld=True, decision="属城管职责", actor=dispatcher, now=now
    )

    assert (order.state, order.lead_unit, order.return_count) == (OrderState.TRIAGE, None, 1)
    assert not order.parties.filter(is_open=True).exists()
    details = order.steps.last().details
    assert (details["directory_rule"], details["ground"]) == (7, "not_my_duty")
    again = dispatch_order(
        order_id=order.pk,
        lead=police,
        basis=DispatchBasis.PERSON,
        routing={},
        actor=dispatcher,
        now=now,
    )
    assert again.lead_unit == police


def test_a_rejected_objection_designates_the_unit_which_signs_anew(
    make_signed, clerk, dispatcher, housing, now
):
    order = object_to_order(order_id=make_signed().pk, grounds=GROUNDS, actor=clerk, now=now)
    later = now + timedelta(hours=1)

    order = decide_objection(
        order_id=order.pk, is_upheld=False, decision="目录第七条", actor=dispatcher, now=later
    )

    assert (order.state, order.is_designated) == (OrderState.DISPATCHED, True)
    assert (order.dispatch_basis, order.signed_at) == (DispatchBasis.DESIGNATED, None)
    assert order.return_count == 0
    sign_order(order_id=order.pk, actor=clerk, now=later)
    assert order.parties.get(unit=housing).signed_at == later


def test_a_designated_unit_cannot_return_the_order(make_objected, clerk, dispatcher, now):
    order = decide_objection(
        order_id=make_objected().pk, is_upheld=False, decision="目录", actor=dispatcher, now=now
    )

    with pytest.raises(StepRefusedError, match="指定"):
        object_to_order(order_id=order.pk, grounds=GROUNDS, actor=clerk, now=now)


def test_a_withdrawn_objection_gives_the_order_back(make_objected, clerk, now):
    order = withdraw_objection(order_id=make_objected().pk, actor=clerk, now=now)

    assert order.state == OrderState.DISPATCHED
    assert Objection.objects.get(order=order).verdict == Verdict.WITHDRAWN


def test_a_unit_does_not_decide_its_own_objection(make_objected, clerk, now):
    order = make_objected()

    with pytest.raises(StepRefusedError):
        decide_objection(order_id=order.pk, is_upheld=True, decision="是", actor=clerk, now=now)
    assert Objection.objects.get(order=order).verdict == Verdict.PENDING


def test_nothing_is_decided_where_nobody_objects(make_dispatched, dispatcher, now):
    with pytest.raises(StepRefusedError):
        decide_objection(
            order_id=make_dispatched().pk, is_upheld=True, decision="x", actor=dispatcher, now=now
        )


@pytest.mark.parametrize(("is_upheld", "kind"), [(True, "upheld"), (False, "rejected")])
def test_the_unit_is_told_what_was_decided_and_where_it_may_look(
    is_upheld, kind, make_objected, clerk, head, dispatcher, now
):
    order = make_objected()

    decide_objection(
        order_id=order.pk, is_upheld=is_upheld, decision="依目录", actor=dispatcher, now=now
    )

    told = Notice.objects.order_by("user")
    assert [(notice.user, notice.kind) for notice in told] == [
        (user, f"objection_{kind}") for user in sorted([clerk, head], key=lambda one: one.pk)
    ]
    page = reverse("dispatch:order", args=[order.pk])
    assert {notice.link for notice in told} == {reverse("dispatch:inbox") if is_upheld else page}
