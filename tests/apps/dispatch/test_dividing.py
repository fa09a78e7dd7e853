from datetime import timedelta

import pytest
from tests.factories import (
    AppealFactory,
    TopicFactory,
    UnitFactory,
    UserFactory,
    WorkOrderFactory,
)

from civicloop.apps.accounts.models import Role
from civicloop.apps.accounts.visibility import read_by
from civicloop.apps.clocks.models import Clock
from civicloop.apps.dispatch.actions.answering import answer_citizen
from civicloop.apps.dispatch.actions.call_backs import hear_citizen
from civicloop.apps.dispatch.actions.citizens import withdraw_appeal
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.dividing import Division, divide_order
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.models import CallBack, DispatchBasis, OrderState, Resolved, WorkOrder
from civicloop.apps.dispatch.queries.board import main_order_for
from civicloop.apps.dispatch.queries.splitting import problems_in
from civicloop.apps.dispatch.routing_facts import explain_routes, read_router
from civicloop.apps.intake.models import Kind
from civicloop.apps.issues.models import Event, EventMember

pytestmark = pytest.mark.django_db

LAMP = "一、振华街路灯不亮，晚上看不见路。"
HEAT = "二、家里暖气不热，室温只有十二度。"


@pytest.fixture
def order():
    return WorkOrderFactory(appeal=AppealFactory(text=LAMP + HEAT), respondent_name="某物业")


@pytest.fixture
def divide(order, dispatcher, now):
    def divide(problem=HEAT, rest=LAMP, *, order=order, topic=None):
        order.refresh_from_db()
        return divide_order(
            order_id=order.pk, division=Division(problem=problem, rest=rest, topic=topic),
            seen_version=order.version, actor=dispatcher, now=now,
        )  # fmt: skip

    return divide


@pytest.fixture
def give(dispatcher, now):
    def give(order, unit):
        return dispatch_order(
            order_id=order.pk, lead=unit, basis=DispatchBasis.PERSON, routing={},
            actor=dispatcher, now=now,
        )  # fmt: skip

    return give


def test_the_machine_proposes_the_problems_in_their_words():
    assert [one[:4] for one in problems_in(LAMP + HEAT)] == ["一、振华", "二、家里"]
    assert problems_in(LAMP[2:]) == [LAMP[2:]]


def test_a_problem_gets_an_order_of_the_same_appeal_and_waits_for_dispatch(divide, order):
    topic = TopicFactory()

    part = divide(topic=topic)

    order.refresh_from_db()
    assert (part.appeal, part.part, part.state) == (order.appeal, 2, OrderState.TRIAGE)
    assert (part.problem, part.topic, order.problem) == (HEAT, topic, LAMP)
    assert (part.respondent_name, part.title) == ("某物业", HEAT[:30])
    assert order.steps.last().details == {"part": part.pk}


def test_each_part_has_its_unit_and_its_own_time(divide, order, give, housing, police, now):
    part = divide()

    first, second = give(order, housing), give(part, police)

    assert (first.lead_unit, second.lead_unit) == (housing, police)
    clocks = Clock.objects.filter(owner_id__in=[first.pk, second.pk], stopped_at=None)
    assert set(clocks.values_list("owner_id", flat=True)) == {first.pk, second.pk}


def test_the_unit_complained_of_gets_no_part(divide, order, give, housing):
    WorkOrder.objects.filter(pk=order.pk).update(respondent_unit=housing)
    order.refresh_from_db()
    part = divide()

    with pytest.raises(StepRefusedError):
        give(part, housing)


def test_the_citizen_gets_the_answers_as_one_and_waits_for_the_last(divide, order, now):
    part = divide()
    order.refresh_from_db()

    answer_citizen(order=order, text="路灯已修好。", now=now)
    half = order.appeal
    half.refresh_from_db()
    is_waiting_for_the_other = half.is_waiting
    part.refresh_from_db()
    answer_citizen(order=part, text="管网已清洗。", now=now + timedelta(days=1))

    whole = part.appeal
    whole.refresh_from_db()
    assert is_waiting_for_the_other
    assert not whole.is_waiting
    assert whole.reply_text == f"【{LAMP}】\n路灯已修好。\n\n【{HEAT}】\n管网已清洗。"


def test_a_later_answer_takes_the_place_of_the_part_s_earlier_one(divide, order, now):
    divide()
    order.refresh_from_db()

    answer_citizen(order=order, text="将于月底修好。", now=now)
    answer_citizen(order=order, text="已修好。", now=now)

    order.appeal.refresh_from_db()
    assert order.appeal.reply_text == f"【{LAMP}】\n已修好。"


def test_a_masked_reader_s_answer_carries_the_citizen_s_words_unmasked(divide, order, now):
    told = "一、路灯不亮，请打13800138000。"
    divide(rest=told)
    with read_by(UserFactory(role=Role.SUPERVISOR)):
        order.refresh_from_db()
        answer_citizen(order=order, text="已修好。", now=now)

    order.appeal.refresh_from_db()
    assert order.appeal.reply_text == f"【{told}】\n已修好。"


def test_withdrawing_ends_every_part(divide, order, now):
    part = divide()

    withdraw_appeal(appeal=order.appeal, why="", now=now)

    assert {one.state for one in WorkOrder.objects.filter(appeal=part.appeal)} == {"closed"}


def test_a_part_is_divided_again_and_numbered_on(divide, order):
    part = divide()

    third = divide("室温只有十二度。", "家里暖气不热。", order=part)

    assert third.part == 3


def test_a_part_is_no_main_order_of_the_appeal_s_event_and_has_none(divide, order, now):
    part = divide()
    other = WorkOrderFactory(appeal=AppealFactory())
    event = Event.objects.create(
        title="路灯", appeal_count=2, people_count=2, first_at=now, last_at=now
    )
    for appeal in (order.appeal, other.appeal):
        EventMember.objects.create(event=event, appeal=appeal)

    part = WorkOrder.objects.select_related("appeal__event_member").get(pk=part.pk)
    other = WorkOrder.objects.select_related("appeal__event_member").get(pk=other.pk)

    assert main_order_for(part) is None
    assert main_order_for(other) is None


def test_a_part_is_routed_by_its_own_words(divide, order, now, monkeypatch):
    asked = []
    part = divide()
    router = read_router(now.date())
    monkeypatch.setattr("civicloop.apps.dispatch.routing_facts.find_legal_route", asked.append)

    explain_routes([part], router, now.date())

    assert asked == [f"\n{HEAT}"]


@pytest.mark.parametrize(
    ("problem", "rest"),
    [
        (HEAT, "  "),
        ("", LAMP),
        ("实名举报住建局工作人员收受贿赂，请严查。", LAMP),
        (HEAT, "实名举报住建局工作人员收受贿赂，请严查。"),
    ],
)
def test_missing_words_and_reports_of_a_wrong_are_refused(divide, problem, rest):
    with pytest.raises(StepRefusedError):
        divide(problem, rest)

    assert WorkOrder.objects.count() == 1


def test_a_report_is_not_divided(divide, order):
    WorkOrder.objects.update(kind=Kind.REPORT)

    with pytest.raises(StepRefusedError):
        divide()


def test_what_a_unit_has_is_not_divided(divide, order, give):
    give(order, UnitFactory())

    with pytest.raises(StepRefusedError):
        divide()


def test_who_looked_at_an_older_order_divides_nothing(order, dispatcher, now):
    with pytest.raises(StaleOrderError):
        divide_order(
            order_id=order.pk, division=Division(problem=HEAT, rest=LAMP),
            seen_version=order.version - 1, actor=dispatcher, now=now,
        )  # fmt: skip


def test_no_more_parts_than_a_page_can_tell(divide, order):
    for part in range(2, 10):
        WorkOrderFactory(appeal=order.appeal, part=part)

    with pytest.raises(StepRefusedError):
        divide()


def test_the_centre_calls_back_for_each_part_by_itself(divide, order, give, housing, police, now):
    caller = UserFactory(role=Role.CALLER_BACK)
    part = divide()
    for one, unit in ((order, housing), (part, police)):
        give(one, unit)
    WorkOrder.objects.update(state=OrderState.CALL_BACK, replied_at=now)
    Clock.objects.update(stopped_at=now)
    asked = {"is_reached": True, "actor": caller, "now": now}

    hear_citizen(order_id=order.pk, resolved=Resolved.YES, satisfaction=5, **asked)
    hear_citizen(order_id=part.pk, resolved=Resolved.NO, satisfaction=1, **asked)

    states = {one.part: one.state for one in WorkOrder.objects.filter(appeal=order.appeal)}
    assert states == {1: OrderState.CLOSED, 2: OrderState.IN_PROGRESS}
    assert {one.order.part: one.resolved for one in CallBack.objects.select_related("order")} == {
        1: Resolved.YES, 2: Resolved.NO,
    }  # fmt: skip
