"""What goes on beside the desks: a joint meeting, a reception day, a mediation, a petition."""

from datetime import timedelta

from django.utils import timezone

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.mediation import (
    agree,
    begin_mediation,
    note_performed,
    propose_mediation,
)
from civicloop.apps.cases.actions.meetings import (
    call_meeting,
    decide,
    end_decision,
    hold_meeting,
    put_on_agenda,
)
from civicloop.apps.cases.actions.petition_rating import note_rating
from civicloop.apps.cases.actions.petitions import accept_stage, give_opinion, register_petition
from civicloop.apps.cases.actions.receptions import hear_case, hold_reception, plan_reception
from civicloop.apps.cases.models import (
    Agreement,
    Committee,
    CommitteeKind,
    PetitionCategory,
    PetitionVerdict,
    StageLevel,
)
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.intake.models import Kind
from civicloop.apps.places.models import Area, AreaLevel, Unit, UnitLevel
from civicloop.config.scripted_day.day import Day


def play_side_rooms(day: Day) -> None:
    """Take four of the day's open orders where no single unit can settle them."""
    orders = [one for one in day.in_state(OrderState.SIGNED) if one.kind != Kind.REPORT][:4]
    if len(orders) == 4:
        _meet(day, orders[:2])
        _mediate(day, orders[2])
        _receive_petition(day, orders[3])


def _meet(day: Day, orders: list[WorkOrder]) -> None:
    secretary = day.staff.seat(Role.MEETING_SECRETARY)
    units = list(Unit.objects.filter(level=UnitLevel.CITY).order_by("code")[:3])
    meeting = call_meeting(
        title="民生诉求联席会议",
        area=_city(),
        day=timezone.localdate(day.now),
        convener="分管副市长",
        units=units,
        place="政务中心三楼会议室",
        actor=secretary,
        now=day.later(minutes=5),
    )
    cases = [
        put_on_agenda(
            meeting_id=meeting.pk,
            question="涉及多个部门，请明确牵头单位。",
            order=order,
            actor=secretary,
            now=day.later(minutes=1),
        )
        for order in orders
    ]
    hold_meeting(
        meeting_id=meeting.pk,
        minutes="会议逐件研究，明确牵头单位和完成时限。",
        present=units,
        actor=secretary,
        now=day.later(hours=2),
    )
    for place, case in enumerate(cases):
        decision = decide(
            meeting_id=meeting.pk,
            text="由牵头单位一周内拿出方案并组织实施。",
            owner=units[place],
            due_day=timezone.localdate(day.now) + timedelta(days=7),
            case=case,
            actor=secretary,
            now=day.later(minutes=2),
        )
        if place == 0:
            end_decision(
                decision_id=decision.pk,
                outcome="方案已印发实施。",
                is_done=True,
                actor=day.staff.clerk(units[place]),
                now=day.later(hours=1),
            )
    day.counts["joint meetings"] += 1


def _mediate(day: Day, order: WorkOrder) -> None:
    mediator = day.staff.seat(Role.MEDIATOR)
    committee, _is_new = Committee.objects.get_or_create(
        name="物业纠纷人民调解委员会",
        defaults={
            "kind": CommitteeKind.PROPERTY,
            "area": _city(),
            "member_count": 5,
            "elected_on": timezone.localdate(day.now) - timedelta(days=400),
        },
    )
    case = propose_mediation(
        committee=committee,
        subject=str(order.appeal)[:60],
        mediator=mediator,
        order=order,
        actor=mediator,
        now=day.later(minutes=10),
    )
    begin_mediation(case_id=case.pk, actor=mediator, now=day.later(hours=1))
    agree(
        case_id=case.pk,
        agreement=Agreement.WRITTEN,
        text="双方各让一步，物业公司月底前完成整改。",
        actor=mediator,
        now=day.later(hours=1),
    )
    note_performed(case_id=case.pk, actor=mediator, now=day.later(hours=1))
    day.counts["mediations"] += 1


def _receive_petition(day: Day, order: WorkOrder) -> None:
    officer, leader = day.staff.seat(Role.PETITION_OFFICER), day.staff.seat(Role.LEADER)
    petition = register_petition(
        subject=str(order.appeal)[:60],
        category=PetitionCategory.CLAIM,
        order=order,
        actor=officer,
        now=day.later(minutes=5),
    )
    reception = plan_reception(
        leader=leader,
        area=_city(),
        day=timezone.localdate(day.now),
        place="信访接待大厅",
        actor=officer,
        now=day.now,
    )
    hear_case(
        reception_id=reception.pk,
        instruction="请主管部门一周内会办。",
        petition=petition,
        is_taken_over=True,
        actor=officer,
        now=day.later(minutes=30),
    )
    hold_reception(reception_id=reception.pk, note="接待1批", actor=officer, now=day.later(hours=1))
    organ = Unit.objects.filter(level=UnitLevel.CITY).order_by("code")[3]
    stage = accept_stage(
        petition_id=petition.pk,
        level=StageLevel.HANDLING,
        organ=organ,
        actor=officer,
        now=day.later(minutes=5),
    )
    give_opinion(
        stage_id=stage.pk,
        verdict=PetitionVerdict.SUPPORTED,
        facts="经查，诉求合理。",
        legal_basis="信访工作条例第三十二条",
        actor=officer,
        now=day.later(hours=2),
    )
    note_rating(stage_id=stage.pk, satisfaction=4, actor=officer, now=day.later(hours=1))
    day.counts["petitions"] += 1
    day.counts["reception days"] += 1


def _city() -> Area:
    return Area.objects.filter(level=AreaLevel.CITY).order_by("code")[0]
