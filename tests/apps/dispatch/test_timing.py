from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.factories import (
    AppealFactory,
    ChannelFactory,
    TopicFactory,
    UserFactory,
    WorkOrderFactory,
)

from civicloop.apps.accounts.models import Role
from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.dispatch.actions.call_backs import Heard, record_call_back
from civicloop.apps.dispatch.actions.dispatching import dispatch_order, redispatch_order
from civicloop.apps.dispatch.actions.handling import sign_order
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, move_order
from civicloop.apps.dispatch.actions.objecting import Grounds, object_to_order, withdraw_objection
from civicloop.apps.dispatch.actions.opening import open_order_for
from civicloop.apps.dispatch.actions.supervising import issue_sheet
from civicloop.apps.dispatch.actions.telling import tell_leader, who_may_be_told
from civicloop.apps.dispatch.models import (
    CallBackWay,
    DispatchBasis,
    ObjectionGround,
    OrderState,
    Resolved,
    SupervisionSheet,
)
from civicloop.apps.dispatch.notice_kinds import INSTRUCTION_ENDED
from civicloop.apps.dispatch.queries.offers import steps_offered
from civicloop.apps.dispatch.queries.order_page import order_details
from civicloop.apps.dispatch.timing import answer_expected_at
from civicloop.apps.intake.models import Kind, Urgency
from civicloop.apps.notices.models import Notice
from civicloop.config.sweeping import sweep

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
HALF_HOUR = timedelta(minutes=30)  # after nine the order is dispatched


def at(day: int, hour: int = 0, *, month: int = 11) -> datetime:
    return datetime(2023, month, day, hour, tzinfo=SHANGHAI)


def running(order) -> set[tuple[str, int | None]]:
    clocks = Clock.objects.of_owner("work_order", order.pk).filter(stopped_at=None)
    return {(clock.name, clock.unit_id) for clock in clocks}


def take(order, name, actor, now, **more):
    return move_order(order_id=order.pk, step=Step(name=name, actor=actor, now=now, **more))


def test_an_order_that_is_opened_is_to_be_dispatched_within_half_a_working_day(dispatcher, now):
    order = open_order_for(
        appeal=AppealFactory(), is_registered=True, actor=dispatcher, now=at(14, 9)
    )

    assert running(order) == {(ClockName.DISPATCH, None)}
    assert at(14, 12) <= order.due_at <= at(14, 15)


@pytest.mark.parametrize(
    ("kind", "looked_at", "expected"),
    [
        (Kind.COMPLAINT, at(14, 9), at(22)),  # dispatched on the 14th, five working days from there
        (Kind.ENQUIRY, at(14, 9), at(18)),
        (Kind.COMPLAINT, at(16, 9), at(24)),  # the dispatch is late: from now
    ],
)
def test_before_a_unit_has_an_order_its_answer_is_expected_after_the_units_time(
    dispatcher, kind, looked_at, expected
):
    order = open_order_for(
        appeal=AppealFactory(kind=kind), is_registered=True, actor=dispatcher, now=at(14, 9)
    )

    assert answer_expected_at(order, now=looked_at) == expected
    assert order.answer_due_at is None  # what is due is the dispatch


def test_with_a_unit_the_answer_is_expected_when_it_is_due_and_after_the_end_never(
    make_dispatched, now
):
    order = make_dispatched()

    assert answer_expected_at(order, now=now) == order.answer_due_at == order.due_at == at(22)
    order.state = OrderState.CLOSED
    assert answer_expected_at(order, now=now) is order.answer_due_at is None


def test_who_told_the_same_as_others_expects_the_answer_with_theirs(make_dispatched, now):
    master = make_dispatched()
    merged = WorkOrderFactory(state=OrderState.MERGED, master=master, due_at=at(14, 12))

    assert answer_expected_at(merged, now=now) == at(22)


def test_lead_and_assisting_unit_have_five_working_days_each_of_their_own(
    make_dispatched, housing, police
):
    order = make_dispatched(assisting=(police,))  # Tuesday 2023-11-14

    assert running(order) == {
        (ClockName.HANDLE, housing.pk),
        (ClockName.OBJECT, housing.pk),
        (ClockName.HANDLE, police.pk),
    }
    assert order.due_at == at(22)  # Tuesday the 21st, 24:00
    assert {party.due_at for party in order.parties.all()} == {at(22)}


def test_an_enquiry_has_three_working_days(make_dispatched, housing):
    order = make_dispatched(kind=Kind.ENQUIRY)

    assert (ClockName.CONSULT, housing.pk) in running(order)
    assert order.due_at == at(18)


@pytest.mark.parametrize(
    ("preset", "channel", "urgency", "due"),
    [
        ("bengbu", "web", Urgency.GENERAL, at(18)),  # three working days
        ("bengbu", "mailbox", Urgency.URGENT, at(18)),
        ("bengbu", "hotline", Urgency.GENERAL, at(22)),  # five
        ("lueliang", "web", Urgency.GENERAL, at(22)),
    ],
)
def test_a_city_may_give_what_came_by_web_another_time(
    make_dispatched, settings, preset, channel, urgency, due
):
    settings.CLOCK_PRESET = preset
    appeal = AppealFactory(channel=ChannelFactory(code=channel))

    assert make_dispatched(appeal=appeal, urgency=urgency).due_at == due


@pytest.mark.parametrize(
    ("preset", "case", "urgency", "due"),
    [
        ("beijing", "utilities", Urgency.GENERAL, at(15, 9) + HALF_HOUR),  # 24 hours
        ("beijing", "complex", Urgency.GENERAL, at(30)),  # 15 days
        ("beijing", "", Urgency.GENERAL, at(22)),  # 7 days
        ("beijing", "utilities", Urgency.URGENT, at(14, 11) + HALF_HOUR),  # 2 hours
        ("lueliang", "utilities", Urgency.GENERAL, at(22)),  # 5 working days, whatever the topic
    ],
)
def test_a_city_may_give_water_power_gas_heat_and_complex_matters_another_time(
    make_dispatched, settings, preset, case, urgency, due
):
    settings.CLOCK_PRESET = preset
    topic = TopicFactory(path="水电气暖/供水/停水", limit_case=case)

    order = make_dispatched(topic=topic, urgency=urgency)

    assert order.due_at == due
    assert {party.due_at for party in order.parties.all()} == {due}


def test_an_enquiry_has_the_time_of_any_matter_where_a_city_gives_it_none_of_its_own(
    make_dispatched, settings, housing
):
    settings.CLOCK_PRESET = "beijing"

    order = make_dispatched(kind=Kind.ENQUIRY)

    assert (ClockName.HANDLE, housing.pk) in running(order)
    assert order.due_at == at(22)


def test_an_urgent_order_is_to_be_responded_to_in_half_an_hour(make_dispatched, now):
    order = make_dispatched(urgency="urgent")

    [clock] = Clock.objects.filter(name=ClockName.RESPOND, owner_id=order.pk)
    assert clock.due_at == now + timedelta(minutes=30)


def test_the_next_unit_gets_time_of_its_own(make_dispatched, dispatcher, police):
    order = make_dispatched()
    redispatch_order(order_id=order.pk, reason="派错", actor=dispatcher, now=at(20, 9))

    again = dispatch_order(
        order_id=order.pk,
        lead=police,
        basis=DispatchBasis.PERSON,
        routing={},
        actor=dispatcher,
        now=at(20, 10),
    )

    assert again.due_at == at(28)  # five working days after Monday the 20th
    assert {unit for _name, unit in running(again)} == {police.pk}


def test_the_time_a_suspension_stood_is_given_back(make_signed, clerk, dispatcher):
    order = make_signed()
    take(order, "begin", clerk, at(15, 9))
    take(order, "suspend", dispatcher, at(15, 9), reason="appraisal", note="鉴定委托书")

    resumed = take(order, "resume", dispatcher, at(17, 9))

    assert resumed.due_at == at(24)
    assert resumed.parties.get().due_at == resumed.due_at


@pytest.mark.parametrize(("reason", "note"), [("weekend", "休息"), ("hearing", " ")])
def test_an_order_is_suspended_for_a_listed_cause_with_evidence(
    reason, note, make_signed, dispatcher, now
):
    with pytest.raises(StepRefusedError, match="事由"):
        take(make_signed(), "suspend", dispatcher, now, reason=reason, note=note)


def test_a_reply_that_fails_review_gains_no_time(make_signed, clerk, dispatcher):
    order = make_signed()
    take(order, "begin", clerk, at(15, 9))
    replied = take(order, "reply", clerk, at(16, 9))
    assert running(replied) == set()

    failed = take(order, "fail_review", dispatcher, at(17, 9), reason="beside")

    assert running(failed) == {(ClockName.HANDLE, order.lead_unit_id)}
    assert failed.due_at == at(22)


def test_an_assisting_unit_that_signs_and_replies_stops_only_its_own_clock(
    make_dispatched, police, housing, now
):
    order = make_dispatched(assisting=(police,))
    assistant = UserFactory(role=Role.UNIT_CLERK, unit=police)

    sign_order(order_id=order.pk, actor=assistant, now=now)

    assert (ClockName.HANDLE, police.pk) in running(order)
    assert (ClockName.OBJECT, housing.pk) in running(order)


def test_a_unit_that_does_not_object_in_time_handles_the_order(make_dispatched, clerk):
    order = make_dispatched()  # the time ends on the 15th at 24:00
    grounds = Grounds(ground=ObjectionGround.UNCLEAR, statement="看不明白")

    with pytest.raises(StepRefusedError, match="异议期限"):
        object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=at(16, 1))
    objected = object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=at(15, 23))

    assert objected.state == "objected"


def test_an_objection_that_was_taken_back_gives_no_more_time_to_object(make_dispatched, clerk):
    order = make_dispatched()  # the time ends on the 15th at 24:00
    grounds = Grounds(ground=ObjectionGround.UNCLEAR, statement="看不明白")
    object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=at(15, 9))
    withdraw_objection(order_id=order.pk, actor=clerk, now=at(15, 10))

    with pytest.raises(StepRefusedError, match="异议期限"):
        object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=at(16, 1))
    again = object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=at(15, 11))

    assert again.state == OrderState.OBJECTED


def test_to_object_is_offered_while_there_is_time(make_dispatched, clerk):
    order = make_dispatched()

    def offered(now: datetime) -> list[str]:
        return steps_offered(order_details(order, clerk, now=now), clerk, now=now)

    assert "object" in offered(at(15, 23))
    assert "object" not in offered(at(16, 1))


def test_an_order_done_again_has_time_of_its_own_in_each_round(make_signed, clerk, dispatcher):
    order = make_signed()
    for name, actor in [("begin", clerk), ("reply", clerk), ("pass_review", dispatcher)]:
        take(order, name, actor, at(16, 9))
    heard = Heard(key="a", round=1, way=CallBackWay.WEB, is_reached=True, resolved=Resolved.NO)
    record_call_back(order_id=order.pk, heard=heard, actor=None, now=at(20, 9))

    order.refresh_from_db()
    assert order.due_at == at(28)


def test_nothing_is_waited_for_when_an_order_has_ended(make_signed, dispatcher, now):
    order = make_signed()

    ended = take(order, "withdraw", dispatcher, now, reason="asked", close_type="withdrawn")

    assert running(ended) == set()


def test_an_overdue_order_is_supervised_once_and_its_unit_told_once(make_dispatched, clerk):
    order = make_dispatched()

    swept = sweep(now=at(22, 1))
    again = sweep(now=at(22, 2))

    assert (swept.overdue >= 1, again.overdue) == (True, 0)
    sheet = SupervisionSheet.objects.get(order=order)
    assert (sheet.level, sheet.cause, sheet.issued_by) == (1, "overdue", None)
    assert sheet.due_at is not None
    told = list(Notice.objects.filter(user=clerk).order_by("id").values_list("kind", flat=True))
    assert told == ["order_overdue", "sheet_issued"]


def test_a_unit_is_reminded_before_the_order_is_due(make_dispatched, clerk, police):
    order = make_dispatched()
    stranger = UserFactory(role=Role.UNIT_CLERK, unit=police)

    sweep(now=at(21, 20))

    notice = Notice.objects.get(kind="order_near_due")
    assert (notice.user, notice.reference) == (clerk, order.number)
    assert notice.params == {"due": "2023-11-21 24:00"}
    assert not Notice.objects.filter(user=stranger).exists()


def test_a_sheet_that_is_not_answered_rises_to_the_third_level_and_no_further(make_dispatched):
    order = make_dispatched()
    levels = []

    for moment in (at(22, 1), at(20, 1, month=12), at(20, 1, month=12) + timedelta(days=60)):
        sweep(now=moment)
        levels.append(order.sheets.order_by("-id").values_list("level", flat=True)[0])
    sweep(now=at(20, 1, month=12) + timedelta(days=120))

    assert levels == [1, 2, 3]
    assert order.sheets.count() == 3


def test_a_late_dispatch_is_told_to_the_dispatchers(dispatcher):
    order = open_order_for(
        appeal=AppealFactory(), is_registered=True, actor=dispatcher, now=at(14, 9)
    )

    sweep(now=at(16, 9))

    assert Notice.objects.get().reference == order.number
    assert not WorkOrderFactory._meta.model.objects.filter(supervision_level__gt=0).exists()


def test_an_order_taken_from_its_unit_keeps_none_of_the_units_clocks(
    make_dispatched, dispatcher, housing, clerk
):
    order = make_dispatched()

    redispatch_order(order_id=order.pk, reason="派错", actor=dispatcher, now=at(15, 9))
    sweep(now=at(30))

    order.refresh_from_db()
    assert running(order) == {(ClockName.DISPATCH, None)}
    assert order.due_at < at(16)
    assert not SupervisionSheet.objects.exists()
    assert not Notice.objects.filter(user=clerk).exists()


def test_a_round_that_is_not_answered_is_not_answered_in_time(make_replied, dispatcher, now):
    order = make_replied()
    for name in ("pass_review", "call_back"):
        take(order, name, dispatcher, now)
    heard = Heard(key="a", round=1, way=CallBackWay.PHONE, is_reached=True, resolved=Resolved.NO)

    record_call_back(order_id=order.pk, heard=heard, actor=dispatcher, now=now)

    order.refresh_from_db()
    assert (order.round, order.replied_at, order.reviewed_at) == (2, None, None)


def test_of_a_late_report_nobody_of_the_accused_unit_is_told(dispatcher, police):
    """Its number alone would tell that somebody reported them."""
    insider = UserFactory(role=Role.DISPATCHER, unit=police)
    report, complaint = (
        open_order_for(
            appeal=AppealFactory(kind=kind), is_registered=True, actor=dispatcher, now=at(14, 9)
        )
        for kind in (Kind.REPORT, Kind.COMPLAINT)
    )
    type(report).objects.update(respondent_unit=police)

    sweep(now=at(16, 9))

    told = set(Notice.objects.values_list("user", "reference"))
    assert told == {
        (dispatcher.pk, report.number),
        (dispatcher.pk, complaint.number),
        (insider.pk, complaint.number),  # the red twin: of what is no report they are told
    }


def test_whoever_gave_an_instruction_is_told_nothing_more_once_the_report_is_about_them(
    make_dispatched, police, now
):
    insider = UserFactory(role=Role.SUPERVISOR, unit=police)
    order = make_dispatched(appeal__kind=Kind.REPORT)
    sheet = issue_sheet(
        order_id=order.pk, level=1, cause="by_hand", reason="-", unit=order.lead_unit,
        actor=insider, now=now,
    )  # fmt: skip
    order.refresh_from_db()

    assert who_may_be_told([insider], order) == [insider]
    type(order).objects.update(respondent_unit=police)
    order.refresh_from_db()
    assert who_may_be_told([insider], order) == []
    tell_leader(type(sheet).objects.get(pk=sheet.pk), INSTRUCTION_ENDED, now=now)
    assert not Notice.objects.filter(user=insider).exists()
