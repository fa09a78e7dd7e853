"""While a petition, a mediation, a meeting or a reception day goes on about an order, its appeal keeps its citizen."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from tests.factories import AppealFactory, AreaFactory, UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.cases.models import (
    Committee,
    DecisionState,
    JointMeeting,
    MediationCase,
    MeetingCase,
    MeetingDecision,
    MeetingState,
    PetitionCase,
    PetitionStage,
    Reception,
    ReceptionCase,
    ReceptionState,
)
from civicloop.apps.dispatch.models import CloseType, OrderState, WorkOrder
from civicloop.config.retention import retain

MASK_DAYS = 365
End = Callable[[datetime], object]


@pytest.fixture
def was(now, monkeypatch) -> datetime:
    monkeypatch.setattr(settings, "RETENTION_DAYS", (MASK_DAYS, 0))
    return now - timedelta(days=500)


@pytest.fixture
def order(was) -> WorkOrder:
    ended = {"state": OrderState.CLOSED, "closed_at": was, "close_type": CloseType.RESOLVED}
    return WorkOrderFactory(appeal=AppealFactory(received_at=was), opened_at=was, **ended)


def petition_of(order: WorkOrder | None, was: datetime, **fields) -> PetitionCase:
    of_petition = {"category": "claim", "subject": "供暖", "registered_by": UserFactory()}
    return PetitionCase.objects.create(order=order, registered_at=was, **of_petition, **fields)


def stage_of(order: WorkOrder, was: datetime) -> PetitionStage:
    petition = petition_of(order, was)
    return PetitionStage.objects.create(
        petition=petition, level="handling", organ=UnitFactory(), accepted_at=was
    )


def a_petition(order: WorkOrder, was: datetime) -> End:
    stage = stage_of(order, was)
    return lambda at: (
        PetitionStage.objects.filter(pk=stage.pk).update(
            verdict="settled", facts="调查属实", answered_at=was
        ),
        PetitionCase.objects.update(ended_at=at),
    )


def a_petition_whose_next_level_was_not_asked(order: WorkOrder, was: datetime) -> End:
    stage = stage_of(order, was)
    return lambda at: PetitionStage.objects.filter(pk=stage.pk).update(
        verdict="no_basis", facts="调查属实", answered_at=was, ask_by_at=at
    )


def a_mediation(order: WorkOrder, was: datetime) -> End:
    committee = Committee.objects.create(
        name="调委会", kind="village", area=AreaFactory(), member_count=3, elected_on=was.date()
    )
    MediationCase.objects.create(
        committee=committee, order=order, subject="噪声", mediator=UserFactory(), proposed_at=was
    )
    return lambda at: MediationCase.objects.update(ended_at=at)


def meeting_on(was: datetime, **about) -> MeetingCase:
    meeting = JointMeeting.objects.create(
        title="联席会议",
        area=AreaFactory(),
        day=was.date(),
        convener="市长",
        secretary=UserFactory(),
    )
    return MeetingCase.objects.create(meeting=meeting, question="谁管", **about)


def hold_meeting(day: datetime) -> None:
    JointMeeting.objects.update(state=MeetingState.HELD, minutes="议定", day=day.date())


def a_meeting(order: WorkOrder, was: datetime) -> End:
    meeting_on(was, order=order)
    return hold_meeting


def a_meeting_about_its_petition(order: WorkOrder, was: datetime) -> End:
    meeting_on(was, petition=petition_of(order, was, ended_at=was))
    return hold_meeting


def a_decision(order: WorkOrder, was: datetime) -> End:
    case = meeting_on(was, order=order)
    hold_meeting(was)
    MeetingDecision.objects.create(
        meeting=case.meeting, case=case, text="改造", owner=UnitFactory(), due_day=was.date()
    )
    return lambda at: MeetingDecision.objects.update(
        state=DecisionState.DONE, outcome="已改造", ended_at=at
    )


def a_reception(order: WorkOrder, was: datetime) -> End:
    leader = UserFactory()
    reception = Reception.objects.create(
        area=AreaFactory(), day=was.date(), place="大厅", planned_leader=leader, leader=leader
    )
    ReceptionCase.objects.create(reception=reception, order=order, instruction="督办")
    return lambda at: Reception.objects.update(state=ReceptionState.HELD, day=at.date())


@pytest.mark.django_db
@pytest.mark.parametrize("is_merged", [False, True], ids=["own", "of the order it went into"])
@pytest.mark.parametrize(
    "about",
    [
        a_petition,
        a_petition_whose_next_level_was_not_asked,
        a_mediation,
        a_meeting,
        a_meeting_about_its_petition,
        a_decision,
        a_reception,
    ],
)
def test_a_case_that_goes_on_holds_the_appeal_back(order, was, now, about, is_merged):
    on = order
    if is_merged:
        ended = {"state": OrderState.CLOSED, "closed_at": now, "close_type": CloseType.RESOLVED}
        on = WorkOrderFactory(appeal=AppealFactory(received_at=now), opened_at=was, **ended)
        WorkOrder.objects.filter(pk=order.pk).update(master=on)
    end = about(on, was)
    assert retain(now=now).masked_count == 0

    end(now - timedelta(days=MASK_DAYS - 3))

    assert retain(now=now).masked_count == 0
    assert retain(now=now + timedelta(days=5)).masked_count == 1


@pytest.mark.django_db
def test_without_a_case_it_is_masked(order, now):
    petition_of(None, now)  # of no order: holds back nothing

    assert retain(now=now).masked_count == 1


@pytest.mark.django_db
def test_a_petition_of_no_level_counts_from_its_registration(order, was, now):
    petition_of(order, now - timedelta(days=MASK_DAYS - 3))

    assert retain(now=now).masked_count == 0
    assert retain(now=now + timedelta(days=5)).masked_count == 1
