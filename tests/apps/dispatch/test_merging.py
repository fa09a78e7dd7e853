import threading

import pytest
from django.db import connection
from tests.factories import AppealFactory, WorkOrderFactory

from civicloop.apps.dispatch.actions.answering import answer_all_citizens
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.merging import merge_orders, part_order
from civicloop.apps.dispatch.actions.moving import (
    StaleOrderError,
    Step,
    StepRefusedError,
    move_order,
)
from civicloop.apps.dispatch.actions.reviewing import pass_reply
from civicloop.apps.dispatch.directory_facts import read_units
from civicloop.apps.dispatch.models import CloseType, DispatchBasis, OrderState, WorkOrder
from civicloop.apps.dispatch.routing_facts import circumstances_of
from civicloop.apps.intake.models import Appeal, Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged(make_signed, dispatcher, now) -> tuple[WorkOrder, WorkOrder]:
    """An order that a unit has signed for, and one merged into it."""
    master = make_signed()
    other = WorkOrderFactory(appeal=AppealFactory(subject="路灯又不亮"))
    merge_orders(
        master_id=master.pk, order_ids=[other.pk], reason="same_matter", actor=dispatcher, now=now
    )
    master.refresh_from_db()
    other.refresh_from_db()
    return master, other


def withdraw(order: WorkOrder, actor, now) -> None:
    step = Step(
        name="withdraw", actor=actor, now=now, reason="asked", close_type=CloseType.WITHDRAWN
    )
    move_order(order_id=order.pk, step=step)


def test_the_main_order_says_who_joined(merged):
    master, other = merged

    assert (other.state, other.master) == (OrderState.MERGED, master)
    joined = master.steps.get(name="joined")
    assert joined.details == {"orders": [other.pk]}


def test_what_was_merged_into_an_order_follows_it_to_its_main_order(merged, dispatcher, now):
    master, other = merged
    larger = WorkOrderFactory()

    merge_orders(
        master_id=larger.pk, order_ids=[master.pk], reason="same_matter", actor=dispatcher, now=now
    )

    assert set(larger.merged_orders.all()) == {master, other}


def test_an_order_that_is_merged_has_no_unit_any_more(merged, dispatcher, now, make_dispatched):
    master, _ = merged
    at_unit = make_dispatched()

    merge_orders(
        master_id=master.pk, order_ids=[at_unit.pk], reason="same", actor=dispatcher, now=now
    )

    assert [party.is_open for party in at_unit.parties.all()] == [False]


def test_all_are_merged_or_none(dispatcher, now):
    master, good = WorkOrderFactory(), WorkOrderFactory()
    report = WorkOrderFactory(kind=Kind.REPORT)

    with pytest.raises(StepRefusedError, match="举报"):
        merge_orders(
            master_id=master.pk,
            order_ids=[good.pk, report.pk],
            reason="same_matter",
            actor=dispatcher,
            now=now,
        )

    good.refresh_from_db()
    assert good.state == OrderState.TRIAGE


def test_an_order_that_is_merged_is_no_main_order(merged, dispatcher, now):
    _, other = merged

    with pytest.raises(StepRefusedError, match="已并单"):
        merge_orders(
            master_id=other.pk,
            order_ids=[WorkOrderFactory().pk],
            reason="same",
            actor=dispatcher,
            now=now,
        )


def test_an_order_is_not_merged_with_itself(dispatcher, now):
    order = WorkOrderFactory()

    with pytest.raises(StepRefusedError, match="至少"):
        merge_orders(
            master_id=order.pk, order_ids=[order.pk], reason="same", actor=dispatcher, now=now
        )


def test_a_merge_is_refused_when_the_main_order_has_moved(make_dispatched, dispatcher, clerk, now):
    master = make_dispatched()
    move_order(order_id=master.pk, step=Step(name="sign", actor=clerk, now=now))

    with pytest.raises(StaleOrderError):
        merge_orders(
            master_id=master.pk,
            order_ids=[WorkOrderFactory().pk],
            reason="same",
            actor=dispatcher,
            now=now,
            seen_version=master.version,
        )


def test_each_citizen_is_answered_under_the_own_number_and_ends_with_the_main_order(
    merged, dispatcher, now
):
    master, other = merged
    answer_all_citizens(order=master, text="路灯已修复。", now=now)

    withdraw(master, dispatcher, now)

    other.refresh_from_db()
    assert (other.state, other.close_type) == (OrderState.CLOSED, CloseType.WITH_MASTER)
    assert other.answers.get().text == f"关于您的诉求{other.number}“路灯又不亮”：路灯已修复。"
    assert Appeal.objects.get(pk=other.appeal_id).is_waiting is False


def test_a_merged_citizen_is_not_forgotten_when_the_main_order_ends_without_an_answer(
    merged, dispatcher, now
):
    master, first = merged
    second = WorkOrderFactory()
    merge_orders(
        master_id=master.pk, order_ids=[second.pk], reason="same", actor=dispatcher, now=now
    )

    withdraw(master, dispatcher, now)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.master) == (OrderState.TRIAGE, None)
    assert (second.state, second.master) == (OrderState.MERGED, first)


def test_an_order_that_is_parted_waits_on_its_own(merged, dispatcher, now):
    _, other = merged

    parted = part_order(order_id=other.pk, reason="另一条街", actor=dispatcher, now=now)

    assert (parted.state, parted.master) == (OrderState.TRIAGE, None)


def test_nobody_joins_an_order_whose_citizens_have_been_answered(make_replied, dispatcher, now):
    answered = make_replied()
    pass_reply(order_id=answered.pk, actor=dispatcher, now=now)
    late = WorkOrderFactory()

    with pytest.raises(StepRefusedError):
        merge_orders(
            master_id=answered.pk, order_ids=[late.pk], reason="same", actor=dispatcher, now=now
        )

    late.refresh_from_db()
    assert late.state == OrderState.TRIAGE


def test_what_is_about_a_unit_never_joins_an_order_that_it_handles(
    make_signed, dispatcher, housing, now
):
    of_housing, about_housing = make_signed(), WorkOrderFactory(respondent_unit=housing)

    with pytest.raises(StepRefusedError, match="住建局"):
        merge_orders(
            master_id=of_housing.pk, order_ids=[about_housing.pk], reason="same",
            actor=dispatcher, now=now,
        )  # fmt: skip


def test_what_is_about_a_unit_does_not_come_to_it_with_the_order_it_was_merged_into(
    make_signed, dispatcher, housing, now
):
    of_housing, between, about_housing = (
        make_signed(),
        WorkOrderFactory(),
        WorkOrderFactory(respondent_unit=housing),
    )
    merge_orders(
        master_id=between.pk, order_ids=[about_housing.pk], reason="same",
        actor=dispatcher, now=now,
    )  # fmt: skip

    with pytest.raises(StepRefusedError, match="住建局"):
        merge_orders(
            master_id=of_housing.pk, order_ids=[between.pk], reason="same",
            actor=dispatcher, now=now,
        )  # fmt: skip

    about_housing.refresh_from_db()
    assert about_housing.master == between


def test_an_order_goes_to_no_unit_that_one_merged_into_it_is_about(
    make_dispatched, dispatcher, housing, police, now
):
    main, about_housing = WorkOrderFactory(), WorkOrderFactory(respondent_unit=housing)
    merge_orders(
        master_id=main.pk, order_ids=[about_housing.pk], reason="same", actor=dispatcher, now=now
    )
    to = {"basis": DispatchBasis.PERSON, "routing": {}, "actor": dispatcher, "now": now}

    for lead, assisting in [(housing, []), (police, [housing])]:
        with pytest.raises(StepRefusedError, match="住建局"):
            dispatch_order(order_id=main.pk, lead=lead, assisting=assisting, **to)

    main.refresh_from_db()
    assert main.state == OrderState.TRIAGE


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_crosswise_one_is_refused_and_none_is_blocked(dispatcher, now):
    orders = [WorkOrderFactory().pk, WorkOrderFactory().pk]
    both, outcomes = threading.Barrier(2), []

    def merge(master_id: int, other_id: int) -> None:
        both.wait()
        try:
            merge_orders(
                master_id=master_id, order_ids=[other_id], reason="same", actor=dispatcher, now=now
            )
            outcomes.append("merged")
        except StepRefusedError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=merge, args=pair) for pair in (orders, orders[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["merged", "refused"]
    assert WorkOrder.objects.filter(state=OrderState.MERGED).count() == 1


def test_what_its_source_calls_a_report_later_merges_with_no_complaint(dispatcher, now):
    master, order = WorkOrderFactory(kind=Kind.COMPLAINT), WorkOrderFactory(kind=Kind.COMPLAINT)
    Appeal.objects.filter(pk=order.appeal_id).update(kind=Kind.REPORT)

    for main, other in ((master, order), (order, master)):
        with pytest.raises(StepRefusedError):
            merge_orders(
                master_id=main.pk, order_ids=[other.pk], reason="同一事项",
                actor=dispatcher, now=now,
            )  # fmt: skip
    order.refresh_from_db()
    assert circumstances_of(order, read_units()).kind == Kind.REPORT
