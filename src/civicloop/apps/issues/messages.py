"""Appeals in the form the text engine reads them."""

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.models import DecisionKind, EventDecision
from civicloop.apps.places.models import Area, AreaLevel
from civicloop.engines.text.events import Constraint, Message

NAMED_LEVELS = (AreaLevel.COUNTY, AreaLevel.TOWNSHIP, AreaLevel.VILLAGE)
COLUMNS = ("id", "subject", "text", "address", "caller_key", "received_at", "area_id")


def read_messages(*, first_id: int = 0) -> list[Message]:
    """Every appeal from this id on, in the order of ids."""
    places = _place_names()
    rows = Appeal.objects.filter(id__gte=first_id).order_by("id").values_list(*COLUMNS)
    return [
        Message(
            id=appeal_id,
            subject=subject,
            text=f"{text}\n{address}" if address and address not in text else text,
            author=caller_key,
            received_at=received_at,
            place=places.get(area_id, ""),
        )
        for appeal_id, subject, text, address, caller_key, received_at, area_id in rows.iterator(
            chunk_size=5_000
        )
    ]


def _place_names() -> dict[int | None, str]:
    """The names from the county down to each area, joined by a space."""
    names: dict[int | None, str] = {}
    for area_id, name, level, parent_id in Area.objects.order_by("code").values_list(
        "id", "name", "level", "parent_id"
    ):
        above = names.get(parent_id, "")
        named = name if level in NAMED_LEVELS else ""
        names[area_id] = f"{above} {named}".strip()
    return names


def constraints_in_force() -> list[Constraint]:
    """What people decided about pairs of appeals; a later decision outweighs an earlier one."""
    same: set[frozenset[int]] = set()
    different: set[frozenset[int]] = set()
    decisions = EventDecision.objects.filter(undone_at=None).order_by("id")
    for decision in decisions.prefetch_related("constraints"):
        pairs: dict[bool, set[frozenset[int]]] = {True: set(), False: set()}
        for constraint in decision.constraints.all():
            pairs[constraint.is_same].add(frozenset((constraint.first_id, constraint.second_id)))
        members = {int(member) for member in decision.before}
        if decision.kind == DecisionKind.MERGE:
            different = {pair for pair in different if not pair <= members}
        same = (same - pairs[False]) | pairs[True]
        different |= pairs[False]
    ordered = sorted((min(pair), max(pair), pair in same) for pair in same | different)
    return [
        Constraint(first=first, second=second, same=is_same) for first, second, is_same in ordered
    ]
