import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.accounts.visibility import read_by
from civicloop.apps.dispatch.actions.dispatching import redispatch_order
from civicloop.apps.dispatch.actions.moving import Step, move_order
from civicloop.apps.dispatch.models import CloseType, OrderParty
from civicloop.apps.dispatch.visibility import orders_visible_to, without_own

pytestmark = pytest.mark.django_db


def test_a_unit_sees_the_orders_it_handles_and_no_others(make_dispatched, clerk, police):
    mine = make_dispatched()
    make_dispatched(lead=police)
    WorkOrderFactory()

    assert list(orders_visible_to(clerk)) == [mine]


def test_an_assisting_unit_sees_the_order(make_dispatched, clerk, housing, police):
    order = make_dispatched(lead=police, assisting=(housing,))

    assert list(orders_visible_to(clerk)) == [order]


def test_a_unit_sees_an_order_no_longer_that_was_taken_from_it(
    make_dispatched, clerk, dispatcher, now
):
    order = make_dispatched()
    redispatch_order(order_id=order.pk, reason="派错", actor=dispatcher, now=now)

    assert not orders_visible_to(clerk).exists()


def test_a_unit_never_sees_an_order_about_itself(make_dispatched, housing, police, clerk):
    order = make_dispatched(lead=police, assisting=(housing,))
    order.respondent_unit = housing
    order.save()

    assert not orders_visible_to(clerk).exists()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER])
def test_the_centre_sees_every_order(role, make_dispatched):
    order = make_dispatched()

    assert list(orders_visible_to(UserFactory(role=role))) == [order]


def test_whoever_is_not_staff_sees_none(make_dispatched):
    make_dispatched()

    assert not orders_visible_to(AnonymousUser()).exists()
    assert not orders_visible_to(UserFactory(role=Role.GUEST)).exists()


def test_a_unit_still_sees_what_it_handled_to_the_end(make_signed, clerk, dispatcher, now):
    order = make_signed()
    step = Step(
        name="withdraw", actor=dispatcher, now=now, reason="asked", close_type=CloseType.WITHDRAWN
    )
    move_order(order_id=order.pk, step=step)

    assert list(orders_visible_to(clerk)) == [order]


@pytest.mark.parametrize("role", [Role.PETITION_OFFICER, Role.SUPERVISOR, Role.DISPATCHER])
def test_whoever_belongs_to_the_unit_complained_of_does_not_see_the_order(role, housing, police):
    WorkOrderFactory(respondent_unit=housing)
    other = WorkOrderFactory(respondent_unit=police)

    assert list(orders_visible_to(UserFactory(role=role, unit=housing))) == [other]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a plan of PostgreSQL")
def test_what_is_about_the_own_unit_is_looked_up_and_no_appeal_besides(make_dispatched, clerk):
    """At a million appeals a look at each of them took a second of every list of a unit."""
    make_dispatched()
    parts = OrderParty.objects.filter(unit=clerk.unit_id)
    with read_by(clerk):
        lists = [orders_visible_to(clerk), without_own(parts, "order__")]
    plans = [plan_without_sequential_scans(one) for one in lists]

    reads = [
        node
        for plan in plans
        for node in nodes(plan)
        if node.get("Relation Name") == "intake_appeal"
    ]
    assert len(reads) >= 2
    assert all("Index Cond" in node for node in reads), reads


def plan_without_sequential_scans(rows):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    [(plan,)] = [(part,) for part in json.loads(rows.explain(format="json"))]
    return plan["Plan"]


def nodes(plan):
    yield plan
    for one in plan.get("Plans", ()):
        yield from nodes(one)
