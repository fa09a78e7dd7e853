"""The petition office hands a petition to the organ whose duty it is; the organ may object.

Source: 信访工作条例 (2022), Art. 22, 23.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.cases.actions.petitions import open_petition
from civicloop.apps.cases.actions.records import CaseRefusedError, keep_case
from civicloop.apps.cases.models import HandOver, PetitionCase
from civicloop.apps.cases.timing import (
    PETITION,
    objected_until,
    stop,
    time_arrival,
    time_hand_over,
    time_objection,
)
from civicloop.apps.dispatch.guards import complaint_about
from civicloop.apps.places.models import Unit


def hand_over_in_force(petition: PetitionCase) -> HandOver | None:
    """With which organ the petition is; None before it is handed over and after a return."""
    return petition.hand_overs.exclude(is_upheld=True).select_related("organ").last()


@transaction.atomic
def hand_over(
    *,
    petition_id: int,
    organ: Unit,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> HandOver:
    """Hand a petition over; the organ's times to object and to accept begin.

    Raises:
        CaseRefusedError: an organ has it or has accepted it already, it is about this organ, the
            organ has sent it back before, the petition has ended, or the actor is recused.
        StaleCaseError: somebody has changed it.
    """
    petition = open_petition(petition_id, actor, seen_version)
    if petition.order and complaint_about(petition.order, [organ.pk]):
        raise CaseRefusedError(_("The petition is about this organ: it must not handle it."))
    if petition.stages.exists() or hand_over_in_force(petition):
        raise CaseRefusedError(_("An organ has the petition already."))
    if petition.hand_overs.filter(organ=organ).exists():
        raise CaseRefusedError(_("This organ has objected with right: choose another one."))
    made = HandOver.objects.create(petition=petition, organ=organ, handed_over_at=now)
    time_hand_over(made, actor=actor, now=now)
    keep_case(petition, "petition_handed_over", actor=actor, now=now, organ=organ.pk)
    return made


@transaction.atomic
def object_to_petition(
    *,
    petition_id: int,
    objection: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> HandOver:
    """The organ says why the petition is not its duty; it waits for the petition office.

    Raises:
        CaseRefusedError: no reason, it is not with the actor's organ, the organ has objected or
            accepted already, the time to object is out, or the actor is recused.
        StaleCaseError: somebody has changed it.
    """
    petition = open_petition(petition_id, actor, seen_version)
    known = hand_over_in_force(petition)
    if known is None or known.organ_id != actor.unit_id:
        raise CaseRefusedError(_("The petition is not with your organ."))
    if known.objected_at or petition.stages.exists():
        raise CaseRefusedError(_("Your organ has objected or accepted already."))
    until = objected_until(petition)
    if until is not None and now > until:
        raise CaseRefusedError(_("The time to object is out: the organ must accept it."))
    if not objection.strip():
        raise CaseRefusedError(_("Say why it is not your organ's duty."))
    known.objected_at, known.objection = now, objection
    known.save()
    time_objection(petition, actor=actor, now=now)
    keep_case(petition, "petition_objected", actor=actor, now=now, organ=known.organ_id)
    return known


@transaction.atomic
def decide_on_objection(
    *,
    petition_id: int,
    is_upheld: bool,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> HandOver:
    """Upheld, the petition is the office's to hand over again; if not, the organ must accept it.

    Raises:
        CaseRefusedError: there is no objection to be decided, or the actor is recused.
        StaleCaseError: somebody has changed it.
    """
    petition = open_petition(petition_id, actor, seen_version)
    known = hand_over_in_force(petition)
    if known is None or known.objected_at is None or known.decided_at:
        raise CaseRefusedError(_("There is no objection to be decided."))
    known.is_upheld, known.decided_at = is_upheld, now
    known.save()
    if is_upheld:
        stop(PETITION, petition.pk, actor=actor, now=now)
        time_arrival(petition, actor=actor, now=now)
    action = "petition_objection_upheld" if is_upheld else "petition_objection_rejected"
    keep_case(petition, action, actor=actor, now=now, organ=known.organ_id)
    return known
