"""Appeals in the form the text engine reads them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import connection
from django.db.models import Q

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.models import EventDecision
from civicloop.apps.places.models import Area, AreaLevel
from civicloop.engines.text.events import Message

NAMED_LEVELS = (AreaLevel.COUNTY, AreaLevel.TOWNSHIP, AreaLevel.VILLAGE)
PlaceNames = dict[int | None, str]
Row = tuple[int, str, str, str, str, datetime, int | None]
COLUMNS = ("id", "subject", "text", "address", "caller_key", "received_at", "area_id")
READ = f"SELECT {', '.join(COLUMNS)} FROM intake_appeal WHERE id IN"  # noqa: S608


def read_messages() -> list[Message]:
    """Every appeal, in the order of ids."""
    rows = Appeal.objects.order_by("id").values_list(*COLUMNS)
    return list(_messages(rows.iterator(chunk_size=5_000), place_names()))


def messages_of(ids: Sequence[int], places: PlaceNames) -> list[Message]:
    """The appeals of these ids, at least one, by a statement written out: each arrival reads one."""
    numbers = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"{READ} ({numbers})", ids)
        rows = cursor.fetchall()
    return list(_messages(_with_moments(rows), places))


def _with_moments(rows: Iterable[Row]) -> Iterator[Row]:
    """Turn what the database gives for the time into one; SQLite keeps it as words."""
    column = Appeal.received_at.field.cached_col
    converters = connection.ops.get_db_converters(column)
    for number, subject, text, address, caller_key, moment, area_id in rows:
        received_at = moment
        for convert in converters:
            received_at = convert(received_at, column, connection)
        yield number, subject, text, address, caller_key, received_at, area_id


def _messages(rows: Iterable[Row], places: PlaceNames) -> Iterator[Message]:
    for appeal_id, subject, text, address, caller_key, received_at, area_id in rows:
        yield Message(
            id=appeal_id,
            subject=subject,
            text=f"{text}\n{address}" if address and address not in text else text,
            author=caller_key,
            received_at=received_at,
            place=places.get(area_id, ""),
        )


def place_names() -> PlaceNames:
    """The names from the county down to each area, joined by a space."""
    names: PlaceNames = {}
    for area_id, name, level, parent_id in Area.objects.order_by("code").values_list(
        "id", "name", "level", "parent_id"
    ):
        above = names.get(parent_id, "")
        named = name if level in NAMED_LEVELS else ""
        names[area_id] = f"{above} {named}".strip()
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsKnown:
    """The decisions that stood when the engine began its work."""

    last_id: int
    undone: frozenset[int]

    @classmethod
    def now(cls) -> Self:
        newest = EventDecision.objects.order_by("-id").values_list("id", flat=True).first()
        undone = EventDecision.objects.exclude(undone_at=None).values_list("id", flat=True)
        return cls(last_id=newest or 0, undone=frozenset(undone))

    def appeals_decided_since(self) -> set[int]:
        """The appeals that a person has merged, split or put back meanwhile."""
        is_news = Q(id__gt=self.last_id) | (Q(undone_at__isnull=False) & ~Q(id__in=self.undone))
        decisions = EventDecision.objects.filter(is_news)
        return {int(member) for decision in decisions for member in decision.before}
