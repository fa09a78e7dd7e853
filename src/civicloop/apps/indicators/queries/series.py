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
    by_period: dict[str, list[Figure]] = {}
    for each in published_figures([definition.code], period_kind=kind, **asked):
        if each.value is not None:
            by_period.setdefault(each.period, []).append(each)
    return {
        period
        for period, figures in by_period.items()
        if area in hidden_from_public(figures, definition)
    }


def is_hidden(figure: Figure, definition: Definition) -> bool:
    """Whether the public does not see a figure."""
    beside = published_figures([figure.code], period=figure.period)
    known = [each for each in beside if each.value is not None and each.area != figure.area]
    return bool(definition.smallest_published) and figure.area in hidden_from_public(
        [*known, figure], definition
    )
