"""What petitioners think of the handling: asked after each opinion, also when the petition has ended."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.cases.actions.records import CaseRefusedError, keep_case, lock_case
from civicloop.apps.cases.models import PetitionCase, PetitionStage


@transaction.atomic
def note_rating(
    *,
    stage_id: int,
    satisfaction: int,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> PetitionStage:
    """Write down the petitioner's mark, 1 to 5, for the handling at a level; it is given once.

    Raises:
        CaseRefusedError: there is no opinion yet, the mark was given, or the actor is recused.
        StaleCaseError: somebody has changed the petition.
    """
    petition_id = PetitionStage.objects.values_list("petition_id", flat=True).get(pk=stage_id)
    petition = lock_case(PetitionCase.objects, petition_id, seen_version=seen_version)
    if petition.recusals.filter(user=actor).exists():
        raise CaseRefusedError(_("You are recused from this petition."))
    stage = petition.stages.select_for_update().get(pk=stage_id)
    if stage.answered_at is None:
        raise CaseRefusedError(_("The level has given no opinion yet."))
    if stage.rated_at is not None:
        raise CaseRefusedError(_("The petitioner has given a mark for this level."))
    stage.satisfaction, stage.rated_at = satisfaction, now
    stage.save(update_fields=["satisfaction", "rated_at"])
    keep_case(petition, "petition_rated", actor=actor, now=now, level=str(stage.level))
    return stage
