from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.handing_over import hand_over
from civicloop.apps.cases.actions.mediation import (
    agree,
    begin_mediation,
    found_committee,
    propose_mediation,
)
from civicloop.apps.cases.actions.meetings import call_meeting, decide, end_decision, hold_meeting
from civicloop.apps.cases.actions.petition_rating import note_rating
from civicloop.apps.cases.actions.petitions import (
    accept_stage,
    give_opinion,
    recuse,
    register_petition,
)
from civicloop.apps.cases.actions.receptions import plan_reception, swap_reception
from civicloop.apps.cases.figure_queries import figures_of_cases, mean_time_red, rows_behind
from civicloop.apps.cases.figures import CASE_FIGURES, COHORTS, GROUPS, Rows
from civicloop.apps.cases.models import (
    Agreement,
    CommitteeKind,
    JointMeeting,
    MediationCase,
    PetitionCase,
    PetitionCategory,
    PetitionVerdict,
    Reception,
    ReceptionCase,
    ReceptionState,
    StageLevel,
)
from civicloop.apps.clocks.actions.sweeping import sweep_clocks
from civicloop.apps.dispatch.figures import Period
from civicloop.apps.dispatch.models import (
    CloseType,
    OrderParty,
    OrderState,
    PartyRole,
    SheetCause,
    SheetState,
    SupervisionSheet,
)
from civicloop.values.ratios import Ratio

DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def supervisor(db):
    return UserFactory(role=Role.SUPERVISOR)


@pytest.fixture
def period(now) -> Period:
    return Period(first_day=now.date() - 90 * DAY, last_day=now.date() + 90 * DAY)


@pytest.fixture
def figure(supervisor, period, now) -> Callable[..., Ratio]:
    """A figure as the supervisor sees it; its rows are counted again, one by one."""

    def count(code: str, *, at: datetime = now, user=supervisor) -> Ratio:
        ratio = figures_of_cases(user, tuple(Rows), period, now=at)[code]
        rows = {
            part: len(set(rows_behind(user, code, period, now=at, only_part=part)))
            for part in (None, True, False)
        }
        assert rows == {
            None: ratio.denominator,
            True: ratio.numerator,
            False: ratio.denominator - ratio.numerator,
        }
        return ratio

    return count


@pytest.fixture
def petition(officer, now) -> Callable[..., PetitionCase]:
    def make(at: datetime = now) -> PetitionCase:
        return register_petition(
            subject="征地补偿", category=PetitionCategory.CLAIM, actor=officer, now=at
        )

    return make


@pytest.fixture
def level(officer, now):
    """A petition's next level, answered unless it is left open."""

    def make(petition, level, organ, *, at=now, answered_at=now, verdict="not_supported"):
        stage = accept_stage(
            petition_id=petition.pk, level=level, organ=organ, actor=officer, now=at
        )
        if answered_at is None:
            return stage
        return give_opinion(
            stage_id=stage.pk,
            verdict=PetitionVerdict(verdict),
            facts="已核实。",
            legal_basis="土地管理法",
            actor=officer,
            now=answered_at,
        )

    return make


@pytest.fixture
def sweep():
    def run(at: datetime) -> None:
        sweep_clocks(now=at, on_overdue=lambda _: None, on_near_due=lambda _: None)

    return run


def test_each_figure_has_a_cohort_in_words_and_a_place_on_the_page():
    asked = {(one.rows, one.cohort) for one in CASE_FIGURES.values()}

    assert asked == set(COHORTS)
    assert {kind for kinds in GROUPS.values() for kind in kinds} == set(Rows)


def test_without_cases_every_figure_is_of_nothing(supervisor, period, now):
    figures = figures_of_cases(supervisor, tuple(Rows), period, now=now)

    assert list(figures) == list(CASE_FIGURES)
    assert set(figures.values()) == {Ratio(0, 0)}


def test_a_petition_not_handed_over_counts_once_its_time_is_out(
    figure, petition, officer, units, sweep, now
):
    handed, _late, _running = petition(), petition(), petition(now + 5 * DAY)
    hand_over(petition_id=handed.pk, organ=units[0], actor=officer, now=now + DAY)

    sweep(now + 17 * DAY)  # 15 calendar days for the second, the third has three left

    assert figure("petition_handed_over_in_time", at=now + 17 * DAY) == Ratio(1, 2)


def test_a_level_is_in_time_by_its_own_due_time_and_left_out_while_it_runs(
    figure, petition, level, units, now
):
    level(petition(), StageLevel.HANDLING, units[0], answered_at=now + 59 * DAY)
    level(petition(), StageLevel.HANDLING, units[0], answered_at=now + 70 * DAY)
    level(petition(), StageLevel.HANDLING, units[0], answered_at=None)

    assert figure("petition_handled_in_time", at=now) == Ratio(1, 2)
    assert figure("petition_handled_in_time", at=now + 71 * DAY) == Ratio(1, 3)
    assert figure("petition_reviewed_in_time") == Ratio(0, 0)


def test_of_the_opinions_given_some_petitioners_gave_a_mark_and_some_of_those_are_satisfied(
    figure, petition, level, officer, units, now
):
    for mark in (5, 4, 3):
        stage = level(petition(), StageLevel.HANDLING, units[0])
        note_rating(stage_id=stage.pk, satisfaction=mark, actor=officer, now=now)
    level(petition(), StageLevel.HANDLING, units[0])
    level(petition(), StageLevel.HANDLING, units[0], answered_at=None)

    assert figure("petition_rated") == Ratio(3, 4)
    assert figure("petition_satisfied") == Ratio(2, 3)


def test_settled_at_the_first_level_only_when_no_review_can_be_asked_any_more(
    figure, petition, level, units, now
):
    asks = petition()
    level(asks, StageLevel.HANDLING, units[0])
    level(asks, StageLevel.REVIEW, units[1], answered_at=None)
    level(petition(), StageLevel.HANDLING, units[0], verdict="settled")
    level(petition(), StageLevel.HANDLING, units[0])

    assert figure("petition_settled_at_once") == Ratio(1, 2)
    assert figure("petition_settled_at_once", at=now + 40 * DAY) == Ratio(2, 3)
    assert figure("petition_review_asked") == Ratio(1, 2)


def test_a_reception_day_counts_from_its_day_on_and_by_its_roster(
    figure, officer, leader, county, now
):
    today = now.date()
    days = [
        plan_reception(
            leader=leader, area=county, day=today + n * DAY, place="大厅", actor=officer, now=now
        )
        for n in (10, 11, 12)
    ]
    swap_reception(
        reception_id=days[0].pk,
        to_leader=UserFactory(role=Role.LEADER),
        reason="出差",
        actor=officer,
        now=now,
    )
    Reception.objects.filter(pk__in=[days[0].pk, days[1].pk]).update(state=ReceptionState.HELD)

    assert figure("reception_held", at=now + 9 * DAY) == Ratio(0, 0)
    assert figure("reception_held", at=now + 12 * DAY) == Ratio(2, 3)
    assert figure("reception_by_roster", at=now + 12 * DAY) == Ratio(1, 2)


def test_a_matter_heard_has_ended_with_its_order_or_its_petition(
    figure, officer, leader, county, petition, now
):
    reception = plan_reception(
        leader=leader, area=county, day=now.date() + DAY, place="大厅", actor=officer, now=now
    )
    ended = petition()
    PetitionCase.objects.filter(pk=ended.pk).update(ended_at=now)
    for about in (
        {
            "order": WorkOrderFactory(
                state=OrderState.ARCHIVED, closed_at=now, close_type=CloseType.EXPLAINED
            )
        },
        {"order": WorkOrderFactory(state=OrderState.TRIAGE)},
        {"petition": ended},
        {"petition": petition()},
    ):
        ReceptionCase.objects.create(reception=reception, instruction="办", **about)

    assert figure("reception_matter_ended") == Ratio(2, 4)


@pytest.fixture
def meeting(secretary, county, units, now) -> JointMeeting:
    meeting = call_meeting(
        title="油烟",
        area=county,
        day=now.date(),
        convener="王副县长",
        units=units,
        actor=secretary,
        now=now,
    )
    return hold_meeting(
        meeting_id=meeting.pk, minutes="住建局牵头。", present=units, actor=secretary, now=now
    )


def test_decisions_are_carried_out_and_in_time_those_dropped_are_left_out(
    figure, meeting, secretary, units, now
):
    decisions = [
        decide(
            meeting_id=meeting.pk,
            text="整改",
            owner=units[0],
            due_day=now.date() + days * DAY,
            actor=secretary,
            now=now,
        )
        for days in (3, 3, 3, 30, 30)
    ]
    ends = [(True, 3), (True, 4), (False, 1)]
    for decision, (is_done, after) in zip(decisions, ends, strict=False):
        end_decision(
            decision_id=decision.pk,
            is_done=is_done,
            outcome="已办",
            actor=secretary,
            now=now + after * DAY,
        )

    assert figure("meeting_held") == Ratio(1, 1)
    assert figure("decision_done") == Ratio(2, 4)
    assert figure("decision_in_time", at=now + 9 * DAY) == Ratio(1, 2)
    assert figure("decision_in_time", at=now + 31 * DAY) == Ratio(1, 4)


def test_a_dispute_counts_once_it_is_decided_and_an_agreement_by_its_day(
    figure, officer, county, now
):
    committee = found_committee(
        name="调委会",
        kind=CommitteeKind.TOWNSHIP,
        area=county,
        member_count=5,
        elected_on=now.date(),
        actor=officer,
        now=now,
    )
    cases = [
        propose_mediation(
            committee=committee, subject="退款", mediator=officer, actor=officer, now=now
        )
        for _ in range(4)
    ]
    for case in cases[:3]:
        begin_mediation(case_id=case.pk, actor=officer, now=now)
        agree(
            case_id=case.pk,
            agreement=Agreement.WRITTEN,
            text="退款",
            perform_by_day=now.date() + 5 * DAY,
            actor=officer,
            now=now,
        )
    kept, late, _open = cases[:3]
    MediationCase.objects.filter(pk=kept.pk).update(performed_at=now + 5 * DAY, state="performed")
    MediationCase.objects.filter(pk=late.pk).update(
        performed_at=now + 6 * DAY, state="performed", confirmation_asked_at=now
    )

    assert figure("mediation_agreed") == Ratio(3, 3)
    assert figure("mediation_performed", at=now + 5 * DAY) == Ratio(1, 2)
    assert figure("mediation_performed", at=now + 6 * DAY) == Ratio(1, 3)
    assert figure("mediation_confirmed") == Ratio(1, 3)


def sheet(now: datetime, **fields) -> SupervisionSheet:
    usual = {"level": 1, "cause": SheetCause.OVERDUE, "reason": "超期", "due_at": now + DAY}
    made = {"order": WorkOrderFactory(), "unit": UnitFactory(), "issued_at": now}
    return SupervisionSheet.objects.create(**usual | made | fields)


def test_a_sheet_is_answered_in_time_unless_it_asks_for_nothing_any_more(figure, now):
    ended = {"state": SheetState.ENDED, "end_note": "升级"}
    sheet(now, replied_at=now + DAY, reply="已办", state=SheetState.REPLIED)
    sheet(now, replied_at=now + 2 * DAY, reply="已办", state=SheetState.REPLIED)
    sheet(now)
    sheet(now, ended_at=now, **ended)  # raised to a higher one before it was due
    sheet(now, ended_at=now + 3 * DAY, **ended)
    sheet(now, ended_at=now, state=SheetState.WITHDRAWN, end_note="误发")
    sheet(now, cause=SheetCause.LEADER, leader="王副县长")

    assert figure("sheet_answered_in_time") == Ratio(1, 2)
    assert figure("sheet_answered_in_time", at=now + 4 * DAY) == Ratio(1, 4)


def test_red_sheets_that_are_open_and_how_long_red_ones_were(figure, supervisor, period, now):
    sheet(now, level=2)
    sheet(now, level=3)
    sheet(now, level=4, state=SheetState.ENDED, ended_at=now + 2 * DAY, end_note="已销号")

    assert figure("sheet_red_open") == Ratio(1, 2)
    assert mean_time_red(supervisor, period, now=now + 4 * DAY) == 3 * DAY


def test_who_is_recused_does_not_count_the_petition(figure, petition, level, officer, units, now):
    known = petition()
    level(known, StageLevel.HANDLING, units[0])
    assert figure("petition_review_asked", user=officer) == Ratio(0, 1)

    recuse(petition_id=known.pk, user=officer, reason="亲属", actor=officer, now=now)

    assert figure("petition_review_asked", user=officer) == Ratio(0, 0)


def test_a_unit_counts_its_own_decisions_and_sheets_only(figure, meeting, secretary, units, now):
    head = UserFactory(role=Role.UNIT_HEAD, unit=units[0])
    for unit in units[:2]:
        decide(
            meeting_id=meeting.pk,
            text="整改",
            owner=unit,
            due_day=now.date() + DAY,
            actor=secretary,
            now=now,
        )
        order = WorkOrderFactory(lead_unit=units[0], state=OrderState.IN_PROGRESS)
        OrderParty.objects.create(order=order, unit=units[0], role=PartyRole.LEAD, assigned_at=now)
        sheet(now, level=3, order=order, unit=unit)

    assert figure("decision_done", user=head) == Ratio(0, 1)
    assert figure("sheet_red_open", user=head) == Ratio(1, 1)


def test_the_last_day_of_a_period_counts_and_the_day_after_does_not(
    supervisor, meeting, secretary, units, now
):
    for days in (0, 1):
        decide(
            meeting_id=meeting.pk,
            text="整改",
            owner=units[0],
            due_day=date(2023, 11, 30) + days * DAY,
            actor=secretary,
            now=now,
        )
    november = Period(first_day=date(2023, 11, 1), last_day=date(2023, 11, 30))

    late = figures_of_cases(supervisor, [Rows.DECISION], november, now=now + 90 * DAY)

    assert late["decision_in_time"] == Ratio(0, 1)


def test_a_sheet_due_at_the_end_of_the_last_day_counts_in_its_period(supervisor, now):
    for day in (1, 31):  # 24:00 of 31 October and of 30 November
        sheet(now, due_at=datetime(2023, 11, 1, tzinfo=SHANGHAI) + (day - 1) * DAY)
    november = Period(first_day=date(2023, 11, 1), last_day=date(2023, 11, 30))

    found = figures_of_cases(supervisor, [Rows.SHEET], november, now=now + 90 * DAY)

    assert found["sheet_answered_in_time"] == Ratio(0, 1)
