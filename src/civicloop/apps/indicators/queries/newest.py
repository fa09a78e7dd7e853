"""The newest figures of each period, and which of them the public does not see."""

from collections.abc import Iterable, Sequence

from django.db.models import Max

from civicloop.apps.indicators.models import Figure
from civicloop.engines.indicators.definitions import Definition, Kind, Stated
from civicloop.engines.indicators.periods import PeriodKind, read_period
from civicloop.engines.indicators.small_cells import hidden_cells

PREFERRED = (PeriodKind.TO_DATE, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)


def published_figures(codes: Iterable[str] | None = None, **conditions: object) -> list[Figure]:
    """Return the newest published figure of each indicator, area and period."""
    figures = Figure.objects.filter(run__is_published=True, **conditions)
    if codes is not None:
        figures = figures.filter(code__in=list(codes))
    newest = figures.order_by().values("code", "area", "period").annotate(newest=Max("id"))
    chosen = Figure.objects.filter(pk__in=newest.values("newest"))
    found = chosen.select_related("run", "definition")
    return list(found.order_by("code", "area", "last_day", "pk"))


def hidden_from_public(figures: Sequence[Figure], definition: Definition) -> frozenset[str]:
    """Return the areas whose figure is not shown to everybody: small counts and those that give them away.

    Args:
        figures: one indicator and period, one figure for each area.
        definition: says the smallest count that may be shown.
    """
    parts = [each for each in figures if each.area]
    counts = [_people(each, definition) for each in parts]
    hidden = hidden_cells([counts], definition.smallest_published) if parts else frozenset()
    wholes = [each for each in figures if not each.area]
    small = {
        each.area
        for each in wholes
        if 0 < _people(each, definition) < definition.smallest_published
    }
    return frozenset(parts[column].area for _, column in hidden) | small


def _people(figure: Figure, definition: Definition) -> int:
    """How many cases a figure tells of: what it counts or states, or so many rows a month."""
    text = figure.denominator or figure.numerator
    if definition.kind in {Kind.COUNT, Kind.RATE} and text.isdecimal():
        return int(text)
    if isinstance(definition.calculation, Stated):
        return int(figure.value or 0)
    return figure.row_count // len(read_period(figure.period).months)
