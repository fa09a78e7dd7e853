"""Which series of an indicator there are, and in which periods the public sees no figure."""

from collections.abc import Collection
from datetime import datetime

from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.newest import (
    PREFERRED,
    hidden_from_public,
    published_figures,
)
from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.indicators.periods import PeriodKind


def series_there_are(code: str) -> dict[str, list[PeriodKind]]:
    """Return the areas that an indicator has published figures of, with their kinds of periods."""
    found: dict[str, list[PeriodKind]] = {}
    kinds = Figure.objects.filter(code=code, run__is_published=True).order_by("area")
    for area, kind in kinds.values_list("area", "period_kind").distinct():
        found.setdefault(area, []).append(PeriodKind(kind))
    return {area: sorted(kinds, key=PREFERRED.index) for area, kinds in found.items()}


def hidden_periods(
    definition: Definition, *, area: str, kind: PeriodKind, known_at: datetime | None = None
) -> Collection[str]:
    """Return the periods of a series that would give a small count away."""
    if not definition.smallest_published:
        return frozenset()
    asked = {} if known_at is None else {"run__as_of__lte": known_at}
    known = published_figures([definition.code], value__isnull=False, **asked)
    hidden = hidden_from_public(known, definition)
    return {
        each.period
        for each in known
        if each.period_kind == kind and (area, each.period) in hidden and each.area == area
    }


def hidden_areas(
    definition: Definition, figure: Figure, *, known_at: datetime | None = None
) -> Collection[str]:
    """Return the areas whose figure of the same period would give a small count away.

    All areas are judged, as on the board: else two pages would give a third away.
    """
    if not definition.smallest_published:
        return frozenset()
    asked = {} if known_at is None else {"run__as_of__lte": known_at}
    year = figure.last_day.year
    known = published_figures([figure.code], value__isnull=False, last_day__year=year, **asked)
    hidden = hidden_from_public(known, definition)
    return {area for area, period in hidden if period == figure.period}


def is_hidden(figure: Figure, definition: Definition) -> bool:
    """Whether the public does not see a figure."""
    cell = (figure.area, figure.period)
    if not definition.smallest_published or figure.value is None:
        return False
    year = figure.last_day.year
    beside = published_figures([figure.code], value__isnull=False, last_day__year=year)
    known = [each for each in beside if (each.area, each.period) != cell]
    return cell in hidden_from_public([*known, figure], definition)
