from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.petition_rating import note_rating
from civicloop.apps.cases.actions.petition_time import extend_stage, pause_stage, resume_stage
from civicloop.apps.cases.actions.petitions import (
    accept_stage,
    give_opinion,
    give_to_leader,
    recuse,
    register_petition,
)
from civicloop.apps.cases.actions.records import CaseRefusedError
from civicloop.apps.cases.models import (
    PetitionCase,
    PetitionCategory,
    PetitionStage,
    PetitionVerdict,
    StageLevel,
)
from civicloop.apps.clocks.actions.calendars import save_calendar_year
from civicloop.apps.clocks.actions.recounting import recount_clocks
from civicloop.apps.clocks.calendars import CalendarEntry
from civicloop.apps.clocks.models import CalendarDayKind, Clock

SECOND = timedelta(seconds=1)  # what is due at midnight ends the day before


@pytest.fixture
def petition(officer, now) -> PetitionCase:
    return register_petition(
        subject="征地补偿", category=PetitionCategory.CLAIM, actor=officer, now=now
    )


@pytest.fixture
def accept(petition, officer, now):
    def make(level, organ, at=now) -> PetitionStage:
        return accept_stage(
            petition_id=petition.pk, level=level, organ=organ, actor=officer, now=at
        )

    return make


@pytest.fixture
def answer(officer, now):
    def make(stage, verdict=PetitionVerdict.NOT_SUPPORTED, **said) -> PetitionStage:
        usual = {"facts": "已按标准补偿。", "legal_basis": "土地管理法"}
        return give_opinion(
            stage_id=stage.pk, verdict=verdict, actor=officer, now=now, **usual | said
        )

    return make


def test_a_petition_goes_through_its_three_levels_and_has_ended(petition, accept, answer, units):
    for level, organ in zip(StageLevel, units, strict=True):
        petition.refresh_from_db()
        assert petition.ended_at is None
        answer(accept(level, organ))

    petition.refresh_from_db()
    assert petition.ended_at is not None
    with pytest.raises(CaseRefusedError, match="终结"):
        accept(StageLevel.HANDLING, units[0])


def test_no_level_is_skipped_or_had_twice(accept, answer, units):
    with pytest.raises(CaseRefusedError, match="依次"):
        accept(StageLevel.REVIEW, units[0])
    answer(accept(StageLevel.HANDLING, units[0]))
    with pytest.raises(CaseRefusedError, match="依次"):
        accept(StageLevel.HANDLING, units[1])


def test_the_next_level_waits_for_the_opinion_of_the_one_before(accept, units):
    accept(StageLevel.HANDLING, units[0])

    with pytest.raises(CaseRefusedError, match="意见"):
        accept(StageLevel.REVIEW, units[1])


def test_the_organ_that_gave_an_opinion_does_not_review_it(accept, answer, units):
    answer(accept(StageLevel.HANDLING, units[0]))

    with pytest.raises(CaseRefusedError, match="另一"):
        accept(StageLevel.REVIEW, units[0])


def test_a_review_asked_for_too_late_is_not_accepted(accept, answer, units, now):
    stage = answer(accept(StageLevel.HANDLING, units[0]))
    stage.ask_by_at = now.replace(hour=9, minute=0)
    stage.save()

    with pytest.raises(CaseRefusedError, match="期限"):
        accept(StageLevel.REVIEW, units[1])


@pytest.mark.parametrize("missing", ["facts", "legal_basis"])
def test_an_opinion_names_its_facts_and_its_law(missing, accept, answer, units):
    stage = accept(StageLevel.HANDLING, units[0])

    with pytest.raises(CaseRefusedError):
        answer(stage, **{missing: " "})


def test_a_settlement_ends_the_petition_and_needs_no_law(petition, accept, answer, units):
    answer(accept(StageLevel.HANDLING, units[0]), PetitionVerdict.SETTLED, legal_basis="")

    petition.refresh_from_db()
    assert petition.ended_at is not None


def test_an_opinion_is_given_once(accept, answer, units):
    stage = answer(accept(StageLevel.HANDLING, units[0]))

    with pytest.raises(CaseRefusedError, match="已"):
        answer(stage)


def test_who_is_recused_does_not_touch_the_petition(petition, accept, officer, units, now):
    recuse(petition_id=petition.pk, user=officer, reason="同乡", actor=officer, now=now)

    with pytest.raises(CaseRefusedError, match="回避"):
        accept(StageLevel.HANDLING, units[0])


def test_a_leader_who_is_recused_loses_the_petition_and_does_not_get_it_back(
    petition, leader, officer, now
):
    give_to_leader(petition_id=petition.pk, leader=leader, actor=officer, now=now)

    recuse(petition_id=petition.pk, user=leader, reason="亲属", actor=officer, now=now)

    petition.refresh_from_db()
    assert petition.package_leader is None
    with pytest.raises(CaseRefusedError, match="回避"):
        give_to_leader(petition_id=petition.pk, leader=leader, actor=officer, now=now)


@pytest.mark.parametrize(("people", "representatives"), [(6, 6), (2, 3), (1, 0)])
def test_a_joint_petition_has_at_most_five_representatives_of_its_people(
    people, representatives, officer, now
):
    with pytest.raises(CaseRefusedError):
        register_petition(
            subject="欠薪",
            category=PetitionCategory.CLAIM,
            people_count=people,
            representative_count=representatives,
            actor=officer,
            now=now,
        )


def test_an_opinion_is_due_after_60_days_and_once_after_90(accept, officer, units, now):
    stage = accept(StageLevel.HANDLING, units[0])
    asked = {"stage_id": stage.pk, "reason": "情况复杂", "actor": officer, "now": now}
    with pytest.raises(CaseRefusedError, match="30"):
        extend_stage(days=31, **asked)

    longer = extend_stage(days=30, **asked)

    assert localdate(stage.due_at - SECOND) == date(2024, 1, 15)  # the 13th is a Saturday
    assert localdate(longer.due_at - SECOND) == date(2024, 2, 18)  # the 12th is in Spring Festival
    with pytest.raises(CaseRefusedError, match="30"):
        extend_stage(days=1, **asked)


def test_the_petitioner_may_ask_for_a_review_for_30_days(accept, answer, units, now):
    stage = answer(accept(StageLevel.HANDLING, units[0]))

    assert localdate(stage.ask_by_at - SECOND) == date(2023, 12, 14)
    with pytest.raises(CaseRefusedError, match="期限"):
        accept(StageLevel.REVIEW, units[1], at=now + timedelta(days=31))


def test_the_organ_complained_of_accepts_nothing(petition, accept, units):
    petition.order = WorkOrderFactory(respondent_unit=units[0])
    petition.save()

    with pytest.raises(CaseRefusedError, match="该机关"):
        accept(StageLevel.HANDLING, units[0])


def test_the_days_of_a_hearing_do_not_count(accept, officer, units, now):
    stage = accept(StageLevel.HANDLING, units[0])
    by = {"stage_id": stage.pk, "actor": officer}
    with pytest.raises(CaseRefusedError, match="听证"):
        pause_stage(evidence=" ", now=now, **by)

    pause_stage(evidence="听证告知书〔2023〕3号", now=now, **by)
    resumed = resume_stage(now=now + timedelta(days=10), **by)

    assert localdate(resumed.due_at - SECOND) == date(2024, 1, 22)  # the 13th and nine whole days
    with pytest.raises(CaseRefusedError, match="未中止"):
        resume_stage(now=now + timedelta(days=11), **by)


def test_a_petitions_levels_are_due_when_a_changed_calendar_says(petition, accept, answer, units):
    answer(accept(StageLevel.HANDLING, units[0]))
    second = accept(StageLevel.REVIEW, units[1])
    due_day = localdate(second.due_at - SECOND)
    version = PetitionCase.objects.get(pk=petition.pk).version

    save_calendar_year(
        year=due_day.year,
        entries=[CalendarEntry(due_day, CalendarDayKind.HOLIDAY, "调休")],
        source="通知",
        actor=None,
        now=second.accepted_at,
    )
    recount_clocks(actor=None, now=second.accepted_at, reason="通知")

    clock = Clock.objects.get(owner_type="petition_stage", owner_id=second.pk, stopped_at=None)
    moved = PetitionStage.objects.get(pk=second.pk)
    assert moved.due_at == clock.due_at > second.due_at
    assert PetitionCase.objects.get(pk=petition.pk).version == version + 1


def test_the_petitioner_gives_one_mark_after_the_opinion_also_when_all_has_ended(
    petition, accept, answer, officer, units, now
):
    stage = accept(StageLevel.HANDLING, units[0])
    with pytest.raises(CaseRefusedError):
        note_rating(stage_id=stage.pk, satisfaction=5, actor=officer, now=now)
    answer(stage, verdict=PetitionVerdict.SETTLED)

    rated = note_rating(stage_id=stage.pk, satisfaction=2, actor=officer, now=now)

    petition.refresh_from_db()
    assert petition.ended_at
    assert (rated.satisfaction, rated.rated_at) == (2, now)
    with pytest.raises(CaseRefusedError):
        note_rating(stage_id=stage.pk, satisfaction=5, actor=officer, now=now)


def test_who_is_recused_writes_no_mark_down(petition, accept, answer, officer, units, now):
    stage = accept(StageLevel.HANDLING, units[0])
    answer(stage)
    other = UserFactory(role=Role.PETITION_OFFICER)
    recuse(petition_id=petition.pk, user=other, reason="亲属", actor=officer, now=now)

    with pytest.raises(CaseRefusedError):
        note_rating(stage_id=stage.pk, satisfaction=5, actor=other, now=now)
