"""One indicator over time: its figures, what they were before revisions, breaks, unusual movement, peers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from civicloop.apps.indicators.definitions import meaning_of
from civicloop.apps.indicators.models import DefinitionVersion, Figure
from civicloop.apps.indicators.queries.newest import published_figures
from civicloop.engines.indicators.definitions import Definition, Kind, Scope
from civicloop.engines.indicators.figures import peers_of
from civicloop.engines.indicators.guards import Break, breaks_of
from civicloop.engines.indicators.periods import Month, PeriodKind, read_period
from civicloop.engines.indicators.unusual import (
    Movement,
    NotEnoughHistoryError,
    mean_errors,
    movement_of_counts,
    movement_of_values,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The newest month beside what was to be expected, and how good such expectations were."""

    movement: Movement
    mean_error: float | None  # of earlier expectations; None: too short to tell
    naive_error: float | None  # of the value a year before, as an expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A series of one area and kind of period, the oldest first."""

    figures: tuple[Figure, ...]
    revisions: dict[
        str, tuple[Figure, ...]
    ]  # by period: what was published before, the oldest first
    breaks: tuple[Break, ...]
    moved: Moved | None
    versions: tuple[DefinitionVersion, ...]


def history(
    definition: Definition, *, area: str, kind: PeriodKind, known_at: datetime | None = None
) -> History:
    """Return the series of an indicator with all that happened to it, as it was known at a time."""
    asked: dict[str, object] = {"area": area, "period_kind": kind}
    if known_at is not None:
        asked["run__as_of__lte"] = known_at
    figures = published_figures([definition.code], **asked)
    every = Figure.objects.filter(
        run__is_published=True, code=definition.code, **asked
    ).select_related("run", "definition")
    by_period: dict[str, list[Figure]] = {}
    for each in every.order_by("pk"):
        by_period.setdefault(each.period, []).append(each)
    return History(
        figures=tuple(figures),
        revisions={period: was for period, rows in by_period.items() if (was := _replaced(rows))},
        breaks=tuple(_breaks(figures)),
        moved=_moved(definition, figures) if kind is PeriodKind.MONTH else None,
        versions=tuple(DefinitionVersion.objects.filter(code=definition.code)),
    )


def _replaced(rows: Sequence[Figure]) -> tuple[Figure, ...]:
    """Return the figures that another one came after; not those that only had another definition's text."""
    told = [(each.value, each.status, each.why_none) for each in rows]
    return tuple(each for each, (was, now) in zip(rows, pairwise(told), strict=False) if was != now)


def peers(
    code: str, period: str, *, beside: str | None = None, known_at: datetime | None = None
) -> list[Figure]:
    """Return the figures of one period, the first place first.

    Args:
        code: an indicator.
        period: as SDMX writes it.
        beside: an area: only those of its level around it; "": the parts of the whole.
        known_at: as it was known then.
    """
    asked = {} if known_at is None else {"run__as_of__lte": known_at}
    figures = published_figures([code], period=period, **asked)
    if beside is not None:
        among = _level_of(beside, {each.area for each in figures})
        figures = [each for each in figures if each.area in among]
    return sorted(figures, key=lambda each: (each.rank is None, each.rank or 0, each.area))


def _level_of(area: str, areas: Collection[str]) -> Collection[str]:
    if not area:
        return [each for each in areas if each]
    scope = Scope.PROVINCE if area[4:] == "0" * len(area[4:]) else Scope.CITY
    return peers_of(area, scope, areas)


def _breaks(figures: Sequence[Figure]) -> list[Break]:
    versions = {each.definition_id: each.definition for each in figures}
    digests = {pk: meaning_of(version) for pk, version in versions.items()}
    meanings = [
        (read_period(each.period), f"{digests[each.definition_id]} {each.basis}".strip())
        for each in figures
        if each.value is not None
    ]
    return breaks_of(meanings)


def _moved(definition: Definition, figures: Sequence[Figure]) -> Moved | None:
    """Judge the newest month by the whole months before it; a gap begins the history anew."""
    run: list[Figure] = []
    for each in figures:
        is_next = bool(run) and _number(each) == _number(run[-1]) + 1
        if each.value is None or not (is_next or not run):
            run = []
        if each.value is not None:
            run.append(each)
    values = [float(each.value) for each in run if each.value is not None]
    try:
        return _judged(definition, values)
    except NotEnoughHistoryError:
        return None


def _judged(definition: Definition, values: Sequence[float]) -> Moved:
    if not values:
        raise NotEnoughHistoryError("no values")
    if definition.kind is Kind.COUNT:
        movement = movement_of_counts([round(each) for each in values[:-1]], round(values[-1]))
    else:
        movement = movement_of_values(values[:-1], values[-1])
    try:
        ours, naive = mean_errors(values[:-1])
    except NotEnoughHistoryError:
        return Moved(movement=movement, mean_error=None, naive_error=None)
    return Moved(movement=movement, mean_error=ours, naive_error=naive)


def _number(figure: Figure) -> int:
    return Month.of(figure.last_day).number
