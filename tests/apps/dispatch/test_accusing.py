"""Whom an order is about is often learned when a unit has it already."""

import io

import pytest
from PIL import Image
from tests.factories import AppealFactory, UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.clocks.models import Clock, PauseReason
from civicloop.apps.dispatch.actions.accusing import Respondent, name_respondent
from civicloop.apps.dispatch.actions.call_backs import begin_call_back
from civicloop.apps.dispatch.actions.closing import withdraw_order
from civicloop.apps.dispatch.actions.dispatching import dispatch_by_hand, reopen_order
from civicloop.apps.dispatch.actions.evidence import add_evidence, read_evidence
from civicloop.apps.dispatch.actions.merging import merge_orders
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.actions.objecting import Grounds, object_to_order
from civicloop.apps.dispatch.actions.replying import (
    ReplyText,
    sign_final_reply,
    waiting_final_reply,
)
from civicloop.apps.dispatch.actions.reviewing import pass_reply
from civicloop.apps.dispatch.actions.suspending import suspend_order
from civicloop.apps.dispatch.models import (
    ObjectionGround,
    OrderState,
    ReplyClaim,
    Verdict,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.offers import steps_offered
from civicloop.apps.dispatch.queries.order_page import order_details
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.intake.actions.registering import Form, Told, register_appeal
from civicloop.apps.intake.models import Channel, Kind, RecordedOn
from civicloop.apps.intake.shown import hidden_from_unit
from civicloop.apps.notices.models import Notice
from civicloop.apps.vault.identities import ContactDetails

pytestmark = pytest.mark.both_databases


@pytest.fixture
def name(dispatcher, now):
    def name(order, unit=None, *, someone="", reason="来电补充", actor=None, **more) -> WorkOrder:
        return name_respondent(
            order_id=order.pk, respondent=Respondent(unit=unit, name=someone), reason=reason,
            actor=actor or dispatcher, now=now, **more,
        )  # fmt: skip

    return name


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "JPEG")
    file.seek(0)
    return file


def running(order):
    return Clock.objects.filter(owner_type="work_order", owner_id=order.pk, stopped_at=None)


def test_before_dispatch_the_unit_is_kept_from_the_order(name, dispatcher, housing, now) -> None:
    order = name(WorkOrderFactory(), housing)

    assert (order.state, order.respondent_unit) == (OrderState.TRIAGE, housing)
    with pytest.raises(StepRefusedError):
        dispatch_by_hand(
            order_id=order.pk, lead=housing, assisting=[], note="", actor=dispatcher, now=now
        )


def test_who_said_so_and_why_is_kept(name, dispatcher, housing, police) -> None:
    order = name(WorkOrderFactory(respondent_unit=police), housing, reason="市民来电更正")

    step = order.steps.get(name="name_respondent")
    assert (step.actor, step.note) == (dispatcher, "公安局 → 住建局 · 市民来电更正")
    event = AuditEvent.objects.get(action="order_name_respondent")
    assert (event.object_id, event.actor_id) == (str(order.pk), dispatcher.pk)


@pytest.mark.parametrize("made", ["make_dispatched", "make_signed", "make_begun", "make_replied"])
def test_the_unit_that_has_the_order_loses_it_and_sees_it_no_more(
    name, request, made, housing, clerk, now
) -> None:
    order = request.getfixturevalue(made)()
    assert orders_visible_to(clerk).filter(pk=order.pk).exists()

    order = name(order, housing)

    assert (order.state, order.lead_unit, order.return_count) == (OrderState.TRIAGE, None, 1)
    assert not order.parties.filter(is_open=True).exists()
    assert not orders_visible_to(clerk).filter(pk=order.pk).exists()
    assert [clock.name for clock in running(order)] == ["dispatch"]
    assert order.due_at == running(order).get().due_at


def test_what_a_unit_answered_about_itself_does_not_count(
    name, make_replied, dispatcher, housing, now
) -> None:
    order = pass_reply(order_id=make_replied().pk, note="", actor=dispatcher, now=now)

    order = name(order, housing)

    assert (order.state, order.round, order.replied_at) == (OrderState.TRIAGE, 2, None)
    order.appeal.refresh_from_db()
    assert order.appeal.is_waiting


def test_a_call_back_that_is_waited_for_ends(name, make_replied, dispatcher, housing, now) -> None:
    order = pass_reply(order_id=make_replied().pk, note="", actor=dispatcher, now=now)
    begin_call_back(order_id=order.pk, actor=dispatcher, now=now)

    assert name(order, housing).state == OrderState.TRIAGE


def test_an_objection_that_waits_ends_with_it_and_is_no_precedent(
    name, make_dispatched, clerk, housing, now
) -> None:
    grounds = Grounds(ground=ObjectionGround.UNCLEAR, statement="内容不清")
    order = object_to_order(order_id=make_dispatched().pk, grounds=grounds, actor=clerk, now=now)

    order = name(order, housing)

    objection = order.objections.get()
    assert (order.state, objection.verdict) == (OrderState.TRIAGE, Verdict.UPHELD)
    assert objection.topic_path == ""


def test_an_order_that_rests_is_taken_too(name, make_begun, dispatcher, housing, now) -> None:
    order = suspend_order(
        order_id=make_begun().pk, cause=PauseReason.HEARING, evidence="听证通知〔1〕号",
        actor=dispatcher, now=now,
    )  # fmt: skip

    order = name(order, housing)

    assert order.state == OrderState.TRIAGE
    assert [clock.name for clock in running(order)] == ["dispatch"]


def test_a_final_reply_of_the_unit_that_lost_the_order_waits_for_nobody(
    name, make_begun, dispatcher, housing, police, head, now
) -> None:
    order = make_begun()
    add_evidence(
        order_id=order.pk, kept=read_evidence(picture()), name="现场.jpg", actor=head, now=now
    )
    final = ReplyText(text="依规不予支持。", claim=ReplyClaim.EXPLAINED)
    order = sign_final_reply(order_id=order.pk, reply=final, actor=head, now=now)
    assert waiting_final_reply(order)

    order = name(order, housing)
    order = dispatch_by_hand(
        order_id=order.pk, lead=police, assisting=[], note="", actor=dispatcher, now=now
    )

    assert waiting_final_reply(order) is None
    shown = order_details(order, dispatcher, now=now)
    assert "decide_final" not in steps_offered(shown, dispatcher, now=now)


def test_a_unit_that_assists_is_let_go_and_the_lead_goes_on(
    name, make_dispatched, housing, police
) -> None:
    order = name(make_dispatched(lead=housing, assisting=(police,)), police)

    assert (order.state, order.lead_unit) == (OrderState.DISPATCHED, housing)
    assert [party.unit for party in order.parties.filter(is_open=True)] == [housing]
    assert not running(order).filter(unit=police).exists()
    assert running(order).filter(unit=housing).exists()
    people = UserFactory(role=Role.UNIT_CLERK, unit=police)
    assert not orders_visible_to(people).filter(pk=order.pk).exists()


def test_merged_into_an_order_of_the_unit_it_stands_alone_again(
    name, make_dispatched, dispatcher, housing, now
) -> None:
    master, order = make_dispatched(), WorkOrderFactory()
    merge_orders(
        master_id=master.pk, order_ids=[order.pk], reason="同一事项", actor=dispatcher, now=now
    )

    order = name(order, housing)

    assert (order.state, order.master, order.respondent_unit) == (OrderState.TRIAGE, None, housing)
    master.refresh_from_db()
    assert master.lead_unit == housing


def test_what_the_unit_ended_must_be_opened_again_first(
    name, make_signed, dispatcher, housing, now
) -> None:
    order = withdraw_order(order_id=make_signed().pk, reason="撤回", actor=dispatcher, now=now)

    with pytest.raises(StepRefusedError):
        name(order, housing)
    reopen_order(order_id=order.pk, new_fact="所诉即该单位", actor=dispatcher, now=now)

    assert name(order, housing).respondent_unit == housing


def test_of_an_order_that_others_ended_the_unit_finds_nothing(
    name, make_signed, dispatcher, police, now
) -> None:
    appeal = AppealFactory(kind=Kind.REPORT)
    order = make_signed(appeal=appeal, kind=Kind.REPORT)
    withdraw_order(order_id=order.pk, reason="撤回", actor=dispatcher, now=now)

    name(order, police)

    assert hidden_from_unit(police.pk).filter(pk=appeal.pk).exists()


def test_the_appeal_is_hidden_from_whom_it_is_about_now_and_no_more_from_whom_it_is_not(
    name, dispatcher, housing, police, now
) -> None:
    told = Told(
        text="举报收受贿赂", kind=Kind.REPORT, channel=Channel.objects.first() or AppealFactory().channel,
        respondent_unit=police,
    )  # fmt: skip
    form = Form(token="t" * 40, body_hash="", recorded_on=RecordedOn.SEAT, actor=dispatcher)
    appeal = register_appeal(told=told, contact=ContactDetails(), form=form, now=now).appeal
    order = WorkOrderFactory(appeal=appeal, kind=Kind.REPORT, respondent_unit=police)

    name(order, housing)

    assert hidden_from_unit(housing.pk).filter(pk=appeal.pk).exists()
    assert not hidden_from_unit(police.pk).filter(pk=appeal.pk).exists()
    dispatched = dispatch_by_hand(
        order_id=order.pk, lead=police, assisting=[], note="", actor=dispatcher, now=now
    )
    people = UserFactory(role=Role.UNIT_CLERK, unit=police)
    assert orders_visible_to(people).filter(pk=dispatched.pk).exists()


def test_somebody_who_is_no_unit_changes_nothing_of_who_handles_it(name, make_signed) -> None:
    order = name(make_signed(), someone="  某物业公司  ")

    assert (order.state, order.respondent_name) == (OrderState.SIGNED, "某物业公司")


def test_it_can_turn_out_to_be_about_nobody(name, housing) -> None:
    order = name(WorkOrderFactory(respondent_unit=housing))

    assert order.respondent_unit is None


def test_who_may_not_and_what_says_nothing_is_refused(name, make_signed, clerk, housing, police):
    order = make_signed(respondent_unit=police)

    for wrong in (
        {"unit": housing, "actor": clerk},
        {"unit": housing, "actor": UserFactory(role=Role.OPERATOR)},
        {"unit": housing, "reason": " "},
        {"unit": police},
    ):
        with pytest.raises(StepRefusedError):
            name(order, **wrong)
    with pytest.raises(StaleOrderError):
        name(order, housing, seen_version=order.version - 1)
    order.refresh_from_db()
    assert order.respondent_unit == police


def test_a_report_is_taken_from_the_accused_and_nobody_of_it_is_told(
    name, make_signed, housing, clerk
) -> None:
    order = make_signed(appeal=AppealFactory(kind=Kind.REPORT), kind=Kind.REPORT)
    told = Notice.objects.count()

    name(order, housing)

    assert Notice.objects.count() == told
    assert not orders_visible_to(clerk).exists()
    watcher = UserFactory(role=Role.SUPERVISOR, unit=housing)
    assert not orders_visible_to(watcher).exists()
    assert orders_visible_to(UserFactory(role=Role.SUPERVISOR, unit=UnitFactory())).exists()
