"""The clocks of cases: mediation and its confirmation, each level of a petition, each decision of a meeting."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.cases.models import (
    CommitteeKind,
    HandOver,
    MediationCase,
    MeetingDecision,
    PetitionCase,
    PetitionStage,
    StageLevel,
)
from civicloop.apps.clocks.actions.several import Start, start_clocks, stop_clocks
from civicloop.apps.clocks.limits import SourcedLimit
from civicloop.apps.clocks.models import Clock, ClockBasis, ClockName
from civicloop.apps.clocks.presets import sourced_limit
from civicloop.apps.places.models import Unit
from civicloop.engines.clocks import Limit, StartRule, TimeUnit

MEDIATION, PETITION, STAGE, DECISION = (
    "mediation_case",
    "petition_case",
    "petition_stage",
    "meeting_decision",
)
PETITIONS, CONSUMERS, STATUTES = "petitions", "market", "national"  # presets
OF_LEVEL: Mapping[str, ClockName] = {
    StageLevel.HANDLING: ClockName.PETITION_HANDLE,
    StageLevel.REVIEW: ClockName.PETITION_REVIEW,
    StageLevel.RE_REVIEW: ClockName.PETITION_RE_REVIEW,
}
ASKED_AFTER: Mapping[str, ClockName] = {
    StageLevel.HANDLING: ClockName.PETITION_ASK_REVIEW,
    StageLevel.REVIEW: ClockName.PETITION_ASK_RE_REVIEW,
}


def time_mediation(case: MediationCase, *, actor: User, now: datetime) -> None:
    """The time to find an agreement runs where the city's preset, or the consumers' rule, sets one."""
    sourced = sourced_limit(settings.CLOCK_PRESET, ClockName.MEDIATE)
    if sourced is None and case.committee.kind == CommitteeKind.CONSUMER:
        sourced = sourced_limit(CONSUMERS, ClockName.MEDIATE)
    _start(MEDIATION, case.pk, ClockName.MEDIATE, sourced, actor=actor, now=now)


def time_confirmation(case: MediationCase, *, actor: User, now: datetime) -> None:
    """The parties may ask the court to confirm what they agreed on, for a while."""
    stop(MEDIATION, case.pk, actor=actor, now=now)
    sourced = sourced_limit(STATUTES, ClockName.CONFIRM)
    _start(MEDIATION, case.pk, ClockName.CONFIRM, sourced, actor=actor, now=now)


def time_arrival(petition: PetitionCase, *, actor: User, now: datetime) -> None:
    """The petition office hands the petition over in time, or says itself that it is accepted."""
    for name in (ClockName.PETITION_TRANSFER, ClockName.PETITION_ACCEPT):
        sourced = sourced_limit(PETITIONS, name)
        _start(PETITION, petition.pk, name, sourced, actor=actor, now=now)


def time_hand_over(hand_over: HandOver, *, actor: User, now: datetime) -> None:
    """The organ objects within some days, or tells the petitioner whether it accepts."""
    stop(PETITION, hand_over.petition_id, actor=actor, now=now)
    for name in (ClockName.PETITION_OBJECT, ClockName.PETITION_ACCEPT):
        sourced, unit = sourced_limit(PETITIONS, name), hand_over.organ
        _start(PETITION, hand_over.petition_id, name, sourced, unit=unit, actor=actor, now=now)


def time_objection(petition: PetitionCase, *, actor: User, now: datetime) -> None:
    """The organ has objected: that time runs no more, the petitioner's goes on."""
    names = [ClockName.PETITION_OBJECT]
    stop_clocks(owner_type=PETITION, owner_id=petition.pk, names=names, actor=actor, now=now)


def objected_until(petition: PetitionCase) -> datetime | None:
    """When the organ's time to object is out; None where no such time runs."""
    clocks = Clock.objects.of_owner(PETITION, petition.pk)
    clock = clocks.filter(name=ClockName.PETITION_OBJECT, stopped_at=None).last()
    return clock.due_at if clock else None


def time_stage(stage: PetitionStage, *, actor: User, now: datetime) -> None:
    """The organ's time runs from its acceptance; sets the stage's `due_at`, saved by the caller."""
    name = OF_LEVEL[stage.level]
    sourced = sourced_limit(PETITIONS, name)
    clock = _start(STAGE, stage.pk, name, sourced, unit=stage.organ, actor=actor, now=now)
    stage.due_at = clock.due_at if clock else None


def time_next_level(stage: PetitionStage, *, actor: User, now: datetime) -> None:
    """After an opinion the petitioner may ask for the next level; sets the stage's `ask_by_at`."""
    stop(STAGE, stage.pk, actor=actor, now=now)
    name = ASKED_AFTER.get(stage.level)
    sourced = sourced_limit(PETITIONS, name) if name else None
    if name:
        clock = _start(STAGE, stage.pk, name, sourced, actor=actor, now=now)
        stage.ask_by_at = clock.due_at if clock else None


def asked_until(stage: PetitionStage) -> datetime | None:
    """When the time to ask for the next level is out, as its clock counts it by now."""
    name = ASKED_AFTER.get(stage.level, "")
    clock = Clock.objects.of_owner(STAGE, stage.pk).filter(name=name).last()
    return clock.due_at if clock else None


def time_decision(decision: MeetingDecision, *, actor: User, now: datetime) -> None:
    """A decision runs from its meeting's day to the day that the meeting set."""
    meeting = decision.meeting
    days = (decision.due_day - meeting.day).days
    limit = Limit(
        n=Decimal(max(days, 1)),
        unit=TimeUnit.CALENDAR_DAY,
        start=StartRule.NEXT_DAY if days else StartRule.SAME_DAY,
    )
    sourced = SourcedLimit(
        limit=limit, basis=ClockBasis.PRESET, source=f"{meeting.title} {meeting.day}"
    )
    start = Start(name=ClockName.DECISION, sourced=sourced, unit=decision.owner)
    start_clocks(
        owner_type=DECISION,
        owner_id=decision.pk,
        starts=[start],
        started_at=timezone.make_aware(datetime.combine(meeting.day, time(12))),
        actor=actor,
        now=now,
    )


def stop(owner_type: str, owner_id: int, *, actor: User, now: datetime) -> None:
    """Nothing of the owner is waited for any more."""
    stop_clocks(owner_type=owner_type, owner_id=owner_id, actor=actor, now=now)


def _start(
    owner_type: str,
    owner_id: int,
    name: ClockName,
    sourced: SourcedLimit | None,
    *,
    actor: User,
    now: datetime,
    unit: Unit | None = None,
) -> Clock | None:
    if sourced is None:
        return None
    [clock] = start_clocks(
        owner_type=owner_type,
        owner_id=owner_id,
        starts=[Start(name=name, sourced=sourced, unit=unit)],
        started_at=now,
        actor=actor,
        now=now,
    )
    return clock
