"""Whoever belongs to the unit that a report is about learns nothing of who reported, whatever the role."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.actions.revealing import (
    AccusedLookError,
    ask_look,
    decide_look,
    open_look,
    read_look,
)
from civicloop.apps.intake.models import Kind, Look
from civicloop.apps.intake.queries.looks import waiting_looks
from civicloop.apps.notices.models import Notice
from civicloop.apps.places.models import Unit

SAID = "举报物业经理收钱不办事，我叫欧阳焱，家住金槿花园17栋1904"
pytestmark = pytest.mark.django_db


def browser_of(role: Role, unit: Unit) -> Client:
    """Of somebody who belongs to a unit and has another role than a unit's."""
    client = Client()
    client.force_login(UserFactory(role=role, unit=unit))
    return client


@pytest.fixture
def accused():
    return UnitFactory()


@pytest.fixture
def order(accused):
    return WorkOrderFactory(
        kind=Kind.REPORT,
        appeal__kind=Kind.REPORT,
        appeal__text=SAID,
        respondent_unit=accused,
    )


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER])
def test_the_appeal_is_as_if_it_were_not_there(role, order, accused):
    insider, other = browser_of(role, accused), browser_of(role, UnitFactory())
    page = reverse("intake:appeal", args=[order.appeal_id])

    assert other.get(page).status_code == 200  # the red twin
    assert insider.get(page).status_code == 404


def test_a_dispatcher_of_the_unit_asks_for_no_look(order, accused):
    client = browser_of(Role.DISPATCHER, accused)

    for reason in ("核实", ""):
        asked = client.post(reverse("looks:ask", args=[order.appeal_id]), {"reason": reason})
        assert asked.status_code == 404
    assert not Look.objects.exists()


def test_a_supervisor_of_the_unit_allows_no_look(order, accused, now):
    asking = UserFactory(role=Role.DISPATCHER)
    look = ask_look(appeal=order.appeal, reason="核实", actor=asking, now=now)
    client = browser_of(Role.SUPERVISOR, accused)

    decided = client.post(reverse("looks:decide", args=[look.pk]), {"decision": "allow"})

    assert decided.status_code == 404
    look.refresh_from_db()
    assert look.decided_at is None


def test_a_look_that_is_open_shuts_when_the_unit_is_known(order, accused, now):
    """Whom it is about may be found out later."""
    asking = UserFactory(role=Role.DISPATCHER, unit=accused)
    order.respondent_unit = None
    order.save()
    look = ask_look(appeal=order.appeal, reason="核实", actor=asking, now=now)
    allowing = UserFactory(role=Role.SUPERVISOR)
    decide_look(look_id=look.pk, is_allowed=True, actor=allowing, now=now)
    opened = open_look(look_id=look.pk, actor=asking, now=now)
    assert read_look(look=opened, actor=asking, now=now).words["text"] == SAID

    order.respondent_unit = accused
    order.save()

    with pytest.raises(AccusedLookError):
        read_look(look=opened, actor=asking, now=now)


@pytest.mark.parametrize("step", ["waiting", "allowed", "refused", "open"])
def test_a_look_is_as_if_it_were_not_there_when_the_unit_is_known(step, order, accused, now):
    """Neither its page nor its mark tells the appeal's number, and nothing is opened."""
    asking = UserFactory(role=Role.DISPATCHER, unit=accused)
    order.respondent_unit = None
    order.save()
    look = ask_look(appeal=order.appeal, reason="核实", actor=asking, now=now)
    if step != "waiting":
        decide_look(
            look_id=look.pk,
            is_allowed=step != "refused",
            actor=UserFactory(role=Role.SUPERVISOR),
            now=now,
        )
    if step == "open":
        open_look(look_id=look.pk, actor=asking, now=now)
    client = Client()
    client.force_login(asking)
    pages = [reverse(f"looks:{name}", args=[look.pk]) for name in ("look", "mark")]
    assert [client.get(page).status_code for page in pages] == [200, 200]  # the red twin

    order.respondent_unit = accused
    order.save()
    opened_before = AuditEvent.objects.filter(action="contact_revealed").count()

    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.post(reverse("looks:open", args=[look.pk])).status_code == 404
    assert AuditEvent.objects.filter(action="contact_revealed").count() == opened_before


def test_a_supervisor_of_the_unit_is_neither_told_nor_shown_that_somebody_asks(order, accused, now):
    asking = UserFactory(role=Role.DISPATCHER)
    insider, other, of_none = (
        UserFactory(role=Role.SUPERVISOR, unit=unit) for unit in (accused, UnitFactory(), None)
    )

    ask_look(appeal=order.appeal, reason="核实", actor=asking, now=now)

    assert set(Notice.objects.values_list("user", flat=True)) == {other.pk, of_none.pk}
    assert [list(waiting_looks(user)) for user in (insider, other, of_none)] == [
        [],
        [Look.objects.get()],
        [Look.objects.get()],
    ]


def test_an_operator_of_the_unit_marks_nobody(order, accused):
    page = reverse("desk:propose_mark", args=[order.appeal_id])

    assert browser_of(Role.OPERATOR, UnitFactory()).get(page).status_code == 200  # the red twin
    assert browser_of(Role.OPERATOR, accused).get(page).status_code == 404


def test_a_dispatcher_of_the_unit_settles_no_topic(order, accused):
    settle = reverse("issues:settle_topic", args=[order.appeal_id])

    assert browser_of(Role.DISPATCHER, UnitFactory()).post(settle).status_code == 302
    assert browser_of(Role.DISPATCHER, accused).post(settle).status_code == 404
