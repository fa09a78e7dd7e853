"""The time of a petition's level: lengthened once for a hard matter, standing while a hearing is held."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.cases.actions.petitions import open_petition
from civicloop.apps.cases.actions.records import CaseRefusedError, keep_case
from civicloop.apps.cases.models import PetitionCase, PetitionStage
from civicloop.apps.cases.timing import OF_LEVEL, STAGE
from civicloop.apps.clocks.actions import (
    ClockIsPausedError,
    ClockNotPausedError,
    ExtensionNotAllowedError,
    PauseOutsideClockError,
    extend_clock,
    pause_clock,
    resume_clock,
)
from civicloop.apps.clocks.models import Clock, PauseReason
from civicloop.apps.clocks.wording import word_waiting
from civicloop.engines.clocks import ExtensionRefusedError, MissingCalendarYearError, TimeUnit


def clock_of(stage: PetitionStage) -> Clock | None:
    """The clock by which the organ must have given its opinion, while it is not stopped."""
    clocks = Clock.objects.of_owner(STAGE, stage.pk)
    return clocks.filter(name=OF_LEVEL[stage.level], stopped_at=None).first()


@transaction.atomic
def extend_stage(
    *,
    stage_id: int,
    days: int,
    reason: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> PetitionStage:
    """Give an organ more time for a hard matter, as often and as long as the rule allows.

    Raises:
        CaseRefusedError: no reason, the opinion is there, the rule allows no such extension, or a
            year of the calendar is missing.
    """
    petition, stage, clock = _running(stage_id, actor, seen_version)
    if not reason.strip():
        raise CaseRefusedError(_("Say why more time is needed."))
    if clock.waits_for_year is not None:
        raise CaseRefusedError(word_waiting(clock.waits_for_year))
    try:
        with transaction.atomic():
            clock = extend_clock(
                clock=clock,
                n=Decimal(days),
                unit=TimeUnit.CALENDAR_DAY,
                reason=reason,
                approver=actor.get_full_name() or actor.username,
                asked_at=now,
                actor=actor,
                now=now,
            )
    except MissingCalendarYearError as missing:
        raise CaseRefusedError(word_waiting(missing.year)) from missing
    except (ExtensionNotAllowedError, ExtensionRefusedError) as refusal:
        raise CaseRefusedError(
            _("The rule allows one extension of at most 30 days, granted before the time is out.")
        ) from refusal
    _take_due(stage, clock)
    keep_case(petition, "petition_extended", actor=actor, now=now, days=days)
    return stage


@transaction.atomic
def pause_stage(
    *,
    stage_id: int,
    evidence: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> PetitionStage:
    """Let the organ's time stand while a hearing is held: it does not count.

    Raises:
        CaseRefusedError: no evidence, the opinion is there, the time stands already or is out.
    """
    petition, stage, clock = _running(stage_id, actor, seen_version)
    if not evidence.strip():
        raise CaseRefusedError(_("Name the notice of the hearing, its date and number."))
    try:
        clock = pause_clock(
            clock=clock,
            reason=PauseReason.HEARING,
            evidence=evidence,
            from_at=now,
            actor=actor,
            now=now,
        )
    except (ClockIsPausedError, PauseOutsideClockError) as refusal:
        raise CaseRefusedError(_("The time stands already, or it is out.")) from refusal
    _take_due(stage, clock)
    keep_case(petition, "petition_paused", actor=actor, now=now)
    return stage


@transaction.atomic
def resume_stage(
    *, stage_id: int, actor: User, now: datetime, seen_version: int | None = None
) -> PetitionStage:
    """The hearing is over: the time runs on, and what it stood is given back.

    Raises:
        CaseRefusedError: the opinion is there, or the time does not stand.
    """
    petition, stage, clock = _running(stage_id, actor, seen_version)
    try:
        clock = resume_clock(clock=clock, actor=actor, now=now)
    except ClockNotPausedError as refusal:
        raise CaseRefusedError(_("The time does not stand.")) from refusal
    _take_due(stage, clock)
    keep_case(petition, "petition_resumed", actor=actor, now=now)
    return stage


def _running(
    stage_id: int, actor: User, seen_version: int | None
) -> tuple[PetitionCase, PetitionStage, Clock]:
    petition_id = PetitionStage.objects.values_list("petition_id", flat=True).get(pk=stage_id)
    petition = open_petition(petition_id, actor, seen_version)
    stage = petition.stages.select_for_update().get(pk=stage_id)
    clock = clock_of(stage)
    if clock is None:
        raise CaseRefusedError(_("The opinion has been given."))
    return petition, stage, clock


def _take_due(stage: PetitionStage, clock: Clock) -> None:
    stage.due_at = clock.due_at
    stage.save(update_fields=["due_at"])
