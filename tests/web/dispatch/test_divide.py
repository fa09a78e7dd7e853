"""The dispatcher gives a problem an order of its own; the citizen follows all under one number."""

import pytest
from tests.factories import AppealFactory, TopicFactory, WorkOrderFactory

from civicloop.apps.dispatch.actions.answering import answer_citizen
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.web.citizen.timeline import followed

LAMP = "一、振华街路灯不亮，晚上看不见路。"
HEAT = "二、家里暖气不热，室温只有十二度。"


@pytest.fixture
def order(db):
    return WorkOrderFactory(appeal=AppealFactory(text=LAMP + HEAT))


def sent(order, **change):
    return {"problem": HEAT, "rest": LAMP, "topic": "", "seen_version": order.version} | change


def test_the_pages_propose_the_problems(browse, dispatcher, order):
    page = browse(dispatcher).get(f"/orders/{order.pk}/").text
    board = browse(dispatcher).get(f"/board/?order={order.pk}").text
    form = browse(dispatcher).get(f"/orders/{order.pk}/divide/").text

    assert "seems to tell of several problems" in page
    assert "seems to tell of several problems" in board
    assert f"{HEAT}</textarea>" in form
    assert f"{LAMP}</textarea>" in form


def test_one_problem_is_not_called_several(browse, dispatcher):
    order = WorkOrderFactory(appeal=AppealFactory(text="振华街路灯不亮。"))

    page = browse(dispatcher).get(f"/orders/{order.pk}/").text

    assert "several problems" not in page
    assert f"/orders/{order.pk}/divide/" in page


def test_a_division_leads_to_the_new_order_which_names_the_other(browse, dispatcher, order):
    topic = TopicFactory()

    page = (
        browse(dispatcher)
        .post(f"/orders/{order.pk}/divide/", sent(order, topic=topic.path), follow=True)
        .text
    )

    part = WorkOrder.objects.latest("pk")
    assert part.topic == topic
    assert part.number in page
    assert f'href="/orders/{order.pk}/"' in page
    assert "This order is about one problem" in page


def test_what_cannot_be_divided_is_said_and_kept(browse, dispatcher, order):
    def answer_to(**change):
        return browse(dispatcher).post(f"/orders/{order.pk}/divide/", sent(order, **change)).text

    unknown = answer_to(topic="没有")
    same = answer_to(problem="举报住建局收受贿赂")
    stale = answer_to(seen_version=0)

    assert "Please choose one of the list." in unknown
    assert "cut the complaint out instead" in same
    assert "has changed since you opened it" in stale
    assert WorkOrder.objects.count() == 1


def test_an_order_that_a_unit_has_is_not_offered(browse, dispatcher, order):
    WorkOrder.objects.update(state=OrderState.SIGNED)

    assert browse(dispatcher).get(f"/orders/{order.pk}/divide/").status_code == 404


def test_the_citizen_sees_each_problem_with_its_state_and_answer(browse, dispatcher, order, now):
    browse(dispatcher).post(f"/orders/{order.pk}/divide/", sent(order))
    part = WorkOrder.objects.latest("pk")
    answer_citizen(order=part, text="管网已清洗。", now=now)

    shown = followed(order.appeal, now=now)

    assert [one.words for one in shown.problems] == [LAMP, HEAT]
    assert [(one.about, one.text) for one in shown.answers] == [(HEAT, "管网已清洗。")]
    assert "Each goes to its own office" in str([line.words for line in shown.happened])
