"""One order is complex, or of water and heat, though its topic does not say so, or says otherwise."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.factories import TopicFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.clocks.models import Clock, ClockBasis, ClockName
from civicloop.apps.clocks.wording import explain
from civicloop.apps.dispatch.actions.dispatching import dispatch_by_hand
from civicloop.apps.dispatch.actions.limit_cases import cases_to_choose, choose_limit_case
from civicloop.apps.dispatch.actions.limits import LimitUnit, set_statute_limit, shorten_time
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.models import OrderLimitCase, OrderState, Urgency
from civicloop.apps.dispatch.queries.offers import steps_offered
from civicloop.apps.dispatch.queries.order_page import order_details

pytestmark = pytest.mark.both_databases
SHANGHAI = ZoneInfo("Asia/Shanghai")
COMPLEX, UTILITIES, USUAL = OrderLimitCase.COMPLEX, OrderLimitCase.UTILITIES, OrderLimitCase.USUAL


def at(day: int, hour: int = 0, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2023, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def beijing(settings):
    settings.CLOCK_PRESET = "beijing"


@pytest.fixture
def say(dispatcher, now):
    def say(order, case=COMPLEX, *, reason="涉及三个部门，须现场会商", is_caller_told=True, **more):
        given = {"actor": dispatcher, "now": now} | more
        return choose_limit_case(
            order_id=order.pk, case=case, reason=reason, is_caller_told=is_caller_told, **given
        )

    return say


def handling(order) -> Clock:
    clocks = Clock.objects.of_owner("work_order", order.pk).filter(stopped_at=None)
    return clocks.get(name=ClockName.HANDLE, unit=order.lead_unit)


@pytest.mark.usefixtures("beijing")
def test_a_complex_order_has_fifteen_days_from_its_dispatch_and_says_why(
    make_dispatched, say, police
) -> None:
    order = make_dispatched(assisting=(police,))  # Tuesday 2023-11-14, 9:30: seven days
    assert order.due_at == at(22)

    order = say(order, now=at(16, 10))

    assert (order.due_at, order.limit_case) == (at(30), COMPLEX)
    assert {party.due_at for party in order.parties.all()} == {at(30)}
    clock = handling(order)
    assert (clock.due_at, clock.basis, clock.caller_told_at) == (
        at(30), ClockBasis.PRESET, at(16, 10),
    )  # fmt: skip
    assert "复杂事项15天" in clock.limit_source
    assert "15" in explain(clock)
    assert "2023-11-14" in explain(clock)
    step = order.steps.get(name="limit_case")
    assert "涉及三个部门" in step.note
    assert AuditEvent.objects.filter(action="change_limit").count() == 2


@pytest.mark.usefixtures("beijing")
def test_said_before_dispatch_it_holds_when_the_unit_gets_the_order(
    say, dispatcher, housing, now
) -> None:
    order = say(WorkOrderFactory(), is_caller_told=False)
    assert order.state == OrderState.TRIAGE

    order = dispatch_by_hand(
        order_id=order.pk, lead=housing, assisting=[], note="", actor=dispatcher, now=now
    )

    assert order.due_at == at(30)


@pytest.mark.usefixtures("beijing")
def test_a_topic_of_complex_matters_does_not_bind_the_one_that_is_not(make_dispatched, say) -> None:
    order = make_dispatched(topic=TopicFactory(limit_case="complex"))
    assert order.due_at == at(30)

    assert say(order, USUAL, is_caller_told=False).due_at == at(22)


@pytest.mark.usefixtures("beijing")
def test_water_and_heat_have_a_day_while_it_lasts(make_dispatched, say) -> None:
    order = make_dispatched()

    with pytest.raises(StepRefusedError):
        say(order, UTILITIES, now=at(16, 10))  # it would have ended yesterday
    order.refresh_from_db()
    assert (order.due_at, order.limit_case) == (at(22), "")

    assert say(order, UTILITIES, now=at(14, 10)).due_at == at(15, 9, 30)


@pytest.mark.usefixtures("beijing")
@pytest.mark.parametrize(
    "wrong",
    [
        {"now": at(22, 0, 1)},  # over
        {"reason": " "},
        {"is_caller_told": False},
        {"case": USUAL},  # it is already
    ],
)
def test_too_late_without_a_reason_untold_or_for_nothing_it_is_refused(
    make_dispatched, say, wrong
) -> None:
    order = make_dispatched()

    with pytest.raises(StepRefusedError):
        say(order, **wrong)

    order.refresh_from_db()
    assert (order.due_at, order.limit_case, handling(order).due_at) == (at(22), "", at(22))


@pytest.mark.usefixtures("beijing")
def test_at_the_very_end_it_is_in_time(make_dispatched, say) -> None:
    assert say(make_dispatched(), now=at(22)).due_at == at(30)


@pytest.mark.usefixtures("beijing")
def test_it_is_the_dispatchers_to_say_and_of_the_version_that_was_read(
    make_dispatched, say, clerk, head
) -> None:
    order = make_dispatched()

    for person in (clerk, head, UserFactory(role=Role.OPERATOR), UserFactory(role=Role.LEADER)):
        with pytest.raises(StepRefusedError):
            say(order, actor=person)
    with pytest.raises(StaleOrderError):
        say(order, seen_version=order.version - 1)


@pytest.mark.usefixtures("beijing")
def test_an_urgent_order_keeps_its_two_hours(make_dispatched, say) -> None:
    with pytest.raises(StepRefusedError):
        say(make_dispatched(urgency=Urgency.URGENT))


@pytest.mark.usefixtures("beijing")
def test_a_statutes_limit_stays(make_dispatched, say, dispatcher, now) -> None:
    order = set_statute_limit(
        order_id=make_dispatched().pk, n=20, unit=LimitUnit.WORKING_DAY, statute="条例第三十三条",
        is_caller_told=True, actor=dispatcher, now=now,
    )  # fmt: skip

    with pytest.raises(StepRefusedError):
        say(order)


@pytest.mark.usefixtures("beijing")
def test_what_a_leader_shortened_stays_short(make_dispatched, say, dispatcher, now) -> None:
    order = shorten_time(
        order_id=make_dispatched().pk, n=2, unit=LimitUnit.CALENDAR_DAY, leader="王副市长",
        reason="两日内", actor=dispatcher, now=now,
    )  # fmt: skip

    assert say(order, is_caller_told=False).due_at == order.due_at


def test_a_city_that_knows_no_such_case_offers_none(
    make_dispatched, say, dispatcher, now, settings
):
    order = make_dispatched()  # by the limits of Lüliang: more time is asked for there
    shown = order_details(order, dispatcher, now=now)

    assert cases_to_choose() == []
    assert "limit_case" not in steps_offered(shown, dispatcher, now=now)
    with pytest.raises(StepRefusedError):
        say(order)
    settings.CLOCK_PRESET = "beijing"
    assert cases_to_choose() == [UTILITIES, COMPLEX, USUAL]
    assert "limit_case" in steps_offered(shown, dispatcher, now=now)
