"""The newest figures, as a board, a page or a public list needs them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from civicloop.apps.indicators.definitions import current_definitions
from civicloop.apps.indicators.models import DefinitionVersion, Figure
from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.indicators.guards import stale_since
from civicloop.engines.indicators.periods import PeriodKind, read_period
from civicloop.engines.indicators.small_cells import hidden_cells

PREFERRED = (PeriodKind.TO_DATE, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
LINE = 13  # months of a card's small line


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One indicator on the board."""

    version: DefinitionVersion
    definition: Definition
    figure: Figure
    line: tuple[Figure, ...]  # the months before and it, the oldest first
    stale_since: date | None


def published_figures(codes: Iterable[str] | None = None, **conditions: object) -> list[Figure]:
    """Return the newest published figure of each indicator, area and period."""
    figures = Figure.objects.filter(run__is_published=True, **conditions)
    if codes is not None:
        figures = figures.filter(code__in=list(codes))
    newest = figures.order_by().values("code", "area", "period").annotate(newest=Max("id"))
    chosen = Figure.objects.filter(pk__in=newest.values("newest"))
    found = chosen.select_related("run", "definition")
    return list(found.order_by("code", "area", "last_day", "pk"))


def board(day: date, *, area: str, group: str = "") -> list[Card]:
    """Return a card for each indicator that has a figure of the area, or of the whole.

    Args:
        day: today, to see what is stale.
        area: the city's code.
        group: the part of the code before the first dot; "": all.
    """
    figures = published_figures(area__in=["", area], code__startswith=f"{group}." if group else "")
    by_code: dict[str, list[Figure]] = {}
    for figure in figures:
        by_code.setdefault(figure.code, []).append(figure)
    return [
        _card(version, definition, by_code[definition.code], day)
        for version, definition in sorted(
            current_definitions().items(), key=lambda each: each[0].code
        )
        if definition.code in by_code
    ]


def _card(
    version: DefinitionVersion, definition: Definition, figures: Sequence[Figure], day: date
) -> Card:
    area = "" if definition.adds_up else max(each.area for each in figures)
    own = [each for each in figures if each.area == area] or list(figures)
    chosen = _newest_of_best_kind(own)
    months = [each for each in own if each.period_kind == PeriodKind.MONTH]
    last = read_period(chosen.period) if chosen.value is not None else None
    return Card(
        version=version,
        definition=definition,
        figure=chosen,
        line=tuple(months[-LINE:]),
        stale_since=stale_since(definition, last, day),
    )


def _newest_of_best_kind(figures: Sequence[Figure]) -> Figure:
    """Prefer what has a value, then the latest end, then the year to date."""
    ranks = {kind: -place for place, kind in enumerate(PREFERRED)}
    return max(
        figures,
        key=lambda each: (
            each.value is not None,
            each.last_day,
            ranks[PeriodKind(each.period_kind)],
        ),
    )


def hidden_from_public(figures: Sequence[Figure], definition: Definition) -> frozenset[str]:
    """Return the areas whose figure is not shown to everybody: small counts and those that give them away.

    Args:
        figures: one indicator and period, one figure for each area.
        definition: says the smallest count that may be shown.
    """
    parts = [each for each in figures if each.area]
    counts = [_people(each) for each in parts]
    hidden = hidden_cells([counts], definition.smallest_published) if parts else frozenset()
    return frozenset(parts[column].area for _, column in hidden)


def _people(figure: Figure) -> int:
    """How many cases a figure tells of: its denominator, or the count itself."""
    text = figure.denominator or figure.numerator
    return int(text) if text.isdecimal() else figure.row_count
