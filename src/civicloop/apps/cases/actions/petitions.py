"""Petitions through their three levels; who has an interest in one does not touch it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.cases.actions.records import CaseRefusedError, keep_case, lock_case
from civicloop.apps.cases.models import (
    PetitionCase,
    PetitionCategory,
    PetitionStage,
    PetitionVerdict,
    Recusal,
    StageLevel,
)
from civicloop.apps.cases.models.petitions import MOST_REPRESENTATIVES
from civicloop.apps.cases.timing import (
    PETITION,
    STAGE,
    asked_until,
    stop,
    time_arrival,
    time_next_level,
    time_stage,
)
from civicloop.apps.dispatch.guards import complaint_about
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.places.models import Unit

LEVELS = tuple(StageLevel)


@transaction.atomic
def register_petition(
    *,
    subject: str,
    category: PetitionCategory,
    actor: User,
    now: datetime,
    order: WorkOrder | None = None,
    people_count: int = 1,
    representative_count: int = 1,
) -> PetitionCase:
    """Register a petition; a joint one is brought by at most five representatives (Art. 20).

    Raises:
        CaseRefusedError: too many representatives, or more of them than people.
    """
    if representative_count > MOST_REPRESENTATIVES:
        raise CaseRefusedError(_("At most five people represent a joint petition."))
    if not 1 <= representative_count <= people_count:
        raise CaseRefusedError(_("There are more representatives than people."))
    petition = PetitionCase(
        order=order,
        category=category,
        subject=subject,
        people_count=people_count,
        representative_count=representative_count,
        registered_at=now,
        registered_by=actor,
        version=0,
    )
    keep_case(petition, "petition_registered", actor=actor, now=now)
    time_arrival(petition, actor=actor, now=now)
    return petition


@transaction.atomic
def accept_stage(
    *,
    petition_id: int,
    level: StageLevel,
    organ: Unit,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> PetitionStage:
    """An organ accepts the petition at a level: handling first, then review, then re-review.

    Raises:
        CaseRefusedError: the level before has no opinion yet, the level was had, the time to ask
            for it has passed, the organ is the one that gave the opinion or the one complained
            of, it was handed to another organ or objected to, the petition has ended, or the
            actor is recused.
        StaleCaseError: somebody has changed it.
    """
    petition = open_petition(petition_id, actor, seen_version)
    if petition.order and complaint_about(petition.order, [organ.pk]):
        raise CaseRefusedError(_("The petition is about this organ: it must not handle it."))
    stages = list(petition.stages.order_by("id"))
    expected = LEVELS[len(stages)] if len(stages) < len(LEVELS) else None
    if level != expected:
        raise CaseRefusedError(_("The levels come one after the other, each once."))
    if stages:
        _refuse_early_or_late(stages[-1], organ, now)
    else:
        _refuse_handed_to_another(petition, organ)
    stage = PetitionStage.objects.create(
        petition=petition, level=level, organ=organ, accepted_at=now
    )
    stop(PETITION, petition.pk, actor=actor, now=now)
    if stages:
        stop(STAGE, stages[-1].pk, actor=actor, now=now)
    time_stage(stage, actor=actor, now=now)
    stage.save(update_fields=["due_at"])
    keep_case(petition, "petition_accepted", actor=actor, now=now, level=str(level))
    return stage


def _refuse_early_or_late(before: PetitionStage, organ: Unit, now: datetime) -> None:
    if before.answered_at is None:
        raise CaseRefusedError(_("The level before has given no opinion yet."))
    ask_by_at = before.ask_by_at or asked_until(before)
    if ask_by_at and now > ask_by_at:
        raise CaseRefusedError(_("The time to ask for the next level has passed."))
    if before.organ_id == organ.pk:
        raise CaseRefusedError(_("The next level is another organ's."))


def _refuse_handed_to_another(petition: PetitionCase, organ: Unit) -> None:
    known = petition.hand_overs.exclude(is_upheld=True).last()
    if known is None:
        return
    if known.objected_at and known.is_upheld is None:
        raise CaseRefusedError(_("The organ's objection has not been decided yet."))
    if known.organ_id != organ.pk:
        raise CaseRefusedError(_("The petition was handed over to another organ."))


@transaction.atomic
def give_opinion(
    *,
    stage_id: int,
    verdict: PetitionVerdict,
    facts: str,
    legal_basis: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> PetitionStage:
    """Write the organ's opinion; after re-review the petition has ended.

    Raises:
        CaseRefusedError: facts or, where the verdict rests on law, the basis are missing; the
            opinion was given before; the actor is recused.
    """
    petition_id = PetitionStage.objects.values_list("petition_id", flat=True).get(pk=stage_id)
    petition = open_petition(petition_id, actor, seen_version)
    stage = petition.stages.select_for_update().get(pk=stage_id)
    if stage.answered_at is not None:
        raise CaseRefusedError(_("The opinion has been given."))
    if not facts.strip():
        raise CaseRefusedError(_("Write the facts and reasons."))
    if verdict != PetitionVerdict.SETTLED and not legal_basis.strip():
        raise CaseRefusedError(_("Write the legal basis of the opinion."))
    stage.verdict, stage.facts, stage.legal_basis = verdict, facts, legal_basis
    stage.answered_at = now
    if stage.level == StageLevel.RE_REVIEW or verdict == PetitionVerdict.SETTLED:
        petition.ended_at = now
        stop(STAGE, stage.pk, actor=actor, now=now)
    else:
        time_next_level(stage, actor=actor, now=now)
    stage.save()
    keep_case(petition, "petition_answered", actor=actor, now=now, level=str(stage.level))
    return stage


@transaction.atomic
def recuse(
    *,
    petition_id: int,
    user: User,
    reason: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> Recusal:
    """Keep somebody with an interest away from a petition; a package leader loses it.

    Raises:
        CaseRefusedError: no reason is given.
    """
    if not reason.strip():
        raise CaseRefusedError(_("Say what the interest is."))
    petition = lock_case(PetitionCase.objects, petition_id, seen_version=seen_version)
    recusal, _is_new = Recusal.objects.get_or_create(
        petition=petition, user=user, defaults={"reason": reason, "at": now}
    )
    if petition.package_leader_id == user.pk:
        petition.package_leader = None
    keep_case(petition, "petition_recusal", actor=actor, now=now, user=user.pk)
    return recusal


@transaction.atomic
def give_to_leader(
    *,
    petition_id: int,
    leader: User,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> PetitionCase:
    """A leader follows the petition to its end (包案).

    Raises:
        CaseRefusedError: the leader is recused, or the petition has ended.
    """
    petition = open_petition(petition_id, actor, seen_version)
    if petition.recusals.filter(user=leader).exists():
        raise CaseRefusedError(_("The leader is recused from this petition."))
    petition.package_leader = leader
    return keep_case(petition, "petition_leader", actor=actor, now=now, leader=leader.pk)


def open_petition(petition_id: int, actor: User, seen_version: int | None) -> PetitionCase:
    """The petition, held until the transaction ends.

    Raises:
        CaseRefusedError: it has ended, or the actor is recused.
        StaleCaseError: it is not at the version that the actor saw.
    """
    petition = lock_case(PetitionCase.objects, petition_id, seen_version=seen_version)
    if petition.ended_at:
        raise CaseRefusedError(_("The petition has ended; the same facts are not accepted again."))
    if petition.recusals.filter(user=actor).exists():
        raise CaseRefusedError(_("You are recused from this petition."))
    return petition
