"""The dispatcher cuts a message in two; the citizen follows both under one number."""

import pytest
from tests.factories import AppealFactory, UnitFactory, WorkOrderFactory

from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.models.orders import OrderState
from civicloop.web.citizen.timeline import followed

COMPLAINT = "小区垃圾一直没人清运，臭气熏天。"
REPORT = "另外实名举报住建局工作人员收受贿赂，请严查。"


@pytest.fixture
def order(db):
    return WorkOrderFactory(appeal=AppealFactory(text=COMPLAINT + REPORT))


def test_the_page_proposes_the_words_of_the_complaint(browse, dispatcher, order):
    page = browse(dispatcher).get(f"/orders/{order.pk}/").text
    form = browse(dispatcher).get(f"/orders/{order.pk}/split/").text

    assert "Cut it in two before a unit gets it." in page
    assert f"{COMPLAINT}</textarea>" in form


def test_a_cut_leads_to_the_complaint_s_order(browse, dispatcher, order, now):
    accused = UnitFactory(name="住建局")
    sent = {"complaint": COMPLAINT, "accused": "住建局", "seen_version": order.version}

    page = browse(dispatcher).post(f"/orders/{order.pk}/split/", sent, follow=True).text

    part = WorkOrder.objects.latest("pk")
    assert part.number in page
    assert "举报" not in part.appeal.text
    order.refresh_from_db()
    assert order.respondent_unit == accused
    whole, cut = followed(order.appeal, now=now), followed(part.appeal, now=now)
    assert len(whole.happened) > len(cut.happened) - 1


def test_what_still_reports_is_said(browse, dispatcher, order):
    sent = {"complaint": COMPLAINT + REPORT, "seen_version": order.version}

    page = browse(dispatcher).post(f"/orders/{order.pk}/split/", sent).text

    assert "still read like a report" in page
    assert WorkOrder.objects.count() == 1


def test_an_order_that_a_unit_has_is_not_offered(browse, dispatcher, order):
    WorkOrder.objects.update(state=OrderState.SIGNED)

    assert browse(dispatcher).get(f"/orders/{order.pk}/split/").status_code == 404
