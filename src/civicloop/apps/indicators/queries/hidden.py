"""What the public does not see, as the last computation left it.

It is worked out once, when figures are published, for it takes all areas and periods of a year; a
reader asks for a few rows. They count only if nothing was published without them since, and if the
indicator still hides by the rule by which they were made: else what is hidden is worked out anew.
"""

from collections.abc import Collection, Iterable

from django.db.models import Max

from civicloop.apps.indicators.models import FigureRun, HiddenFigures
from civicloop.apps.indicators.queries.newest import Cell
from civicloop.engines.indicators.definitions import Definition

_EDITION = 2  # goes up with every change of how `hidden_from_public` finds what is hidden
ByYear = dict[int, frozenset[Cell]]


def rule_of(definition: Definition) -> str:
    """Return all that decides which figures of an indicator are hidden, but for the figures."""
    calculation = type(definition.calculation).__name__
    return f"{_EDITION} {definition.smallest_published} {definition.kind} {calculation}"


def kept_hidden(
    definitions: Iterable[Definition], years: Collection[int] | None = None
) -> dict[str, ByYear]:
    """Return the hidden figures of each indicator of which they are known, by year.

    A year that is missing hides nothing; an indicator that is missing must be looked at anew.

    Args:
        definitions: of different indicators.
        years: only these; one of them is a year in which the indicator has a figure.
    """
    rules = {each.code: rule_of(each) for each in definitions}
    rows = HiddenFigures.objects.filter(code__in=rules)
    if years is not None:
        rows = rows.filter(year__in=years)
    newest = rows.order_by().values("code", "year").annotate(newest=Max("id")).values("newest")
    without = FigureRun.objects.filter(is_published=True, keeps_hidden=False)
    last = without.order_by().aggregate(last=Max("pk"))["last"] or 0
    found: dict[str, ByYear] = {}
    outdated = set()
    for row in HiddenFigures.objects.filter(pk__in=newest, run_id__gt=last):
        if row.rule != rules[row.code]:
            outdated.add(row.code)
        found.setdefault(row.code, {})[row.year] = frozenset(
            (area, period) for area, periods in row.periods.items() for period in periods
        )
    return {code: by_year for code, by_year in found.items() if code not in outdated}
