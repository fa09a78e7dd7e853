import pytest
from tests.factories import AppealFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.citizens import reopen_appeal
from civicloop.apps.dispatch.actions.dispatching import (
    dispatch_order,
    redispatch_order,
    reopen_order,
)
from civicloop.apps.dispatch.actions.moving import (
    StaleOrderError,
    Step,
    StepRefusedError,
    move_order,
)
from civicloop.apps.dispatch.actions.opening import Circumstances, open_order_for
from civicloop.apps.dispatch.models import CloseType, DispatchBasis, OrderState, WorkOrder
from civicloop.apps.intake.models import Kind

pytestmark = pytest.mark.django_db


def test_a_step_is_kept_with_who_took_it_and_why(make_dispatched, clerk, housing, now):
    order = make_dispatched()

    moved = move_order(order_id=order.pk, step=Step(name="sign", actor=clerk, now=now, note="收到"))

    assert (moved.state, moved.version) == (OrderState.SIGNED, 3)
    step = moved.steps.get(version=3)
    assert (step.name, step.from_state, step.to_state) == ("sign", "dispatched", "signed")
    assert (step.actor, step.unit, step.note, step.at) == (clerk, housing, "收到", now)
    event = AuditEvent.objects.get(action="order_sign", object_id=str(order.pk))
    assert event.details == {"from": "dispatched", "to": "signed", "reason": ""}


def test_a_step_from_another_state_is_refused_with_the_states_it_starts_from(clerk, now):
    order = WorkOrderFactory()

    with pytest.raises(StepRefusedError, match=r"待派发.*已派发"):
        move_order(order_id=order.pk, step=Step(name="sign", actor=clerk, now=now))

    order.refresh_from_db()
    assert (order.state, order.version, order.steps.count()) == (OrderState.TRIAGE, 1, 1)


def test_a_role_that_may_not_is_refused(make_dispatched, dispatcher, now):
    with pytest.raises(StepRefusedError, match="角色"):
        move_order(order_id=make_dispatched().pk, step=Step(name="sign", actor=dispatcher, now=now))


def test_a_clerk_of_another_unit_is_refused(make_dispatched, police, now):
    stranger = UserFactory(role=Role.UNIT_CLERK, unit=police)

    with pytest.raises(StepRefusedError, match="主办单位"):
        move_order(order_id=make_dispatched().pk, step=Step(name="sign", actor=stranger, now=now))


def test_an_assisting_unit_does_not_sign_for_the_lead_unit(make_dispatched, police, now):
    order = make_dispatched(assisting=(police,))
    assistant = UserFactory(role=Role.UNIT_CLERK, unit=police)

    with pytest.raises(StepRefusedError, match="主办单位"):
        move_order(order_id=order.pk, step=Step(name="sign", actor=assistant, now=now))


def test_a_step_that_needs_a_reason_is_refused_without_one(make_signed, dispatcher, now):
    with pytest.raises(StepRefusedError, match="理由"):
        move_order(
            order_id=make_signed().pk,
            step=Step(name="suspend", actor=dispatcher, now=now, note=" "),
        )


def test_a_platform_job_takes_only_the_steps_left_to_it(make_signed, now):
    with pytest.raises(StepRefusedError, match="人工"):
        move_order(
            order_id=make_signed().pk,
            step=Step(name="suspend", actor=None, now=now, reason="hearing"),
        )


def test_the_second_of_two_clerks_sees_what_the_first_did_and_nothing_is_lost(
    make_dispatched, clerk, dispatcher, now
):
    order = make_dispatched()
    seen = order.version
    sign = Step(name="sign", actor=clerk, now=now, seen_version=seen)
    move_order(order_id=order.pk, step=sign)

    with pytest.raises(StaleOrderError) as refused:
        redispatch_order(
            order_id=order.pk, reason="派错", actor=dispatcher, now=now, seen_version=seen
        )

    assert [(step.name, step.actor) for step in refused.value.steps] == [("sign", clerk)]
    order.refresh_from_db()
    assert (order.state, order.lead_unit_id) == (OrderState.SIGNED, order.lead_unit_id)


def test_an_order_is_never_given_to_the_unit_complained_of(dispatcher, housing, now):
    order = WorkOrderFactory(respondent_unit=housing)

    with pytest.raises(StepRefusedError, match="住建局"):
        dispatch_order(
            order_id=order.pk,
            lead=housing,
            basis=DispatchBasis.PERSON,
            routing={},
            actor=dispatcher,
            now=now,
        )

    order.refresh_from_db()
    assert (order.state, order.lead_unit, order.parties.count()) == (OrderState.TRIAGE, None, 0)


def test_the_unit_complained_of_does_not_even_assist(dispatcher, housing, police, now):
    order = WorkOrderFactory(respondent_unit=police)

    with pytest.raises(StepRefusedError, match="公安局"):
        dispatch_order(
            order_id=order.pk,
            lead=housing,
            assisting=[police],
            basis=DispatchBasis.PERSON,
            routing={},
            actor=dispatcher,
            now=now,
        )


def test_a_designated_unit_cannot_return_the_order(make_dispatched, clerk, now):
    order = make_dispatched()
    WorkOrder.objects.filter(pk=order.pk).update(is_designated=True)

    with pytest.raises(StepRefusedError, match="指定"):
        move_order(
            order_id=order.pk,
            step=Step(name="object", actor=clerk, now=now, reason="not_my_duty"),
        )


def test_the_lead_unit_waits_for_the_assisting_units(make_dispatched, police, clerk, now):
    order = make_dispatched(assisting=(police,))
    for name in ("sign", "begin"):
        move_order(order_id=order.pk, step=Step(name=name, actor=clerk, now=now))

    with pytest.raises(StepRefusedError, match="公安局"):
        move_order(order_id=order.pk, step=Step(name="reply", actor=clerk, now=now))


@pytest.mark.parametrize(
    ("kind", "other_kind", "caller", "other_caller", "is_refused"),
    [
        (Kind.COMPLAINT, Kind.HELP, "a", "b", False),
        (Kind.REPORT, Kind.COMPLAINT, "a", "a", True),
        (Kind.COMPLAINT, Kind.REPORT, "a", "a", True),
        (Kind.REPORT, Kind.REPORT, "a", "b", True),
        (Kind.REPORT, Kind.REPORT, "a", "a", False),
    ],
)
def test_a_report_of_a_wrong_is_not_merged_with_what_others_may_see(
    kind, other_kind, caller, other_caller, is_refused, dispatcher, now
):
    order = WorkOrderFactory(kind=kind, appeal=AppealFactory(kind=kind, caller_key=caller))
    master = WorkOrderFactory(
        kind=other_kind, appeal=AppealFactory(kind=other_kind, caller_key=other_caller)
    )

    def follow(locked: WorkOrder) -> None:
        locked.master = master

    step = Step(name="merge", actor=dispatcher, now=now, reason="same_matter")
    if is_refused:
        with pytest.raises(StepRefusedError):
            move_order(order_id=order.pk, step=step, effect=follow)
    else:
        assert move_order(order_id=order.pk, step=step, effect=follow).state == OrderState.MERGED


def test_an_order_that_is_taken_back_waits_again_and_its_units_have_ended(
    make_signed, dispatcher, now
):
    order = make_signed()

    taken = redispatch_order(order_id=order.pk, reason="派错单位", actor=dispatcher, now=now)

    assert (taken.state, taken.lead_unit, taken.return_count) == (OrderState.TRIAGE, None, 1)
    assert [party.ended_at for party in taken.parties.all()] == [now]


def test_an_order_that_is_opened_carries_what_was_learned_at_intake(housing, dispatcher, now):
    appeal = AppealFactory(kind=Kind.REPORT)

    order = open_order_for(
        appeal=appeal,
        circumstances=Circumstances(is_confidential=True, respondent_unit=housing),
        is_registered=True,
        actor=dispatcher,
        now=now,
    )

    assert (order.state, order.kind, order.is_confidential) == ("registered", "report", True)
    assert order.respondent_unit == housing
    assert [step.name for step in order.steps.all()] == ["open"]
    assert order.number == f"20231114{order.pk:07d}"


def test_an_ended_order_says_how_it_ended(dispatcher, now):
    order = WorkOrderFactory(state=OrderState.REGISTERED)

    step = Step(
        name="answer", actor=dispatcher, now=now, reason="known", close_type=CloseType.ANSWERED
    )
    closed = move_order(order_id=order.pk, step=step)

    assert (closed.closed_at, closed.close_type) == (now, CloseType.ANSWERED)


def test_a_reopened_order_has_no_end_any_more(dispatcher, now):
    order = WorkOrderFactory(state=OrderState.CLOSED, closed_at=now, close_type=CloseType.EXPLAINED)

    step = Step(name="reopen", actor=dispatcher, now=now, reason="new_fact")
    reopened = move_order(order_id=order.pk, step=step)

    assert (reopened.state, reopened.closed_at, reopened.close_type) == ("triage", None, "")


def test_a_closed_order_is_no_longer_in_the_hands_of_its_unit(make_signed, dispatcher, now):
    order = make_signed()

    step = Step(
        name="withdraw", actor=dispatcher, now=now, reason="asked", close_type=CloseType.WITHDRAWN
    )
    closed = move_order(order_id=order.pk, step=step)

    assert [(party.is_open, party.ended_at) for party in closed.parties.all()] == [(False, now)]


def test_a_reopened_order_begins_a_new_round_without_a_unit(make_signed, dispatcher, now):
    order = make_signed()
    step = Step(
        name="withdraw", actor=dispatcher, now=now, reason="asked", close_type=CloseType.WITHDRAWN
    )
    move_order(order_id=order.pk, step=step)

    again = reopen_order(order_id=order.pk, new_fact="又漏水了", actor=dispatcher, now=now)

    assert (again.state, again.round, again.lead_unit) == (OrderState.TRIAGE, 2, None)


def test_an_order_is_not_reopened_without_a_new_fact(dispatcher, now):
    order = WorkOrderFactory(state=OrderState.CLOSED, closed_at=now, close_type=CloseType.EXPLAINED)

    with pytest.raises(StepRefusedError, match="理由"):
        reopen_order(order_id=order.pk, new_fact="", actor=dispatcher, now=now)


def test_a_citizen_who_reopens_frees_the_order_of_its_unit(make_signed, dispatcher, now):
    order = make_signed(is_designated=True)
    step = Step(
        name="withdraw", actor=dispatcher, now=now, reason="asked", close_type=CloseType.WITHDRAWN
    )
    move_order(order_id=order.pk, step=step)

    reopen_appeal(appeal=order.appeal, new_fact="又漏水了", now=now)

    order.refresh_from_db()
    assert (order.round, order.lead_unit, order.is_designated) == (2, None, False)
    assert order.steps.last().reason == "citizen"
