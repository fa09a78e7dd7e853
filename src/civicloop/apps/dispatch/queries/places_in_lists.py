"""Where a page of a list ended: its rows are sorted by a moment, those without one last, then by id."""

from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from django.db.models import F, Model, Q, QuerySet

BIGGEST_ID = 2**62
DIGITS_OF_ID = 20
FORMAT = "%Y%m%dT%H%M%S.%f"
Row = TypeVar("Row", bound=Model)


class Place(NamedTuple):
    """The last row of a page."""

    moment: datetime | None
    pk: int


def encode_place(place: Place) -> str:
    """The place as the address carries it."""
    moment = f"{place.moment.astimezone(UTC):{FORMAT}}" if place.moment else ""
    return f"{moment}-{place.pk}"


def decode_place(cursor: str) -> Place | None:
    """The place in a cursor; None when it is none of ours, so that the list starts over."""
    moment, _dash, number = cursor.partition("-")
    pk = int(number[:DIGITS_OF_ID]) if number.isascii() and number.isdecimal() else BIGGEST_ID + 1
    if pk > BIGGEST_ID:
        return None
    try:
        at = datetime.strptime(moment, FORMAT).replace(tzinfo=UTC) if moment else None
    except ValueError:
        return None
    return Place(at, pk)


def rows_behind(
    rows: QuerySet[Row], place: Place | None, *, moment: str = "due_at", pk: str = "pk"
) -> QuerySet[Row]:
    """The rows in their order, from behind the place on."""
    ordered = rows.order_by(F(moment).asc(nulls_last=True), pk)
    if place is None:
        return ordered
    without: dict[str, Any] = {moment: None}
    behind = Q(**{f"{pk}__gt": place.pk})
    if place.moment is None:
        return ordered.filter(behind, **without)
    later, same = Q(**{f"{moment}__gt": place.moment}), Q(**{moment: place.moment})
    return ordered.filter(later | same & behind | Q(**without))
