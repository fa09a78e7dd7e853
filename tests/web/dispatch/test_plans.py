from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.batches import send_due_plans
from civicloop.apps.dispatch.models import (
    BatchPlan,
    BatchState,
    CitizenAnswer,
    OrderState,
    WorkOrder,
)
from civicloop.apps.intake.models import Kind
from civicloop.apps.issues.models import Event, EventClass, EventClassMember, EventMember

pytestmark = pytest.mark.django_db

TEXT = {
    "title": "老旧管网更换",
    "plan": "分三批更换。",
    "claim": "explained",
    "answer": "您的{number}号诉求：10月底前换管。",
}


@pytest.fixture
def event(now) -> Event:
    return Event.objects.create(
        title="停水", appeal_count=3, people_count=3, first_at=now, last_at=now
    )


@pytest.fixture
def of_event(event):
    """An order whose appeal is of the event."""

    def of_event(**fields):
        order = WorkOrderFactory(**fields)
        EventMember.objects.create(appeal=order.appeal, event=event)
        return order

    return of_event


@pytest.fixture
def draft(browse, dispatcher):
    """Write a plan by its page for what the answers name."""

    def draft(**source) -> BatchPlan:
        browse(dispatcher).post(reverse("dispatch:new_plan"), TEXT | source)
        return BatchPlan.objects.latest("pk")

    return draft


def test_a_plan_of_an_event_shows_what_goes_and_why_the_rest_does_not(
    of_event, event, draft, browse, dispatcher
):
    goes, report = of_event(), of_event(kind=Kind.REPORT)
    other = WorkOrderFactory()

    page = browse(dispatcher).get(reverse("dispatch:plan", args=[draft(event=event.pk).pk])).text

    assert f"您的{goes.number}号诉求" in page
    assert "1 answered" in page
    assert "A report of a wrong is answered on its own." in page
    assert report.number in page
    assert other.number not in page
    assert OrderState(goes.state) == OrderState.TRIAGE


def test_a_plan_of_a_class_covers_all_its_events(of_event, event, draft, now):
    order = of_event()
    found = EventClass.objects.create(title="停水", people_count=3, first_at=now, last_at=now)
    EventClassMember.objects.create(event=event, event_class=found, closeness=1)

    plan = draft(**{"class": found.pk})

    assert [item.order for item in plan.items.all()] == [order]
    assert plan.event_class == found


def test_chosen_orders_make_a_plan(draft):
    chosen, other = WorkOrderFactory(), WorkOrderFactory()

    plan = draft(order=[chosen.pk])

    assert [item.order for item in plan.items.all()] == [chosen]
    assert other.pk != chosen.pk


def test_a_plan_goes_out_after_ten_seconds_with_the_own_answer(draft, browse, dispatcher):
    one, two = WorkOrderFactory(), WorkOrderFactory()
    plan, client = draft(order=[one.pk, two.pk]), browse(dispatcher)
    item = plan.items.get(order=two)
    own = reverse("dispatch:own_answer", args=[plan.pk, item.pk])
    client.post(own, {"answer": "您家先换。", "seen": client.get(own).context["seen"]})

    client.post(reverse("dispatch:send_plan", args=[plan.pk]))
    waiting = client.get(reverse("dispatch:plan", args=[plan.pk])).text
    send_due_plans(now=timezone.now() + timedelta(seconds=11))

    outcome = client.get(reverse("dispatch:plan", args=[plan.pk])).text
    assert "Goes out at" in waiting
    assert ">Undo<" in waiting
    assert "2 answered" in outcome
    told = dict(CitizenAnswer.objects.values_list("order_id", "text"))
    assert told == {one.pk: f"您的{one.number}号诉求：10月底前换管。", two.pk: "您家先换。"}


def test_of_two_who_answer_one_order_the_second_sees_what_the_first_wrote(
    draft, browse, dispatcher
):
    plan = draft(order=[WorkOrderFactory().pk])
    item, client = plan.items.get(), browse(dispatcher)
    own = reverse("dispatch:own_answer", args=[plan.pk, item.pk])
    seen = client.get(own).context["seen"]
    client.post(own, {"answer": "第一人的答复", "seen": seen})

    late = client.post(own, {"answer": "第二人的答复", "seen": seen})
    item.refresh_from_db()
    kept = item.answer
    client.post(own, {"answer": "第二人的答复", "seen": late.context["seen"]})

    item.refresh_from_db()
    assert (late.status_code, kept, item.answer) == (409, "第一人的答复", "第二人的答复")
    assert "第一人的答复" in late.text
    assert "第二人的答复" in late.text


def test_an_undone_plan_sends_nothing_and_is_a_draft_again(draft, browse, dispatcher):
    plan, client = draft(order=[WorkOrderFactory().pk]), browse(dispatcher)
    client.post(reverse("dispatch:send_plan", args=[plan.pk]))

    client.post(reverse("dispatch:undo_plan", args=[plan.pk]))
    send_due_plans(now=timezone.now() + timedelta(seconds=11))

    plan.refresh_from_db()
    assert plan.state == BatchState.DRAFT
    assert not CitizenAnswer.objects.exists()


def test_what_has_gone_out_is_not_undone_and_the_page_says_so(draft, browse, dispatcher):
    plan, client = draft(order=[WorkOrderFactory().pk]), browse(dispatcher)
    client.post(reverse("dispatch:send_plan", args=[plan.pk]))
    send_due_plans(now=timezone.now() + timedelta(seconds=11))

    page = client.post(reverse("dispatch:undo_plan", args=[plan.pk]), follow=True)

    assert "The plan is sent." in page.text
    assert CitizenAnswer.objects.count() == 1


def test_the_countdown_tells_the_seconds_and_then_renews_the_page(draft, browse, dispatcher):
    plan, client = draft(order=[WorkOrderFactory().pk]), browse(dispatcher)
    address = reverse("dispatch:plan_countdown", args=[plan.pk])
    client.post(reverse("dispatch:send_plan", args=[plan.pk]))

    before = client.get(address)
    send_due_plans(now=timezone.now() + timedelta(seconds=11))
    after = client.get(address)

    assert "It goes out in" in before.text
    assert after["HX-Refresh"] == "true"


def test_who_promises_a_solution_says_until_when(browse, dispatcher):
    answers = TEXT | {"claim": "planned", "order": [WorkOrderFactory().pk]}

    page = browse(dispatcher).post(reverse("dispatch:new_plan"), answers)

    assert page.status_code == 422
    assert "Say by which day it is solved." in page.text


def test_nothing_open_is_nothing_to_plan(browse, dispatcher, event):
    page = browse(dispatcher).get(reverse("dispatch:new_plan"), {"event": event.pk}, follow=True)

    assert "there is nothing to plan for" in page.text


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OPERATOR, Role.LEADER, Role.GUEST])
def test_plans_and_merges_are_the_dispatchers(role, browse, draft, event):
    plan, client = draft(order=[WorkOrderFactory().pk]), browse(UserFactory(role=role))

    answers = [
        client.get(reverse("dispatch:plan_list")),
        client.get(reverse("dispatch:plan", args=[plan.pk])),
        client.get(reverse("dispatch:new_plan")),
        client.post(reverse("dispatch:send_plan", args=[plan.pk])),
        client.post(reverse("dispatch:undo_plan", args=[plan.pk])),
        client.get(reverse("dispatch:merge_orders", args=[event.pk])),
    ]

    assert {answer.status_code for answer in answers} == {403}


def test_the_orders_of_an_event_are_merged_after_a_dry_run(of_event, event, browse, dispatcher):
    main, follows, report = of_event(), of_event(), of_event(kind=Kind.REPORT)
    client, address = browse(dispatcher), reverse("dispatch:merge_orders", args=[event.pk])

    dry = client.get(address, {"main": main.pk}).text
    states_then = set(
        WorkOrder.objects.filter(appeal__event_member__event=event).values_list("state", flat=True)
    )
    client.post(address, {"main": main.pk, "seen_version": main.version, "order": [follows.pk]})

    follows.refresh_from_db()
    report.refresh_from_db()
    assert "Merge 1 order" in dry
    assert "never merged with another kind" in dry
    assert states_then == {OrderState.TRIAGE}
    assert (follows.state, follows.master) == (OrderState.MERGED, main)
    assert report.state == OrderState.TRIAGE


def test_an_order_of_another_event_is_not_merged_along(of_event, event, browse, dispatcher):
    main, other = of_event(), WorkOrderFactory()

    client = browse(dispatcher)
    client.post(
        reverse("dispatch:merge_orders", args=[event.pk]), {"main": main.pk, "order": [other.pk]}
    )

    other.refresh_from_db()
    assert other.state == OrderState.TRIAGE
