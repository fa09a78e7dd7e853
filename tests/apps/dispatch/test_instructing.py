from datetime import timedelta

import pytest
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.dispatch.actions.dispatching import redispatch_order
from civicloop.apps.dispatch.actions.instructing import give_feedback, instruct
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.actions.parties import SHEET_OWNER
from civicloop.apps.dispatch.actions.supervising import end_sheet, issue_sheet, reply_to_sheet
from civicloop.apps.dispatch.models import FeedbackStage, SheetCause, SheetState
from civicloop.apps.notices.models import Notice
from civicloop.config.sweeping import sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(db):
    return UserFactory(role=Role.LEADER, first_name="陈", last_name="")


@pytest.fixture
def supervisor(db):
    return UserFactory(role=Role.SUPERVISOR)


@pytest.fixture
def instructed(leader, make_signed, now):
    def make(**fields):
        usual = {"text": "一周内解决。", "is_complex": False, "actor": leader, "now": now}
        return instruct(order_id=make_signed().pk, **usual | fields)

    return make


def running(sheet):
    clocks = Clock.objects.filter(owner_type=SHEET_OWNER, owner_id=sheet.pk, stopped_at=None)
    return set(clocks.values_list("name", flat=True))


def test_an_instruction_runs_by_three_times_and_names_its_leader(instructed, now) -> None:
    sheet = instructed()

    assert (sheet.cause, sheet.leader, sheet.level) == (SheetCause.LEADER, "陈", 1)
    assert running(sheet) == {ClockName.DEPLOY, ClockName.FEEDBACK, ClockName.HANDLE}
    due = Clock.objects.filter(owner_type=SHEET_OWNER, owner_id=sheet.pk)
    days = {clock.name: (clock.due_at - now).days for clock in due}
    assert days[ClockName.DEPLOY] < 1 < days[ClockName.FEEDBACK] < days[ClockName.HANDLE] <= 8
    assert sheet.due_at == min(clock.due_at for clock in due)


def test_a_hard_matter_has_a_month_and_a_higher_light(instructed, now) -> None:
    sheet = instructed(is_complex=True)

    handle = Clock.objects.get(owner_id=sheet.pk, owner_type=SHEET_OWNER, name=ClockName.HANDLE)
    assert sheet.level == 2
    assert (handle.due_at - now).days > 27


def test_the_supervision_office_names_the_leader_it_writes_for(instructed, supervisor) -> None:
    with pytest.raises(StepRefusedError):
        instructed(actor=supervisor)

    assert instructed(actor=supervisor, leader="王市长").leader == "王市长"


def test_nobody_else_instructs(instructed, clerk) -> None:
    for actor in (clerk, UserFactory(role=Role.DISPATCHER)):
        with pytest.raises(StepRefusedError):
            instructed(actor=actor, leader="王市长")


def test_one_matter_has_one_sheet(instructed, leader, supervisor, now) -> None:
    sheet = instructed()

    with pytest.raises(StepRefusedError):
        instruct(order_id=sheet.order_id, text="快办", is_complex=False, actor=leader, now=now)


def test_an_open_sheet_becomes_part_of_the_instruction(
    make_signed, housing, supervisor, leader, now
) -> None:
    order = make_signed()
    lower = issue_sheet(
        order_id=order.pk, level=2, cause="overdue", reason="逾期", unit=housing,
        actor=supervisor, now=now,
    )  # fmt: skip

    sheet = instruct(order_id=order.pk, text="快办", is_complex=False, actor=leader, now=now)

    lower.refresh_from_db()
    assert (lower.state, sheet.level) == (SheetState.ENDED, 2)


def test_each_stage_stops_the_times_it_reaches(instructed, clerk, leader, now) -> None:
    sheet = instructed()
    told = {"order_id": sheet.order_id, "actor": clerk, "now": now}

    give_feedback(stage=FeedbackStage.DEPLOYED, text="已派工程科。", **told)
    assert running(sheet) == {ClockName.FEEDBACK, ClockName.HANDLE}
    give_feedback(stage=FeedbackStage.UNDER_WAY, text="已开工。", **told)
    assert running(sheet) == {ClockName.HANDLE}
    reply_to_sheet(sheet_id=sheet.pk, text="已完工。", actor=clerk, now=now)

    sheet.refresh_from_db()
    assert running(sheet) == set()
    assert list(sheet.feedback.values_list("stage", flat=True)) == ["deployed", "under_way", "done"]
    assert Notice.objects.filter(user=leader, kind="instruction_answered").count() == 3


def test_feedback_is_given_on_instructions_alone(
    make_signed, housing, supervisor, clerk, now
) -> None:
    order = make_signed()
    issue_sheet(
        order_id=order.pk, level=1, cause="overdue", reason="逾期", unit=housing,
        actor=supervisor, now=now,
    )  # fmt: skip

    with pytest.raises(StepRefusedError):
        give_feedback(
            order_id=order.pk, stage=FeedbackStage.DEPLOYED, text="已派。", actor=clerk, now=now
        )


def test_a_time_that_runs_out_raises_the_instruction_in_place(instructed, now) -> None:
    sheet = instructed()

    sweep(now=now + timedelta(days=2))

    sheet.refresh_from_db()
    assert (sheet.state, sheet.level, sheet.cause) == (SheetState.OPEN, 2, SheetCause.LEADER)
    assert sheet.order.sheets.filter(cause=SheetCause.LEADER).count() == 1


def test_what_is_not_enough_goes_back_to_the_unit(instructed, clerk, supervisor, now) -> None:
    sheet = instructed()
    reply_to_sheet(sheet_id=sheet.pk, text="正在研究。", actor=clerk, now=now)

    again = issue_sheet(
        order_id=sheet.order_id, level=3, cause="by_hand", reason="未见实效", unit=sheet.unit,
        actor=supervisor, now=now,
    )  # fmt: skip

    assert (again.pk, again.state, again.level) == (sheet.pk, SheetState.OPEN, 3)
    assert running(sheet) == {ClockName.HANDLE}
    assert sheet.feedback.get().text == "正在研究。"


def test_the_leader_hears_of_its_end(instructed, clerk, supervisor, leader, now) -> None:
    sheet = instructed()
    reply_to_sheet(sheet_id=sheet.pk, text="已完工。", actor=clerk, now=now)

    end_sheet(sheet_id=sheet.pk, note="已核实", actor=supervisor, now=now)

    assert Notice.objects.filter(user=leader, kind="instruction_ended").count() == 1


def test_the_leader_hears_that_the_unit_lost_the_order(instructed, dispatcher, leader, now) -> None:
    sheet = instructed()

    redispatch_order(order_id=sheet.order_id, reason="不属该单位", actor=dispatcher, now=now)

    sheet.refresh_from_db()
    assert sheet.state == SheetState.WITHDRAWN
    assert Notice.objects.filter(user=leader, kind="instruction_lapsed").count() == 1
