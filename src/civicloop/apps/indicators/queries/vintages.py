"""What sources stated of a period, one after the other: preliminary, revised, final."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from civicloop.apps.indicators.models import Observation
from civicloop.engines.indicators.definitions import Definition, Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Vintages:
    """All statements of a period, the first one first."""

    period: str
    rows: tuple[Observation, ...]


def vintages(
    definition: Definition, *, area: str, known_at: datetime | None = None
) -> Sequence[Vintages]:
    """Return the periods that were stated more than once, the newest first."""
    calculation = definition.calculation
    if not isinstance(calculation, Stated):
        return []
    rows = Observation.objects.filter(series=calculation.series, area=area, member="")
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    by_period: dict[str, list[Observation]] = {}
    for row in rows.select_related("document").order_by("-last_day", "recorded_at", "pk"):
        by_period.setdefault(row.period, []).append(row)
    return [
        Vintages(period=period, rows=tuple(stated))
        for period, stated in by_period.items()
        if len(stated) > 1
    ]


def tells_of_few(stated: Vintages, definition: Definition) -> bool:
    """Whether one of the statements of a period counts too few to be shown to everybody."""
    values = (row.value for row in stated.rows if row.value is not None)
    return any(0 < value < definition.smallest_published for value in values)
