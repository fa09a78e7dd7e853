from datetime import timedelta

import pytest
from tests.factories import AppealFactory, WorkOrderFactory

from civicloop.apps.dispatch.actions import batches
from civicloop.apps.dispatch.actions.batches import (
    GOES,
    PlanRefusedError,
    draft_plan,
    forecast,
    schedule_plan,
    send_due_plans,
    undo_plan,
)
from civicloop.apps.dispatch.actions.call_backs import Heard, record_call_back
from civicloop.apps.dispatch.actions.merging import merge_orders
from civicloop.apps.dispatch.actions.moving import Step, move_order
from civicloop.apps.dispatch.models import (
    BatchPlan,
    BatchState,
    CallBackWay,
    CitizenAnswer,
    OrderState,
    ReplyClaim,
    Resolved,
)
from civicloop.apps.intake.models import Kind

pytestmark = pytest.mark.django_db
LATER = timedelta(seconds=11)


@pytest.fixture
def draft(dispatcher, now):
    def make(*orders, answer="您的{number}号诉求“{subject}”：10月底前换管。"):
        return draft_plan(
            title="老旧管网更换",
            plan="分三批更换。",
            answer=answer,
            claim=ReplyClaim.EXPLAINED,
            orders=orders,
            actor=dispatcher,
            now=now,
        )

    return make


def test_each_citizen_is_told_under_the_own_number_and_subject(draft, dispatcher, now):
    orders = [WorkOrderFactory(appeal=AppealFactory(subject=name)) for name in ("停水", "水黄")]
    plan = draft(*orders)
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=now)

    answered = send_due_plans(now=now + LATER)

    assert answered == 2
    texts = list(CitizenAnswer.objects.order_by("order_id").values_list("text", flat=True))
    assert texts == [
        f"您的{orders[0].number}号诉求“停水”：10月底前换管。",
        f"您的{orders[1].number}号诉求“水黄”：10月底前换管。",
    ]
    orders[0].refresh_from_db()
    assert (orders[0].state, orders[0].claim) == (OrderState.REVIEWED, ReplyClaim.EXPLAINED)


def test_nothing_goes_out_before_the_time_to_undo_has_passed(draft, dispatcher, now):
    plan = draft(WorkOrderFactory())
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=now)

    assert send_due_plans(now=now + timedelta(seconds=9)) == 0
    undo_plan(plan_id=plan.pk, actor=dispatcher, now=now + timedelta(seconds=9))
    assert send_due_plans(now=now + LATER) == 0

    plan.refresh_from_db()
    assert plan.state == BatchState.DRAFT


def test_a_plan_that_went_out_cannot_be_undone(draft, dispatcher, now):
    plan = draft(WorkOrderFactory())
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=now)
    send_due_plans(now=now + LATER)

    with pytest.raises(PlanRefusedError, match="已发出"):
        undo_plan(plan_id=plan.pk, actor=dispatcher, now=now + LATER)


def test_a_plan_that_has_begun_to_go_out_cannot_be_undone(draft, dispatcher, now):
    plan = draft(WorkOrderFactory(), WorkOrderFactory())
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=now)
    plan.refresh_from_db()
    batches._send_one(plan, plan.items.first().pk, now + LATER)

    with pytest.raises(PlanRefusedError, match="2 件中已有 1 件"):
        undo_plan(plan_id=plan.pk, actor=dispatcher, now=now + LATER)

    assert send_due_plans(now=now + LATER) == 1
    assert CitizenAnswer.objects.count() == 2


def test_a_worker_that_has_just_taken_up_a_plan_sends_nothing_once_it_is_undone(
    draft, dispatcher, now
):
    plan = draft(WorkOrderFactory())
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=now)
    taken_up = BatchPlan.objects.get(pk=plan.pk)
    undo_plan(plan_id=plan.pk, actor=dispatcher, now=now + timedelta(seconds=9))

    assert batches._send(taken_up, now + LATER, None) == 0

    assert not CitizenAnswer.objects.exists()
    plan.refresh_from_db()
    assert plan.state == BatchState.DRAFT


def test_the_dry_run_says_what_goes_and_what_does_not_and_writes_nothing(
    draft, dispatcher, make_signed, clerk, now
):
    fine, report = WorkOrderFactory(), WorkOrderFactory(kind=Kind.REPORT)
    moved, suspended = make_signed(), make_signed()
    move_order(
        order_id=suspended.pk,
        step=Step(name="suspend", actor=dispatcher, now=now, reason="hearing", note="听证通知"),
    )
    suspended.refresh_from_db()
    plan = draft(fine, report, moved, suspended)
    move_order(order_id=moved.pk, step=Step(name="begin", actor=clerk, now=now))

    outcomes = [one.outcome for one in forecast(plan, actor=dispatcher)]

    assert outcomes == [GOES, "report", "changed", "state"]
    assert not CitizenAnswer.objects.exists()


def test_an_order_that_moved_meanwhile_is_left_alone_and_named(
    draft, dispatcher, clerk, make_signed, now
):
    fine, moved = WorkOrderFactory(), make_signed()
    plan = draft(fine, moved)
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=now)
    move_order(order_id=moved.pk, step=Step(name="begin", actor=clerk, now=now))

    send_due_plans(now=now + LATER)

    assert list(plan.items.order_by("pk").values_list("outcome", flat=True)) == [GOES, "changed"]
    moved.refresh_from_db()
    assert moved.state == OrderState.IN_PROGRESS


def test_a_merged_citizen_is_answered_with_the_main_order(draft, dispatcher, now):
    master, merged = WorkOrderFactory(), WorkOrderFactory()
    merge_orders(
        master_id=master.pk, order_ids=[merged.pk], reason="same", actor=dispatcher, now=now
    )
    master.refresh_from_db()
    merged.refresh_from_db()
    plan = draft(master, merged)
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=now)

    send_due_plans(now=now + LATER)

    assert merged.answers.count() == 1
    assert list(plan.items.order_by("pk").values_list("outcome", flat=True)) == [GOES, "merged"]


def test_a_job_killed_in_the_middle_goes_on_and_tells_nobody_twice(
    draft, dispatcher, now, monkeypatch
):
    orders = [WorkOrderFactory() for _ in range(3)]
    plan = draft(*orders)
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=now)
    send_one = batches._send_one

    def dies_at_the_second(plan, item_id, at):
        if CitizenAnswer.objects.exists():
            raise KeyboardInterrupt
        return send_one(plan, item_id, at)

    with monkeypatch.context() as killed:
        killed.setattr(batches, "_send_one", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            send_due_plans(now=now + LATER)

    answered = send_due_plans(now=now + LATER)

    assert (answered, CitizenAnswer.objects.count()) == (2, 3)
    plan.refresh_from_db()
    assert plan.state == BatchState.SENT


def test_a_citizen_who_is_not_content_with_a_plan_gets_a_unit(draft, dispatcher, now):
    order = WorkOrderFactory()
    plan = draft(order)
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=now)
    send_due_plans(now=now + LATER)

    heard = Heard(
        key="a",
        round=1,
        way=CallBackWay.WEB,
        is_reached=True,
        resolved=Resolved.NO,
        satisfaction=1,
    )
    record_call_back(order_id=order.pk, heard=heard, actor=None, now=now + LATER)

    order.refresh_from_db()
    assert (order.state, order.round) == (OrderState.TRIAGE, 2)


def test_a_plan_without_orders_is_refused(draft):
    with pytest.raises(PlanRefusedError):
        draft()
