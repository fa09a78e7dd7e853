"""Keep what the public does not see beside the figures that are published."""

from collections.abc import Collection, Iterable, Iterator

from civicloop.apps.indicators.models import Figure, FigureRun, HiddenFigures
from civicloop.apps.indicators.queries.hidden import kept_hidden, rule_of
from civicloop.apps.indicators.queries.newest import (
    Cell,
    hidden_from_public,
    published_figures,
)
from civicloop.engines.indicators.definitions import Definition


def keep_hidden(
    run: FigureRun, definitions: Iterable[Definition], published: Iterable[Figure]
) -> int:
    """Work out anew what is hidden of the indicators and years of which a run published something.

    Years of which it is not known yet are made up for: those of computations before it was kept, and
    those of an indicator that hides by another rule now. Return how many rows were new.
    """
    guarded = {each.code: each for each in definitions if each.smallest_published}
    touched = {(each.code, each.last_day.year) for each in published if each.value is not None}
    known = kept_hidden(guarded.values())
    rows = []
    for code, year in sorted(_years_of(guarded)):
        before = known.get(code, {}).get(year)
        if before is not None and (code, year) not in touched:
            continue
        figures = published_figures([code], value__isnull=False, last_day__year=year)
        hidden = hidden_from_public(figures, guarded[code])
        if hidden != before:
            rule = rule_of(guarded[code])
            row = HiddenFigures(run=run, code=code, year=year, rule=rule, periods=_by_area(hidden))
            rows.append(row)
    return len(HiddenFigures.objects.bulk_create(rows))


def _years_of(codes: Collection[str]) -> Iterator[tuple[str, int]]:
    figures = Figure.objects.filter(code__in=codes, value__isnull=False, run__is_published=True)
    yield from figures.order_by().values_list("code", "last_day__year").distinct()


def _by_area(cells: Iterable[Cell]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for area, period in sorted(cells):
        found.setdefault(area, []).append(period)
    return found
