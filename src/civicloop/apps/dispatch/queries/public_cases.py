from django.db.models import QuerySet

from civicloop.apps.dispatch.models import PublicCase
from civicloop.apps.intake.models.clients import is_open_id
from civicloop.engines.text.likeness import most_alike

SHOWN = 3
LOOKED_AT = 2_000  # newest; older ones are settled or forgotten
FEWEST_CHARACTERS = 15  # before that a text says too little


def public_cases() -> QuerySet[PublicCase]:
    """What everybody may see now."""
    return PublicCase.objects.filter(withdrawn_at=None).select_related("area")


def public_case(open_id: str) -> PublicCase | None:
    """The case that programs know by this id."""
    if not is_open_id(open_id):
        return None
    return public_cases().select_related("event__topic").filter(open_id=open_id).first()


def similar_public_cases(text: str) -> list[PublicCase]:
    """The published cases that a text seems to be about, best first."""
    if len(text.strip()) < FEWEST_CHARACTERS:
        return []
    cases = list(public_cases().order_by("-id")[:LOOKED_AT])
    words = [f"{case.area.name if case.area else ''}\n{case.title}" for case in cases]
    return [cases[place] for place in most_alike(text, words, most=SHOWN)]
