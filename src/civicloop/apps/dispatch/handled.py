"""Who finally solved what: the orders closed here, and those that an earlier system tells of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from civicloop.apps.dispatch.directory_facts import CityUnits
from civicloop.apps.dispatch.models import (
    CloseType,
    Objection,
    OrderState,
    PastHandling,
    Verdict,
    WorkOrder,
)
from civicloop.apps.dispatch.models.call_backs import Resolved
from civicloop.apps.places.models import CODE_PREFIX_LENGTH, AreaLevel

MOST_ROWS = 100_000  # minutes of training; older rows add little
SOLVED = (
    CloseType.RESOLVED, CloseType.EXPLAINED, CloseType.FINAL_REPLY, CloseType.UNREACHED,
    CloseType.NOT_SAMPLED,
)  # fmt: skip
OF_APPEAL = ("text", "subject", "caller_key", "received_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledAppeal:
    """An appeal and the unit that solved it."""

    appeal_id: int
    text: str
    subject: str
    caller: str
    received_at: datetime
    topic: str  # path
    area: str  # first digits of the code
    unit: str  # code
    was_returned: bool  # by another unit, before


def handled_appeals(units: CityUnits) -> list[HandledAppeal]:
    """The newest appeals whose solver is known; what this platform saw goes before what it was told.

    Where a unit's objection was upheld and nobody has solved the order yet, what the earlier system
    says of that unit is not believed any more.
    """
    solved = {one.appeal_id: one for one in _solved_here(units)}
    upheld = Objection.objects.filter(verdict=Verdict.UPHELD)
    doubted = set(upheld.values_list("order__appeal_id", "unit__code"))
    for one in _told(units):
        if one.appeal_id not in solved and (one.appeal_id, one.unit) not in doubted:
            solved[one.appeal_id] = one
    newest = sorted(solved.values(), key=lambda one: (one.received_at, one.appeal_id), reverse=True)
    return newest[:MOST_ROWS]


def _solved_here(units: CityUnits) -> Iterator[HandledAppeal]:
    ended = WorkOrder.objects.filter(
        state__in=[OrderState.CLOSED, OrderState.ARCHIVED],
        close_type__in=SOLVED,
        lead_unit__isnull=False,
        part=1,
    ).exclude(resolved=Resolved.NO)
    return _rows(ended, units, unit="lead_unit_id", returned="return_count", place="")


def _told(units: CityUnits) -> Iterator[HandledAppeal]:
    rows = PastHandling.objects.all()
    return _rows(rows, units, unit="unit_id", returned="returned_by_id", place="appeal__")


def _rows(
    rows: "QuerySet[Any]", units: CityUnits, *, unit: str, returned: str, place: str
) -> Iterator[HandledAppeal]:
    columns = (
        "appeal_id", unit, returned, *(f"appeal__{name}" for name in OF_APPEAL),
        f"{place}topic__path", f"{place}area__code", f"{place}area__level",
    )  # fmt: skip
    newest = rows.order_by("-appeal__received_at").values_list(*columns)[:MOST_ROWS]
    for pk, solver, back, text, subject, caller, at, topic, area, level in newest:
        yield HandledAppeal(
            appeal_id=pk,
            text=text,
            subject=subject,
            caller=caller,
            received_at=at,
            topic=topic or "",
            area=area[: CODE_PREFIX_LENGTH[AreaLevel(level)]] if area else "",
            unit=units.codes[solver],
            was_returned=bool(back),
        )
