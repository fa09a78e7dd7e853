"""Which series of an indicator there are, and in which periods the public sees no figure."""

from collections.abc import Collection
from datetime import datetime

from civicloop.apps.indicators.definitions import current_definitions
from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.hidden import kept_hidden
from civicloop.apps.indicators.queries.newest import (
    PREFERRED,
    Cell,
    hidden_from_public,
    published_figures,
    year_before,
)
from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.indicators.guarding import guards_of
from civicloop.engines.indicators.periods import PeriodKind, read_period


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
    hidden = _hidden(definition, known_at=known_at)
    return {period for of, period in hidden if of == area and read_period(period).kind is kind}


def hidden_areas(
    definition: Definition, figure: Figure, *, known_at: datetime | None = None
) -> Collection[str]:
    """Return the areas whose figure of the same period would give a small count away.

    All areas are judged, as on the board: else two pages would give a third away.
    """
    hidden = _hidden(definition, known_at=known_at, year=figure.last_day.year)
    return {area for area, period in hidden if period == figure.period}


def is_hidden(figure: Figure, definition: Definition) -> bool:
    """Whether the public does not see a figure."""
    if figure.value is None:
        return False
    year, guards = figure.last_day.year, _guards(definition)
    if not guards:
        return False
    cell = (figure.area, figure.period)
    if not _is_revised(figure):
        return cell in _hidden(definition, known_at=None, year=year)
    return _was_hidden(figure, definition, guards)


def _was_hidden(figure: Figure, definition: Definition, guards: list[Definition]) -> bool:
    """Whether a figure that was revised is not seen: by others as they were, by its own as they are."""
    cell, year = (figure.area, figure.period), figure.last_day.year
    others = [each for each in guards if each.code != figure.code]
    if any(cell in _hidden_alone(each, known_at=figure.run.as_of, year=year) for each in others):
        return True
    if len(others) == len(guards):
        return False
    beside = published_figures([figure.code], value__isnull=False, last_day__year=year)
    known = [each for each in beside if (each.area, each.period) != cell]
    return cell in hidden_from_public([*known, figure], definition)


def is_change_hidden(figure: Figure, definition: Definition) -> bool:
    """Whether the change of a figure that is shown would give away the year before, which is not."""
    before, known_at = year_before(figure), figure.run.as_of if _is_revised(figure) else None
    year = read_period(before).last.year
    return (figure.area, before) in _hidden(definition, known_at=known_at, year=year)


def _is_revised(figure: Figure) -> bool:
    newer = Figure.objects.filter(
        code=figure.code, area=figure.area, period=figure.period, pk__gt=figure.pk
    )
    return newer.filter(value__isnull=False, run__is_published=True).exists()


def _hidden(
    definition: Definition, *, known_at: datetime | None, year: int | None = None
) -> Collection[Cell]:
    """Return what is hidden of a year, or of all, for its own sake or for that of others."""
    guards = _guards(definition)
    return {cell for each in guards for cell in _hidden_alone(each, known_at=known_at, year=year)}


def _guards(definition: Definition) -> list[Definition]:
    return guards_of(definition, {each.code: each for each in current_definitions().values()})


def _hidden_alone(
    definition: Definition, *, known_at: datetime | None, year: int | None
) -> Collection[Cell]:
    """Return what an indicator hides by itself; as it was known at a time it is worked out anew."""
    if known_at is None:
        years = None if year is None else [year]
        kept = kept_hidden([definition], years).get(definition.code)
        if kept is not None:
            return {cell for cells in kept.values() for cell in cells}
    asked: dict[str, object] = {} if known_at is None else {"run__as_of__lte": known_at}
    if year is not None:
        asked["last_day__year"] = year
    known = published_figures([definition.code], value__isnull=False, **asked)
    return hidden_from_public(known, definition)
