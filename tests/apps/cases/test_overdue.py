"""The sweep tells those whose case it is, each once."""

from datetime import date, timedelta

import pytest
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.handing_over import hand_over
from civicloop.apps.cases.actions.mediation import (
    begin_mediation,
    found_committee,
    propose_mediation,
)
from civicloop.apps.cases.actions.meetings import call_meeting, decide, end_decision, hold_meeting
from civicloop.apps.cases.actions.petitions import accept_stage, recuse, register_petition
from civicloop.apps.cases.models import CommitteeKind, PetitionCategory, StageLevel
from civicloop.apps.intake.models import Kind
from civicloop.apps.notices.models import Notice
from civicloop.config.sweeping import sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(units):
    return UserFactory(role=Role.UNIT_CLERK, unit=units[0])


@pytest.fixture
def decision(county, units, secretary, now):
    meeting = call_meeting(
        title="会",
        area=county,
        day=date(2023, 11, 14),
        convener="王",
        units=units,
        actor=secretary,
        now=now,
    )
    hold_meeting(meeting_id=meeting.pk, minutes="议", present=[], actor=secretary, now=now)
    return decide(
        meeting_id=meeting.pk,
        text="修",
        owner=units[0],
        due_day=date(2023, 11, 20),
        actor=secretary,
        now=now,
    )


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_an_overdue_decision_is_told_to_the_owner_and_the_secretary_once(
    decision, clerk, secretary, now
):
    sweep(now=now.replace(day=20))
    in_time = told("decision_overdue")

    sweep(now=now.replace(day=21))
    sweep(now=now.replace(day=22))

    assert in_time == set()
    assert told("decision_overdue") == {clerk.username, secretary.username}
    assert Notice.objects.filter(kind="decision_overdue").count() == 2


def test_a_decision_that_was_carried_out_is_not_overdue(decision, clerk, now):
    end_decision(decision_id=decision.pk, outcome="已修", is_done=True, actor=clerk, now=now)

    sweep(now=now.replace(day=28))

    assert told("decision_overdue") == set()


def test_the_organ_is_reminded_that_it_may_object_and_told_when_acceptance_is_late(
    units, clerk, officer, now
):
    petition = register_petition(
        subject="征地", category=PetitionCategory.CLAIM, actor=officer, now=now
    )
    hand_over(petition_id=petition.pk, organ=units[0], actor=officer, now=now)

    sweep(now=now.replace(day=21, hour=18))
    reminded = told("petition_near_due")
    sweep(now=now.replace(day=22))
    lapsed = told("petition_overdue")
    sweep(now=now.replace(day=30))

    assert reminded == {clerk.username, officer.username}
    assert lapsed == set()
    assert told("petition_overdue") == {clerk.username, officer.username}


def test_a_late_opinion_is_told_to_the_organ_and_the_desk_but_not_to_who_is_recused(
    units, clerk, officer, now
):
    petition = register_petition(
        subject="征地", category=PetitionCategory.CLAIM, actor=officer, now=now
    )
    accept_stage(
        petition_id=petition.pk,
        level=StageLevel.HANDLING,
        organ=units[0],
        actor=officer,
        now=now,
    )
    recused = UserFactory(role=Role.UNIT_HEAD, unit=units[0])
    recuse(petition_id=petition.pk, user=recused, reason="亲属", actor=officer, now=now)

    sweep(now=now + timedelta(days=63))

    assert told("petition_overdue") == {clerk.username, officer.username}


def test_of_a_late_petition_over_a_report_nobody_of_the_accused_unit_is_told(
    units, clerk, officer, now
):
    order = WorkOrderFactory(kind=Kind.REPORT, is_sensitive=True, appeal__kind=Kind.REPORT)
    petition = register_petition(
        subject="征地", category=PetitionCategory.CLAIM, order=order, actor=officer, now=now
    )
    hand_over(petition_id=petition.pk, organ=units[1], actor=officer, now=now)
    type(officer).objects.filter(pk=officer.pk).update(unit=units[0])
    type(order).objects.update(respondent_unit=units[0])
    other = UserFactory(role=Role.UNIT_CLERK, unit=units[1])

    sweep(now=now.replace(day=30))

    assert told("petition_overdue") == {other.username}


def test_of_a_late_decision_over_a_report_nobody_of_the_accused_unit_is_told(
    decision, units, clerk, secretary, now
):
    """Whom it is about was found out after the meeting; the owner is told of the other decisions."""
    order = WorkOrderFactory(kind=Kind.REPORT, is_sensitive=True, appeal__kind=Kind.REPORT)
    decision.case = decision.meeting.cases.create(order=order, question="谁查？")
    decision.owner = units[1]
    decision.save()
    type(secretary).objects.filter(pk=secretary.pk).update(unit=units[0])
    type(order).objects.update(respondent_unit=units[0])
    other = UserFactory(role=Role.UNIT_CLERK, unit=units[1])

    sweep(now=now.replace(day=21))

    assert told("decision_overdue") == {other.username}


def test_of_a_late_mediation_a_mediator_of_the_accused_unit_is_not_told(
    county, units, officer, now
):
    mediators = [UserFactory(role=Role.MEDIATOR, unit=unit) for unit in units[:2]]
    order = WorkOrderFactory(is_confidential=True, appeal__is_confidential=True)
    committee = found_committee(
        name="城区调委会", kind=CommitteeKind.CONSUMER, area=county, member_count=5,
        elected_on=date(2023, 1, 1), actor=officer, now=now,
    )  # fmt: skip
    for mediator in mediators:
        case = propose_mediation(
            committee=committee,
            mediator=mediator,
            subject="漏水",
            order=order,
            actor=officer,
            now=now,
        )
        begin_mediation(case_id=case.pk, actor=officer, now=now)
    type(order).objects.update(respondent_unit=units[0])

    sweep(now=now + timedelta(days=90))

    assert told("mediation_overdue") == {mediators[1].username}
