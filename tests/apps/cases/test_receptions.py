from datetime import date

import pytest
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.petitions import recuse, register_petition
from civicloop.apps.cases.actions.receptions import (
    cancel_reception,
    hear_case,
    hold_reception,
    plan_reception,
    swap_reception,
)
from civicloop.apps.cases.actions.records import CaseRefusedError
from civicloop.apps.cases.models import PetitionCategory, Reception, ReceptionState

TODAY = date(2023, 11, 14)


@pytest.fixture
def plan(leader, county, officer, now):
    def make(day: date = TODAY) -> Reception:
        return plan_reception(
            leader=leader, area=county, day=day, place="接访大厅", actor=officer, now=now
        )

    return make


@pytest.fixture
def deputy(db):
    return UserFactory(role=Role.LEADER)


@pytest.mark.parametrize(
    ("day", "is_late"), [(date(2023, 11, 19), False), (date(2023, 11, 18), True)]
)
def test_a_swap_asked_for_less_than_five_days_before_is_marked(
    day, is_late, plan, deputy, leader, officer, now
):
    reception = plan(day)

    swap = swap_reception(
        reception_id=reception.pk, to_leader=deputy, reason="出差", actor=officer, now=now
    )

    reception.refresh_from_db()
    assert (swap.is_late, swap.from_leader) == (is_late, leader)
    assert (reception.leader, reception.planned_leader) == (deputy, leader)


def test_a_leader_receives_once_a_day(plan, deputy, county, officer, now):
    plan()
    with pytest.raises(CaseRefusedError, match="当天"):
        plan()
    other = plan_reception(
        leader=deputy, area=county, day=TODAY, place="二厅", actor=officer, now=now
    )

    with pytest.raises(CaseRefusedError, match="当天"):
        swap_reception(
            reception_id=other.pk,
            to_leader=Reception.objects.first().leader,
            reason="换",
            actor=officer,
            now=now,
        )


def test_a_cancelled_day_frees_the_leader(plan, officer, now):
    cancel_reception(reception_id=plan().pk, reason="防汛", actor=officer, now=now)

    assert plan().state == ReceptionState.PLANNED


def test_a_day_is_not_planned_in_the_past_nor_held_in_the_future(plan, officer, now):
    with pytest.raises(CaseRefusedError, match="过去"):
        plan(date(2023, 11, 13))
    with pytest.raises(CaseRefusedError, match="未到"):
        hold_reception(reception_id=plan(date(2023, 11, 15)).pk, note="", actor=officer, now=now)


def test_a_day_that_was_held_is_not_cancelled(plan, officer, now):
    reception = plan()
    hold_reception(reception_id=reception.pk, note="接待6批", actor=officer, now=now)

    with pytest.raises(CaseRefusedError, match="已"):
        cancel_reception(reception_id=reception.pk, reason="取消", actor=officer, now=now)


@pytest.mark.parametrize("change", [swap_reception, cancel_reception])
def test_a_change_of_the_roster_needs_a_reason(change, plan, deputy, officer, now):
    more = {"to_leader": deputy} if change is swap_reception else {}

    with pytest.raises(CaseRefusedError, match="说明"):
        change(reception_id=plan().pk, reason=" ", actor=officer, now=now, **more)


def test_a_petition_that_a_leader_takes_over_is_the_leaders(plan, leader, officer, now):
    petition = register_petition(
        subject="征地补偿", category=PetitionCategory.CLAIM, actor=officer, now=now
    )

    hear_case(
        reception_id=plan().pk,
        instruction="一周内会办",
        petition=petition,
        is_taken_over=True,
        actor=officer,
        now=now,
    )

    petition.refresh_from_db()
    assert petition.package_leader == leader


def test_a_recused_leader_hears_no_such_petition(plan, leader, officer, now):
    petition = register_petition(
        subject="征地补偿", category=PetitionCategory.CLAIM, actor=officer, now=now
    )
    recuse(petition_id=petition.pk, user=leader, reason="亲属", actor=officer, now=now)

    with pytest.raises(CaseRefusedError, match="回避"):
        hear_case(
            reception_id=plan().pk, instruction="办", petition=petition, actor=officer, now=now
        )


def test_a_matter_heard_is_one_order_or_one_petition(plan, officer, now):
    reception = plan()

    with pytest.raises(CaseRefusedError):
        hear_case(reception_id=reception.pk, instruction="办", actor=officer, now=now)
    case = hear_case(
        reception_id=reception.pk,
        instruction="办",
        order=WorkOrderFactory(),
        actor=officer,
        now=now,
    )
    assert reception.cases.get() == case


def test_nothing_is_heard_on_a_cancelled_day(plan, officer, now):
    reception = plan()
    cancel_reception(reception_id=reception.pk, reason="防汛", actor=officer, now=now)

    with pytest.raises(CaseRefusedError, match="取消"):
        hear_case(
            reception_id=reception.pk,
            instruction="办",
            order=WorkOrderFactory(),
            actor=officer,
            now=now,
        )
