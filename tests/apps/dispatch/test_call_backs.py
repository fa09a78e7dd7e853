import pytest
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.call_backs import (
    Heard,
    begin_call_back,
    record_call_back,
)
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, move_order
from civicloop.apps.dispatch.models import (
    CallBack,
    CallBackWay,
    CloseType,
    OrderState,
    Resolved,
    WorkOrder,
)
from civicloop.apps.dispatch.sampling import is_sampled
from civicloop.apps.intake.models import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(db):
    return UserFactory(role=Role.CALLER_BACK)


@pytest.fixture
def asked(make_signed, clerk, dispatcher, now) -> WorkOrder:
    """An order whose reply has been reviewed and whose citizen is being asked."""
    order = make_signed()
    for name, actor in [
        ("begin", clerk),
        ("reply", clerk),
        ("pass_review", dispatcher),
        ("call_back", dispatcher),
    ]:
        order = move_order(order_id=order.pk, step=Step(name=name, actor=actor, now=now))
    return order


def heard(key="a", **said) -> Heard:
    usual = {"round": 1, "way": CallBackWay.PHONE, "is_reached": True}
    return Heard(key=key, **usual | said)


CONTENT = {"resolved": Resolved.YES, "satisfaction": 5}
NOT_CONTENT = {"resolved": Resolved.NO, "satisfaction": 1}


def test_a_content_citizen_ends_the_order(asked, caller, now):
    record_call_back(order_id=asked.pk, heard=heard(**CONTENT), actor=caller, now=now)

    asked.refresh_from_db()
    assert (asked.state, asked.close_type) == (OrderState.CLOSED, CloseType.RESOLVED)
    assert (asked.resolved, asked.satisfaction, asked.called_back_at) == ("yes", 5, now)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"resolved": Resolved.NO, "satisfaction": 4}, "unresolved"),
        ({"resolved": Resolved.YES, "satisfaction": 2}, "not_content"),
    ],
)
def test_a_citizen_who_is_not_content_has_it_done_again(said, reason, asked, caller, housing, now):
    record_call_back(order_id=asked.pk, heard=heard(**said), actor=caller, now=now)

    asked.refresh_from_db()
    assert (asked.state, asked.round) == (OrderState.IN_PROGRESS, 2)
    assert asked.steps.get(name="redo").reason == reason
    party = asked.parties.get(is_open=True)
    assert (party.unit, party.round, party.assigned_at) == (housing, 2, now)


def test_the_second_delivery_of_a_call_back_changes_nothing(asked, caller, now):
    first = record_call_back(order_id=asked.pk, heard=heard(**NOT_CONTENT), actor=caller, now=now)
    asked.refresh_from_db()
    version = asked.version

    again = record_call_back(order_id=asked.pk, heard=heard(**NOT_CONTENT), actor=caller, now=now)

    asked.refresh_from_db()
    assert (again, asked.version, CallBack.objects.count()) == (first, version, 1)


def test_a_call_back_that_comes_late_is_kept_and_moves_nothing(asked, caller, now):
    record_call_back(order_id=asked.pk, heard=heard(**CONTENT), actor=caller, now=now)

    late = record_call_back(
        order_id=asked.pk, heard=heard("b", **NOT_CONTENT), actor=caller, now=now
    )

    asked.refresh_from_db()
    assert (asked.state, asked.satisfaction) == (OrderState.CLOSED, 5)
    assert (late.is_counted, late.satisfaction) == (False, 1)


def test_a_call_back_about_an_earlier_round_does_not_end_the_later_one(
    asked, caller, clerk, dispatcher, now
):
    record_call_back(order_id=asked.pk, heard=heard(**NOT_CONTENT), actor=caller, now=now)
    for name, actor in [("reply", clerk), ("pass_review", dispatcher), ("call_back", caller)]:
        move_order(order_id=asked.pk, step=Step(name=name, actor=actor, now=now))

    late = record_call_back(order_id=asked.pk, heard=heard("b", **CONTENT), actor=None, now=now)

    asked.refresh_from_db()
    assert (asked.state, late.is_counted) == (OrderState.CALL_BACK, False)


def test_a_citizen_who_is_never_reached_ends_the_order_by_rule_at_the_third_try(asked, caller, now):
    states = []
    for key in "abc":
        record_call_back(
            order_id=asked.pk, heard=heard(key, is_reached=False), actor=caller, now=now
        )
        asked.refresh_from_db()
        states.append((asked.state, asked.close_type))

    assert states == [
        (OrderState.CALL_BACK, ""),
        (OrderState.CALL_BACK, ""),
        (OrderState.CLOSED, CloseType.UNREACHED),
    ]


def test_what_is_left_out_of_the_figures_ends_the_order_and_is_not_counted(asked, caller, now):
    out = record_call_back(
        order_id=asked.pk,
        heard=heard(**NOT_CONTENT, excluded_for="out_of_scope"),
        actor=caller,
        now=now,
    )

    asked.refresh_from_db()
    assert (asked.state, asked.close_type) == (OrderState.CLOSED, CloseType.EXPLAINED)
    assert out.is_counted is False


def test_no_call_back_is_left_out_for_a_reason_that_is_not_on_the_list(asked, caller, now):
    with pytest.raises(StepRefusedError):
        record_call_back(
            order_id=asked.pk,
            heard=heard(**NOT_CONTENT, excluded_for="bad for the figures"),
            actor=caller,
            now=now,
        )

    assert not CallBack.objects.exists()


def test_a_unit_does_not_rate_itself(asked, clerk, now):
    with pytest.raises(StepRefusedError, match="角色"):
        record_call_back(order_id=asked.pk, heard=heard(**CONTENT), actor=clerk, now=now)

    assert not CallBack.objects.exists()


def test_a_citizen_who_is_not_content_twice_has_the_order_supervised(
    asked, caller, clerk, dispatcher, now
):
    record_call_back(order_id=asked.pk, heard=heard(**NOT_CONTENT), actor=caller, now=now)
    assert not asked.sheets.exists()
    for name, actor in [("reply", clerk), ("pass_review", dispatcher)]:
        move_order(order_id=asked.pk, step=Step(name=name, actor=actor, now=now))

    again = heard("b", **NOT_CONTENT | {"round": 2})
    record_call_back(order_id=asked.pk, heard=again, actor=caller, now=now)

    asked.refresh_from_db()
    sheet = asked.sheets.get()
    assert (sheet.level, sheet.cause, sheet.issued_by) == (2, "not_content_twice", None)
    assert (asked.supervision_level, asked.round) == (2, 3)


@pytest.mark.parametrize(("share", "state"), [(1.0, "call_back"), (0.0, "closed")])
def test_the_citys_share_decides_who_is_asked(share, state, make_signed, settings, now):
    order = make_signed(kind=Kind.ENQUIRY)
    WorkOrder.objects.filter(pk=order.pk).update(state=OrderState.REVIEWED)
    settings.SHARE_CALLED_BACK = share

    assert begin_call_back(order_id=order.pk, actor=None, now=now).state == state


def test_an_ordinary_enquiry_may_be_left_out_of_the_sample_and_always_the_same(make_signed):
    order = make_signed(kind=Kind.ENQUIRY)

    drawn = {is_sampled(order, share=0.0) for _ in range(5)}

    assert drawn == {False}
    assert is_sampled(order, share=1.0)


@pytest.mark.parametrize(
    "what_matters",
    [
        {"kind": Kind.COMPLAINT},
        {"round": 2},
        {"supervision_level": 1},
        {"urgency": "urgent"},
    ],
)
def test_what_matters_is_always_called_back(what_matters):
    usual = {"pk": 1, "kind": Kind.ENQUIRY, "urgency": "general"}

    assert is_sampled(WorkOrder(**usual | what_matters), share=0.0)
    assert not is_sampled(WorkOrder(**usual), share=0.0)


def test_the_share_of_orders_sampled_is_the_one_asked_for():
    orders = [WorkOrder(pk=number, kind=Kind.PRAISE) for number in range(2000)]

    assert sum(is_sampled(order, share=0.3) for order in orders) == pytest.approx(600, abs=60)


def test_a_reviewed_order_is_asked_about(make_signed, clerk, dispatcher, now):
    order = make_signed()
    for name, actor in [("begin", clerk), ("reply", clerk), ("pass_review", dispatcher)]:
        move_order(order_id=order.pk, step=Step(name=name, actor=actor, now=now))

    begun = begin_call_back(order_id=order.pk, actor=None, now=now)

    assert begun.state == OrderState.CALL_BACK


def test_what_is_left_out_of_the_figures_is_not_said_of_the_order(asked, caller, now):
    malicious = heard(excluded_for="malicious", **NOT_CONTENT)

    record_call_back(order_id=asked.pk, heard=malicious, actor=caller, now=now)

    asked.refresh_from_db()
    assert (asked.state, asked.resolved, asked.satisfaction) == (OrderState.CLOSED, "", None)
    assert asked.call_backs.get().satisfaction == 1
