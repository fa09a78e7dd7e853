"""The newest figures of each period, and which of them the public does not see."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from django.db.models import Max

from civicloop.apps.indicators.models import Figure
from civicloop.engines.indicators.definitions import Counted, Definition, Kind, Stated
from civicloop.engines.indicators.facts import WHOLE
from civicloop.engines.indicators.periods import PeriodKind, read_period
from civicloop.engines.indicators.small_cells import hidden_cells
from civicloop.engines.indicators.small_differences import Span, hidden_spans
from civicloop.engines.indicators.small_sums import hidden_in_sums

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


Cell = tuple[str, str]  # area, period


def year_before(figure: Figure) -> str:
    """Return the period that a figure's change is counted from."""
    return str(read_period(figure.period).year_before)


def hidden_from_public(figures: Iterable[Figure], definition: Definition) -> frozenset[Cell]:
    """Return which figures are not shown to everybody: small counts and those that give them away.

    Whoever subtracts must find no small count, neither areas from their sum nor a year to date from
    the next, nor by both in any number of steps. A whole is judged by itself, over time.

    Args:
        figures: of one indicator, with a value, one for each area and period; all of a year.
        definition: says the smallest count that may be shown.
    """
    smallest = definition.smallest_published
    by_year: dict[int, dict[Cell, Figure]] = {}
    for each in figures:
        by_year.setdefault(each.last_day.year, {})[each.area, each.period] = each
    if not smallest:
        return frozenset()
    return frozenset(
        cell for known in by_year.values() for cell in _hidden_of_year(known, definition)
    )


def _hidden_of_year(known: Mapping[Cell, Figure], definition: Definition) -> Collection[Cell]:
    smallest = definition.smallest_published
    people = {cell: _people(each, definition) for cell, each in known.items()}
    hidden = {cell for cell, count in people.items() if 0 < count < smallest}
    areas, periods = _lines(known, 0), _lines(known, 1)
    count = -1
    while count != len(hidden):
        count = len(hidden)
        for cells in areas.values() if _adds_up_over_time(definition) else ():
            shown = [cell for cell in cells if cell not in hidden]
            spans = [_span(known[cell], definition) for cell in shown]
            hidden |= {shown[at] for at in hidden_spans(spans, smallest)}
        for cells in periods.values():
            parts = [cell for cell in cells if cell[0]]
            also = {(0, at) for at, cell in enumerate(parts) if cell in hidden}
            if also:
                counts = [people[cell] for cell in parts]
                found = hidden_cells([counts], smallest, also=also)
                hidden |= {parts[at] for _, at in found}
    return hidden | _hidden_in_sums(known, hidden, definition)


def _hidden_in_sums(
    known: Mapping[Cell, Figure], hidden: Collection[Cell], definition: Definition
) -> set[Cell]:
    """Return what areas and periods would give away together; an area without a figure has no case."""
    if not _adds_up_over_time(definition):
        return set()
    spans = {cell: _span(each, definition) for cell, each in known.items()}
    of_whole = {period: span for (area, period), span in spans.items() if area == WHOLE}
    areas = {area for area, _ in known}
    for period, span in of_whole.items():
        for area in areas:
            spans.setdefault((area, period), replace(span, amount=0))
    cells = list(spans)
    lines = [(area, spans[area, period]) for area, period in cells]
    places = [at for at, cell in enumerate(cells) if cell in hidden]
    found = hidden_in_sums(lines, definition.smallest_published, places, whole=WHOLE)
    return {cells[at] for at in found if cells[at] in known}


def _adds_up_over_time(definition: Definition) -> bool:
    """Whether a year to date is the sum of its months, or divides such sums."""
    if isinstance(definition.calculation, Counted):
        return True
    return isinstance(definition.calculation, Stated) and definition.kind in {Kind.COUNT, Kind.FLOW}


def _lines(known: Iterable[Cell], by: int) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for cell in known:
        found.setdefault(cell[by], []).append(cell)
    return found


def _span(figure: Figure, definition: Definition) -> Span:
    months = read_period(figure.period).months
    first, last = months[0].month, months[-1].month
    if _is_of_rows(figure, definition):
        return Span(first=first, last=last, amount=figure.row_count, per_months=True)
    return Span(first=first, last=last, amount=_people(figure, definition))


def _people(figure: Figure, definition: Definition) -> int:
    """How many cases a figure tells of: what it counts or states, or so many rows a month."""
    if _is_of_rows(figure, definition):
        return figure.row_count // len(read_period(figure.period).months)
    text = figure.denominator or figure.numerator
    if definition.kind in {Kind.COUNT, Kind.RATE} and text.isdecimal():
        return int(text)
    return int(figure.value or 0)


def _is_of_rows(figure: Figure, definition: Definition) -> bool:
    """Whether cases are rows that are reported month by month."""
    text = figure.denominator or figure.numerator
    is_counted = definition.kind in {Kind.COUNT, Kind.RATE} and text.isdecimal()
    return not (is_counted or isinstance(definition.calculation, Stated))
