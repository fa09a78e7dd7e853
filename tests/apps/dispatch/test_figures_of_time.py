"""The figures that clocks, repeats and redone work are counted from, by the steps that people take."""

from datetime import date, datetime, timedelta

import pytest
from tests.conftest import SHANGHAI
from tests.factories import AppealFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.clocks.models import Clock
from civicloop.apps.dispatch.actions.call_backs import Heard, record_call_back
from civicloop.apps.dispatch.actions.dispatching import dispatch_order, redispatch_order
from civicloop.apps.dispatch.actions.extending import ask_for_more_time, decide_extension
from civicloop.apps.dispatch.actions.handling import begin_handling, record_contact, sign_order
from civicloop.apps.dispatch.actions.moving import Step, move_order
from civicloop.apps.dispatch.actions.opening import open_order_for
from civicloop.apps.dispatch.actions.replying import ReplyText, reply_to_order
from civicloop.apps.dispatch.figures import Period
from civicloop.apps.dispatch.models import (
    CallBackWay,
    CloseType,
    DispatchBasis,
    OrderState,
    ReplyClaim,
    Resolved,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.figures import LateBy, figures_of, late_by, orders_behind
from civicloop.apps.intake.models import Kind, Urgency
from civicloop.apps.issues.models import Event, EventMember
from civicloop.config.sweeping import sweep
from civicloop.values.ratios import Ratio

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOVEMBER = Period(first_day=date(2023, 11, 1), last_day=date(2023, 11, 30))


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2023, 11, day, hour, minute, tzinfo=SHANGHAI)


def figure(code: str) -> Ratio:
    return figures_of(WorkOrder.objects.all(), NOVEMBER)[code]


def counted(code: str) -> set[int]:
    behind = orders_behind(WorkOrder.objects.all(), code, NOVEMBER, only_part=True)
    return set(behind.values_list("pk", flat=True))


@pytest.fixture
def give(dispatcher, housing):
    """Give an order to a unit."""

    def give(order, *, at, lead=None, basis=DispatchBasis.PERSON):
        return dispatch_order(
            order_id=order.pk,
            lead=lead or housing,
            basis=basis,
            routing={},
            actor=dispatcher,
            now=at,
        )

    return give


@pytest.fixture
def opened(dispatcher):
    """Open an order on 14 November, a Tuesday: to be dispatched within half a working day."""

    def opened():
        nine = at(14, 9)
        order = open_order_for(
            appeal=AppealFactory(), is_registered=True, actor=dispatcher, now=nine
        )
        if order.state == OrderState.REGISTERED:
            step = Step(name="pass_on", actor=dispatcher, now=nine)
            order = move_order(order_id=order.pk, step=step)
        return order

    return opened


def test_what_waited_too_long_for_a_unit_was_not_dispatched_in_time(opened, give, dispatcher):
    swift, slow = give(opened(), at=at(14, 10)), give(opened(), at=at(15, 18))
    back = give(opened(), at=at(14, 10))
    redispatch_order(order_id=back.pk, reason="派错", actor=dispatcher, now=at(14, 11))
    back = give(back, at=at(16, 18))  # the second wait was too long
    give(WorkOrderFactory(), at=at(14, 10))  # came without a limit

    assert figure("dispatched_in_time") == Ratio(1, 3)
    assert counted("dispatched_in_time") == {swift.pk}
    assert slow.pk not in counted("dispatched_in_time")


def test_what_a_person_dispatched_is_told_apart(give):
    basis = [DispatchBasis.PERSON, DispatchBasis.PERSON, DispatchBasis.AUTOMATIC]
    orders = [give(WorkOrderFactory(), at=at(14, 9), basis=one) for one in basis]
    WorkOrder.objects.filter(pk=orders[0].pk).update(return_count=1)

    assert figure("by_person_rightly") == Ratio(1, 2)
    assert figure("automatic_rightly") == Ratio(1, 1)


def test_signing_is_measured_where_the_city_limits_it(give, clerk, dispatcher, settings):
    settings.CLOCK_PRESET = "bengbu"  # within one working day
    early, late, never, soon, taken, waits, withdrawn = (
        give(WorkOrderFactory(), at=at(14, 9)) for _ in range(7)
    )
    end = Step(
        name="withdraw",
        actor=dispatcher,
        now=at(14, 10),
        reason="citizen",
        close_type=CloseType.WITHDRAWN,
    )
    move_order(order_id=withdrawn.pk, step=end)
    sign_order(order_id=early.pk, actor=clerk, now=at(14, 10))
    sign_order(order_id=late.pk, actor=clerk, now=at(17, 10))
    redispatch_order(order_id=taken.pk, reason="派错", actor=dispatcher, now=at(14, 10))
    redispatch_order(order_id=soon.pk, reason="派错", actor=dispatcher, now=at(17, 10))
    give(soon, at=at(17, 11))
    sign_order(order_id=soon.pk, actor=clerk, now=at(17, 12))
    Clock.objects.filter(owner_id=waits.pk).update(due_at=at(28))

    assert counted("signed_in_time") == {early.pk, soon.pk}
    assert figure("signed_in_time") == Ratio(2, 3)  # nobody knows yet of the others

    sweep(now=at(20))

    assert figure("signed_in_time") == Ratio(2, 4)
    assert never.pk not in counted("signed_in_time")


def test_without_a_limit_for_signing_there_is_nothing_to_measure(give, clerk):
    sign_order(order_id=give(WorkOrderFactory(), at=at(14, 9)).pk, actor=clerk, now=at(14, 10))

    assert figure("signed_in_time") == Ratio(0, 0)


def test_only_a_talk_in_time_is_a_contact_in_time(give, clerk):
    talked, silent, late, waits = (
        give(WorkOrderFactory(urgency=Urgency.CRITICAL), at=at(14, 9)) for _ in range(4)
    )
    give(WorkOrderFactory(), at=at(14, 9))  # not urgent: no limit
    for order in (talked, silent, late):
        sign_order(order_id=order.pk, actor=clerk, now=at(14, 9, 5))
    contact = {"is_reached": True, "note": "", "actor": clerk}
    record_contact(order_id=talked.pk, now=at(14, 9, 30), **contact)
    begin_handling(order_id=silent.pk, reason="先到现场", actor=clerk, now=at(14, 9, 6))
    record_contact(order_id=late.pk, now=at(14, 9, 31), **contact)

    assert counted("contacted_in_time") == {talked.pk}
    assert figure("contacted_in_time") == Ratio(1, 3)

    record_contact(order_id=silent.pk, now=at(14, 9, 20), **contact)

    assert figure("contacted_in_time") == Ratio(2, 3)
    assert waits.state == OrderState.DISPATCHED


def test_only_time_that_was_granted_was_given(give, clerk, head, dispatcher):
    granted, refused, _ = (give(WorkOrderFactory(), at=at(14, 9)) for _ in range(3))
    for order in (granted, refused):
        sign_order(order_id=order.pk, actor=clerk, now=at(14, 10))
        ask_for_more_time(
            order_id=order.pk,
            days=2,
            reason="等待配件",
            is_caller_told=True,
            actor=head,
            now=at(14, 11),
        )
        decide_extension(
            order_id=order.pk,
            is_granted=order == granted,
            decision="按规定",
            actor=dispatcher,
            now=at(14, 12),
        )

    assert (figure("given_more_time"), counted("given_more_time")) == (Ratio(1, 3), {granted.pk})


def answer(order, clerk, now):
    sign_order(order_id=order.pk, actor=clerk, now=now)
    record_contact(order_id=order.pk, is_reached=True, note="", actor=clerk, now=now)
    reply = ReplyText(text="已更换路灯三盏。", claim=ReplyClaim.SOLVED, explanation="夜间已试亮")
    return reply_to_order(order_id=order.pk, reply=reply, actor=clerk, now=now)


def test_the_overdue_ones_are_told_with_how_late_they_are(give, clerk):
    """Five working days from the 14th end with the 21st."""
    late, open_still, in_time = (give(WorkOrderFactory(), at=at(14, 9)) for _ in range(3))
    answer(in_time, clerk, at(21, 23))
    answer(late, clerk, at(22, 10))
    sweep(now=at(24))
    orders = WorkOrder.objects.all()

    assert figure("overdue") == Ratio(2, 3)
    assert counted("overdue") == {late.pk, open_still.pk}
    assert late_by(orders, NOVEMBER, now=at(24)) == LateBy(timedelta(hours=10), timedelta(days=2))
    assert late_by(orders.filter(pk=in_time.pk), NOVEMBER, now=at(24)) is None


def test_nine_in_ten_is_a_nearest_rank(give, clerk):
    for hour in range(1, 11):
        answer(give(WorkOrderFactory(), at=at(14, 9)), clerk, at(22, hour))

    late = late_by(WorkOrder.objects.all(), NOVEMBER, now=at(24))

    assert late == LateBy(timedelta(hours=5), timedelta(hours=9))


def test_done_again_is_what_the_citizen_sent_back(give, clerk, dispatcher):
    caller = UserFactory(role=Role.CALLER_BACK)
    orders = [answer(give(WorkOrderFactory(), at=at(14, 9)), clerk, at(15)) for _ in range(2)]
    content = {"resolved": Resolved.YES, "satisfaction": 5}
    unhappy = {"resolved": Resolved.NO, "satisfaction": 1}

    def ask(order, round_no, said):
        for name in ("pass_review", "call_back"):
            move_order(
                order_id=order.pk, step=Step(name=name, actor=dispatcher, now=at(16), reason="ok")
            )
        heard = Heard(
            key=f"{order.pk} {round_no}",
            round=round_no,
            way=CallBackWay.PHONE,
            is_reached=True,
            **said,
        )
        record_call_back(order_id=order.pk, heard=heard, actor=caller, now=at(16))

    ask(orders[0], 1, content)
    ask(orders[1], 1, unhappy)
    record_contact(order_id=orders[1].pk, is_reached=True, note="", actor=clerk, now=at(17))
    reply = ReplyText(text="已重新更换。", claim=ReplyClaim.SOLVED, explanation="夜间已试亮")
    reply_to_order(order_id=orders[1].pk, reply=reply, actor=clerk, now=at(17))
    ask(orders[1], 2, content)

    assert (figure("done_again"), counted("done_again")) == (Ratio(1, 2), {orders[1].pk})
    assert figure("at_first_go") == Ratio(1, 2)


def test_a_reopened_order_was_not_done_again():
    usual = {"state": OrderState.CLOSED, "closed_at": at(14), "close_type": CloseType.EXPLAINED}
    WorkOrderFactory(round=2, dispatched_at=at(14), **usual)

    assert (figure("done_again"), figure("at_first_go")) == (Ratio(0, 1), Ratio(0, 1))


def told(event: Event, when: datetime, caller="the same", **fields) -> WorkOrder:
    kind = {"kind": fields.pop("kind", Kind.COMPLAINT)}
    appeal = AppealFactory(caller_key=caller, received_at=when, **kind)
    EventMember.objects.create(appeal=appeal, event=event)
    return WorkOrderFactory(appeal=appeal, opened_at=when, **kind, **fields)


def test_the_same_citizen_and_matter_within_a_month_was_told_again():
    event, other = (
        Event.objects.create(
            title="路灯", appeal_count=2, people_count=1, first_at=at(1), last_at=at(1)
        )
        for _ in range(2)
    )
    told(event, at(1))
    again = told(event, at(30))
    told(event, at(20), caller="somebody else")
    told(event, at(20), caller="")
    told(event, at(21), caller="")
    told(other, at(20))
    told(event, at(20), kind=Kind.REPORT)
    told(event, at(29), state=OrderState.CLOSED, closed_at=at(29), close_type="not_accepted")

    assert (figure("told_again"), counted("told_again")) == (Ratio(1, 6), {again.pk})


def test_after_more_than_a_month_it_is_not_again():
    event = Event.objects.create(
        title="路灯", appeal_count=2, people_count=1, first_at=at(1), last_at=at(1)
    )
    told(event, at(1) - timedelta(days=11))
    told(event, at(21))

    assert figure("told_again") == Ratio(0, 1)
