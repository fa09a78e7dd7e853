"""What a case shows as its time follows its clocks when the calendar has moved these."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.cases.actions.records import keep_case, lock_case
from civicloop.apps.cases.models import PetitionCase, PetitionStage
from civicloop.apps.cases.timing import ASKED_AFTER, OF_LEVEL, STAGE
from civicloop.apps.clocks.actions.recounting import Recounted

FIELDS: Mapping[str, str] = {
    **dict.fromkeys(map(str, OF_LEVEL.values()), "due_at"),
    **dict.fromkeys(map(str, ASKED_AFTER.values()), "ask_by_at"),
}


@transaction.atomic
def follow_recount(moved: Sequence[Recounted], *, actor: User | None, now: datetime) -> None:
    """A petition's levels are due when their clocks are.

    A mediation is shown with its clock itself, and a meeting's decision on the day that the meeting set.
    """
    for stage, moves in _stages(moved):
        petition = lock_case(PetitionCase.objects, stage.petition_id)
        for name, due_at in moves.items():
            setattr(stage, name, due_at)
        stage.save(update_fields=[*moves])
        keep_case(petition, "petition_recounted", actor=actor, now=now, stage=stage.pk)


def _stages(
    moved: Sequence[Recounted],
) -> Iterator[tuple[PetitionStage, dict[str, datetime | None]]]:
    fields: dict[int, dict[str, datetime | None]] = {}
    for each in moved:
        if each.clock.owner_type == STAGE:
            field = FIELDS[each.clock.name]
            fields.setdefault(each.clock.owner_id, {})[field] = each.due_at
    for stage in PetitionStage.objects.filter(pk__in=fields).order_by("petition", "pk"):
        yield stage, fields[stage.pk]
