from datetime import timedelta
from unittest.mock import ANY

import pytest
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.cases.actions.handing_over import (
    decide_on_objection,
    hand_over,
    object_to_petition,
)
from civicloop.apps.cases.actions.petitions import accept_stage, register_petition
from civicloop.apps.cases.actions.records import CaseRefusedError, StaleCaseError
from civicloop.apps.cases.models import PetitionCase, PetitionCategory, StageLevel
from civicloop.apps.clocks.models import Clock, ClockName


@pytest.fixture
def petition(officer, now) -> PetitionCase:
    return register_petition(
        subject="征地补偿", category=PetitionCategory.CLAIM, actor=officer, now=now
    )


@pytest.fixture
def clerk(units):
    return UserFactory(role=Role.UNIT_CLERK, unit=units[0])


@pytest.fixture
def hand(petition, officer, now):
    def hand(organ, at=now, **seen):
        return hand_over(petition_id=petition.pk, organ=organ, actor=officer, now=at, **seen)

    return hand


@pytest.fixture
def object_(petition, clerk, now):
    def object_(at=now, objection="属于公安局职责", actor=clerk):
        return object_to_petition(petition_id=petition.pk, objection=objection, actor=actor, now=at)

    return object_


@pytest.fixture
def decide(petition, officer, now):
    def decide(*, is_upheld):
        return decide_on_objection(
            petition_id=petition.pk, is_upheld=is_upheld, actor=officer, now=now
        )

    return decide


@pytest.fixture
def accept(petition, officer, now):
    def accept(organ):
        return accept_stage(
            petition_id=petition.pk, level=StageLevel.HANDLING, organ=organ, actor=officer, now=now
        )

    return accept


def due(petition, name):
    return Clock.objects.get(owner_id=petition.pk, name=name, stopped_at=None).due_at


def test_the_organ_has_five_working_days_to_object_and_fifteen_to_accept(
    petition, hand, units, now
):
    hand(units[0], at=now + timedelta(days=1))  # a Wednesday

    midnight = now.replace(hour=0, minute=0)
    assert due(petition, ClockName.PETITION_OBJECT) == midnight.replace(day=23)
    assert due(petition, ClockName.PETITION_ACCEPT) == midnight.replace(day=1, month=12)


def test_the_organ_that_has_it_accepts_it_and_no_other(hand, accept, units):
    hand(units[0])

    with pytest.raises(CaseRefusedError, match="其他机关"):
        accept(units[1])
    assert accept(units[0]).organ == units[0]


def test_nobody_accepts_before_the_objection_is_decided(hand, object_, decide, accept, units):
    hand(units[0])
    object_()

    with pytest.raises(CaseRefusedError, match="尚未裁定"):
        accept(units[0])
    decide(is_upheld=False)

    assert accept(units[0]).organ == units[0]


def test_an_upheld_objection_brings_it_back_and_the_organ_does_not_get_it_again(
    hand, object_, decide, units
):
    hand(units[0])
    object_()
    decide(is_upheld=True)

    with pytest.raises(CaseRefusedError, match="已成立"):
        hand(units[0])
    assert hand(units[1]).organ == units[1]


def test_it_is_handed_to_one_organ_at_a_time(hand, units):
    hand(units[0])

    with pytest.raises(CaseRefusedError, match="已有机关"):
        hand(units[1])


def test_the_organ_complained_of_is_not_handed_it(petition, hand, units):
    petition.order = WorkOrderFactory(respondent_unit=units[0])
    petition.save()

    with pytest.raises(CaseRefusedError, match="涉及该机关"):
        hand(units[0])


def test_an_objection_comes_in_time_with_its_reason_once_and_from_the_organ(
    hand, object_, units, now
):
    hand(units[0])

    with pytest.raises(CaseRefusedError, match="期限"):
        object_(at=now + timedelta(days=8))
    with pytest.raises(CaseRefusedError, match="理由"):
        object_(objection=" ")
    with pytest.raises(CaseRefusedError, match="未转送"):
        object_(actor=UserFactory(role=Role.UNIT_CLERK, unit=units[1]))
    object_()
    with pytest.raises(CaseRefusedError, match="已提出"):
        object_()


def test_without_an_objection_there_is_nothing_to_decide(hand, decide, units):
    hand(units[0])

    with pytest.raises(CaseRefusedError, match="没有"):
        decide(is_upheld=True)


def test_of_two_officers_the_second_does_not_hand_over_what_the_first_changed(
    petition, hand, object_, decide, units
):
    seen = PetitionCase.objects.get(pk=petition.pk).version
    hand(units[0])
    object_()
    decide(is_upheld=True)

    with pytest.raises(StaleCaseError):
        hand(units[1], seen_version=seen)
    assert hand(units[1], seen_version=ANY).organ == units[1]  # the version alone refused it


def test_every_change_has_its_audit_event(petition, hand, object_, decide, units):
    hand(units[0])
    object_()
    decide(is_upheld=False)

    events = AuditEvent.objects.filter(object_type="petitioncase", object_id=str(petition.pk))
    assert list(events.order_by("id").values_list("action", flat=True)) == [
        "petition_registered",
        "petition_handed_over",
        "petition_objected",
        "petition_objection_rejected",
    ]
