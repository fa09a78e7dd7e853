from datetime import date

import pytest
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.cases.actions.meetings import (
    call_meeting,
    cancel_meeting,
    decide,
    end_decision,
    hold_meeting,
    put_on_agenda,
)
from civicloop.apps.cases.actions.petitions import register_petition
from civicloop.apps.cases.actions.records import CaseRefusedError, StaleCaseError
from civicloop.apps.cases.models import (
    DecisionState,
    JointMeeting,
    MeetingState,
    PetitionCase,
    PetitionCategory,
)
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.intake.models import Kind

DAY = date(2023, 11, 20)
DUE = date(2023, 12, 1)


@pytest.fixture
def meeting(county, units, secretary, now) -> JointMeeting:
    return call_meeting(
        title="供热联席会议",
        area=county,
        day=DAY,
        convener="王副市长",
        units=units[:2],
        actor=secretary,
        now=now,
    )


@pytest.fixture
def held(meeting, units, secretary, now) -> JointMeeting:
    return hold_meeting(
        meeting_id=meeting.pk,
        minutes="由住建局牵头。",
        present=units[:1],
        actor=secretary,
        now=now,
    )


@pytest.fixture
def petition_over(officer, now):
    def register(order: WorkOrder) -> PetitionCase:
        return register_petition(
            category=PetitionCategory.CLAIM, subject="供热", order=order, actor=officer, now=now
        )

    return register


def test_a_meeting_keeps_who_was_asked_and_who_came(held, units):
    assert (held.state, held.version) == (MeetingState.HELD, 2)
    assert [(member.unit, member.was_there) for member in held.members.all()] == [
        (units[0], True),
        (units[1], False),
    ]


def test_one_unit_is_no_joint_meeting(county, units, secretary, now):
    with pytest.raises(CaseRefusedError):
        call_meeting(
            title="会",
            area=county,
            day=DAY,
            convener="王",
            units=[units[0], units[0]],
            actor=secretary,
            now=now,
        )


def test_an_order_on_the_agenda_says_so_in_its_history(meeting, secretary, now):
    order = WorkOrderFactory()

    put_on_agenda(meeting_id=meeting.pk, question="谁来修？", order=order, actor=secretary, now=now)

    step = order.steps.get(name="meeting_agenda")
    assert (step.details, step.from_state, step.to_state) == (
        {"meeting": meeting.pk},
        "triage",
        "triage",
    )
    with pytest.raises(CaseRefusedError, match="议程"):
        put_on_agenda(meeting_id=meeting.pk, question="再议", order=order, actor=secretary, now=now)


def test_only_a_meeting_that_was_held_decides(meeting, units, secretary, now):
    with pytest.raises(CaseRefusedError, match="纪要"):
        decide(
            meeting_id=meeting.pk, text="修", owner=units[0], due_day=DUE, actor=secretary, now=now
        )


def test_a_meeting_without_minutes_was_not_held(meeting, secretary, now):
    with pytest.raises(CaseRefusedError, match="纪要"):
        hold_meeting(meeting_id=meeting.pk, minutes=" ", present=[], actor=secretary, now=now)


def test_a_decision_is_not_due_before_its_meeting(held, units, secretary, now):
    with pytest.raises(CaseRefusedError, match="会议之前"):
        decide(
            meeting_id=held.pk,
            text="修",
            owner=units[0],
            due_day=date(2023, 11, 19),
            actor=secretary,
            now=now,
        )


def test_a_decision_is_ended_by_its_owner_and_no_other_unit(meeting, units, secretary, now):
    order = WorkOrderFactory()
    case = put_on_agenda(
        meeting_id=meeting.pk, question="谁修？", order=order, actor=secretary, now=now
    )
    hold_meeting(meeting_id=meeting.pk, minutes="议定", present=units, actor=secretary, now=now)
    decision = decide(
        meeting_id=meeting.pk,
        text="住建局月底前修好",
        owner=units[0],
        due_day=DUE,
        case=case,
        actor=secretary,
        now=now,
    )
    owner, other = (UserFactory(role=Role.UNIT_CLERK, unit=unit) for unit in units[:2])

    with pytest.raises(CaseRefusedError, match="其他单位"):
        end_decision(decision_id=decision.pk, outcome="已修", is_done=True, actor=other, now=now)
    ended = end_decision(
        decision_id=decision.pk, outcome="已修", is_done=True, actor=owner, now=now
    )

    assert (ended.state, ended.ended_at) == (DecisionState.DONE, now)
    assert order.steps.get(name="meeting_decision").note == "住建局月底前修好"
    with pytest.raises(CaseRefusedError, match="办结"):
        end_decision(decision_id=decision.pk, outcome="又修", is_done=True, actor=owner, now=now)


@pytest.mark.parametrize("is_merged", [False, True])
@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.REPORT])
def test_the_unit_that_a_matter_is_about_owns_no_decision_on_it(
    kind, is_merged, meeting, petition_over, units, secretary, now
):
    order = WorkOrderFactory(kind=kind, respondent_unit=None if is_merged else units[2])
    if is_merged:
        WorkOrderFactory(kind=kind, respondent_unit=units[2], master=order)
    petition = petition_over(order)
    cases = [
        put_on_agenda(meeting_id=meeting.pk, question="谁查？", actor=secretary, now=now, **matter)
        for matter in ({"order": order}, {"petition": petition})
    ]
    hold_meeting(meeting_id=meeting.pk, minutes="议定", present=units, actor=secretary, now=now)

    for case in cases:
        with pytest.raises(CaseRefusedError, match=units[2].name):
            decide(
                meeting_id=meeting.pk, text="自查", owner=units[2], due_day=DUE, case=case,
                actor=secretary, now=now,
            )  # fmt: skip

    assert not meeting.decisions.exists()


def test_a_petition_over_a_report_is_not_put_before_the_accused(
    meeting, petition_over, units, secretary, now
):
    report = WorkOrderFactory(kind=Kind.REPORT, respondent_unit=units[0])
    petition = petition_over(report)

    with pytest.raises(CaseRefusedError, match="举报"):
        put_on_agenda(
            meeting_id=meeting.pk, question="？", petition=petition, actor=secretary, now=now
        )


def test_how_a_decision_ended_is_said(held, units, secretary, now):
    decision = decide(
        meeting_id=held.pk, text="修", owner=units[0], due_day=DUE, actor=secretary, now=now
    )

    with pytest.raises(CaseRefusedError, match="结果"):
        end_decision(decision_id=decision.pk, outcome="", is_done=False, actor=secretary, now=now)


def test_a_cancelled_meeting_takes_nothing_more(meeting, secretary, now):
    cancel_meeting(meeting_id=meeting.pk, reason="改期", actor=secretary, now=now)

    with pytest.raises(CaseRefusedError, match="已取消"):
        put_on_agenda(meeting_id=meeting.pk, question="修", actor=secretary, now=now)


def test_the_second_of_two_secretaries_does_not_overwrite_the_first(meeting, secretary, now):
    seen = meeting.version
    put_on_agenda(meeting_id=meeting.pk, question="谁修？", actor=secretary, now=now)

    with pytest.raises(StaleCaseError):
        hold_meeting(
            meeting_id=meeting.pk,
            minutes="散会",
            present=[],
            actor=secretary,
            now=now,
            seen_version=seen,
        )


def test_every_change_has_its_audit_event(held):
    actions = AuditEvent.objects.filter(object_type="jointmeeting", object_id=str(held.pk))

    assert list(actions.order_by("id").values_list("action", flat=True)) == [
        "meeting_called",
        "meeting_held",
    ]


@pytest.mark.parametrize("how", ["report", "in confidence", "by a petition"])
def test_no_unit_decides_or_hears_of_a_report_about_itself(how, meeting, units, secretary, now):
    known = (
        {"appeal__is_confidential": True, "is_confidential": True}
        if how == "in confidence"
        else {"appeal__kind": Kind.REPORT, "kind": Kind.REPORT}
    )
    order = WorkOrderFactory(respondent_unit=units[0], **known)
    matter = {"order": order}
    if how == "by a petition":
        claim = PetitionCategory.CLAIM
        petition = register_petition(
            subject="征地", category=claim, order=order, actor=secretary, now=now
        )
        matter = {"petition": petition}

    with pytest.raises(CaseRefusedError):
        put_on_agenda(meeting_id=meeting.pk, question="谁查？", actor=secretary, now=now, **matter)

    meeting.members.filter(unit=units[0]).delete()  # found out after it was put there
    case = put_on_agenda(
        meeting_id=meeting.pk, question="谁查？", actor=secretary, now=now, **matter
    )
    hold_meeting(meeting_id=meeting.pk, minutes="议", present=[], actor=secretary, now=now)
    asked = {"meeting_id": meeting.pk, "text": "查", "due_day": meeting.day, "case": case}
    with pytest.raises(CaseRefusedError):
        decide(owner=units[0], actor=secretary, now=now, **asked)
    decide(owner=units[1], actor=secretary, now=now, **asked)
