from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.factories import WorkOrderFactory

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.clocks.actions import shorten_clock
from civicloop.apps.clocks.actions.calendars import save_calendar_year
from civicloop.apps.clocks.limits import limit_from_json
from civicloop.apps.clocks.models import Clock, ClockBasis, ClockName
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.extending import ask_for_more_time, decide_extension
from civicloop.apps.dispatch.actions.limits import (
    LimitUnit,
    apply_known_statute,
    set_statute_limit,
    shorten_time,
)
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.models import DispatchBasis

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, WORKING_DAY, HOUR = LimitUnit.CALENDAR_DAY, LimitUnit.WORKING_DAY, LimitUnit.HOUR


def at(day: int, hour: int = 0, *, month: int = 11) -> datetime:
    return datetime(2023, month, day, hour, tzinfo=SHANGHAI)


def handling(order) -> Clock:
    return Clock.objects.of_owner("work_order", order.pk).get(name=ClockName.HANDLE)


def test_a_leader_shortens_the_time_from_now_on(make_signed, dispatcher):
    order = make_signed()  # on Tuesday the 14th: five working days

    shortened = shorten_time(
        order_id=order.pk, n=2, unit=WORKING_DAY, leader="王副市长", reason="两日内办结",
        actor=dispatcher, now=at(15, 9),
    )  # fmt: skip

    party = shortened.parties.get()
    assert shortened.due_at == party.due_at == handling(order).due_at == at(18)
    assert (handling(order).basis, handling(order).leader) == (ClockBasis.LEADER, "王副市长")
    assert "王副市长" in shortened.steps.last().note
    assert AuditEvent.objects.filter(action="shorten_clock").exists()


@pytest.mark.parametrize(("n", "unit"), [(5, WORKING_DAY), (30, DAY), (720, HOUR)])
def test_a_leader_may_not_lengthen(n, unit, make_signed, dispatcher):
    order = make_signed()

    with pytest.raises(StepRefusedError):
        shorten_time(
            order_id=order.pk, n=n, unit=unit, leader="王副市长", reason="延后",
            actor=dispatcher, now=at(15, 9),
        )  # fmt: skip

    order.refresh_from_db()
    assert order.due_at == at(22)


def test_a_unit_shortens_nothing(make_signed, clerk):
    with pytest.raises(StepRefusedError):
        shorten_time(
            order_id=make_signed().pk, n=1, unit=HOUR, leader="王", reason="快",
            actor=clerk, now=at(15, 9),
        )  # fmt: skip


@pytest.mark.parametrize(("n", "due"), [(3, at(18)), (60, at(14, month=1).replace(year=2024))])
def test_a_statute_takes_the_place_of_the_citys_limit(n, due, make_signed, dispatcher):
    order = make_signed()

    changed = set_statute_limit(
        order_id=order.pk, n=n, unit=DAY, statute="《信访工作条例》第三十四条",
        is_caller_told=True, actor=dispatcher, now=at(15, 9),
    )  # fmt: skip

    clock = handling(order)
    assert changed.due_at == clock.due_at
    assert (clock.basis, clock.limit_source) == (ClockBasis.STATUTE, "《信访工作条例》第三十四条")
    assert clock.due_at >= due
    assert clock.caller_told_at == at(15, 9)


def test_a_statutes_limit_holds_only_once_the_citizen_is_told(make_signed, dispatcher):
    with pytest.raises(StepRefusedError):
        set_statute_limit(
            order_id=make_signed().pk, n=60, unit=DAY, statute="条例", is_caller_told=False,
            actor=dispatcher, now=at(15, 9),
        )  # fmt: skip


def test_an_order_that_waited_for_a_years_holidays_is_due_once_they_are_known(dispatcher, housing):
    last_days_of_2026 = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    order = dispatch_order(
        order_id=WorkOrderFactory().pk, lead=housing, basis=DispatchBasis.PERSON, routing={},
        actor=dispatcher, now=last_days_of_2026,
    )  # fmt: skip
    waited = (order.due_at, order.parties.get().due_at)

    save_calendar_year(
        year=2027, entries=[], source="通知", actor=dispatcher, now=last_days_of_2026
    )

    order.refresh_from_db()
    assert waited == (None, None)
    assert order.due_at == order.parties.get().due_at == datetime(2027, 1, 6, tzinfo=SHANGHAI)
    assert order.steps.last().name == "recount"


def test_an_assisting_unit_has_no_longer_than_its_lead(make_dispatched, dispatcher, police):
    order = make_dispatched(assisting=(police,))
    assert order.parties.get(unit=police).due_at > at(18)

    shortened = shorten_time(
        order_id=order.pk, n=2, unit=WORKING_DAY, leader="王副市长", reason="尽快恢复供水",
        actor=dispatcher, now=at(15, 9),
    )  # fmt: skip

    assert {party.due_at for party in shortened.parties.all()} == {at(18)}


def test_an_assisting_unit_that_ends_earlier_keeps_its_time(make_dispatched, dispatcher, police):
    order = make_dispatched(assisting=(police,))
    clock = Clock.objects.get(owner_id=order.pk, name=ClockName.HANDLE, unit=police)
    shorten_clock(
        clock=clock, limit=replace(limit_from_json(clock.limit), n=Decimal(1)),
        leader="李", given_at=at(14, 10),
        actor=dispatcher, now=at(14, 10),
    )  # fmt: skip

    shortened = shorten_time(
        order_id=order.pk, n=2, unit=WORKING_DAY, leader="王副市长", reason="尽快恢复供水",
        actor=dispatcher, now=at(15, 9),
    )  # fmt: skip

    assert shortened.parties.get(unit=police).due_at == at(16)
    assert shortened.due_at == at(18)


def test_a_shipped_statute_brings_its_article_and_the_extension_that_it_allows(
    make_begun, dispatcher, head, now
):
    order = apply_known_statute(
        order_id=make_begun().pk, key="market check", is_caller_told=True,
        actor=dispatcher, now=now,
    )  # fmt: skip
    clock = handling(order)

    assert (order.due_at, clock.basis) == (at(6, month=12), ClockBasis.STATUTE)  # 15 working days
    assert "核查" in clock.limit_source
    assert (clock.must_tell_caller, clock.caller_told_at) == (True, now)
    ask_for_more_time(
        order_id=order.pk, days=15, reason="须检验", is_caller_told=True, actor=head, now=now
    )
    order = decide_extension(
        order_id=order.pk, is_granted=True, decision="", actor=dispatcher, now=now
    )
    assert order.due_at == at(27, month=12)


@pytest.mark.parametrize(
    ("key", "is_told"), [("market check", False), ("market", True), ("", True)]
)
def test_a_statute_that_is_not_shipped_or_not_told_changes_nothing(
    key, is_told, make_begun, dispatcher, now
):
    order = make_begun()

    with pytest.raises(StepRefusedError):
        apply_known_statute(
            order_id=order.pk, key=key, is_caller_told=is_told, actor=dispatcher, now=now
        )

    assert handling(order).basis == ClockBasis.PRESET
