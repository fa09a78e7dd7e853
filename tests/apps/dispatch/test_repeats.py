from datetime import timedelta

import pytest
from tests.factories import AppealFactory, WorkOrderFactory

from civicloop.apps.dispatch.actions.merging import merge_orders
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.dispatch.queries.repeats import told_before
from civicloop.apps.intake.models import Channel, Kind
from civicloop.apps.issues.models import Event, EventMember

pytestmark = pytest.mark.both_databases


def new_event(now) -> Event:
    return Event.objects.create(
        title="路灯", appeal_count=2, people_count=1, first_at=now, last_at=now
    )


@pytest.fixture
def told(db, now):
    """An order of what a caller told by a channel about the event."""
    event = new_event(now)

    def make(by="hotline", caller="the same", at=now, of=event, **fields) -> WorkOrder:
        channel, _ = Channel.objects.get_or_create(code=by, defaults={"name": by})
        appeal = AppealFactory(channel=channel, caller_key=caller)
        EventMember.objects.create(appeal=appeal, event=of)
        return WorkOrderFactory(appeal=appeal, opened_at=at, **fields)

    return make


def before(order: WorkOrder, now):
    found = WorkOrder.objects.select_related("appeal__event_member").get(pk=order.pk)
    return told_before([found], now=now).get(order.pk)


def test_one_citizen_by_hotline_and_web_is_found(told, now) -> None:
    by_hotline, by_web = told(), told(by="web")

    assert before(by_web, now) == (by_hotline, True)
    assert before(by_hotline, now) == (by_web, True)


def test_the_same_channel_counts_behind_another_one(told, now) -> None:
    again, by_web, first = told(), told(by="web"), told()

    assert before(first, now) == (by_web, True)
    WorkOrder.objects.filter(pk=by_web.pk).update(opened_at=now - timedelta(days=31))
    assert before(first, now) == (again, False)


def test_another_caller_another_matter_or_no_caller_is_none(told, now) -> None:
    told(by="web", caller="somebody else")
    told(by="web", of=new_event(now))
    told(by="web", at=now - timedelta(days=31))
    nameless = told(by="web", caller="")

    assert before(told(), now) is None
    assert before(nameless, now) is None


def test_a_report_of_a_wrong_is_never_set_beside_a_complaint(told, dispatcher, now) -> None:
    complaint = told(kind=Kind.COMPLAINT, state=OrderState.TRIAGE)
    report = told(by="web", kind=Kind.REPORT, state=OrderState.TRIAGE)

    assert before(complaint, now) is before(report, now) is None
    with pytest.raises(StepRefusedError):
        merge_orders(
            master_id=complaint.pk, order_ids=[report.pk], reason="same_event",
            actor=dispatcher, now=now,
        )  # fmt: skip


def test_what_is_merged_already_is_told_no_more(told, dispatcher, now) -> None:
    main, other = told(state=OrderState.TRIAGE), told(by="web", state=OrderState.TRIAGE)

    merge_orders(
        master_id=main.pk, order_ids=[other.pk], reason="same_event", actor=dispatcher, now=now
    )

    assert before(main, now) is None


def test_a_whole_page_takes_one_statement(told, now, django_assert_num_queries) -> None:
    orders = [told(by=("web", "hotline")[place % 2]) for place in range(6)]
    related = ("appeal__event_member", "appeal__channel")
    page = list(WorkOrder.objects.select_related(*related).filter(pk__in=[o.pk for o in orders]))

    with django_assert_num_queries(1):
        found = told_before(page, now=now)

    assert len(found) == 6
    assert all(one.is_other_channel for one in found.values())
