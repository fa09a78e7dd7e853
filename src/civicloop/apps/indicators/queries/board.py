"""The board: the newest figure of each indicator, by a few statements however many figures are kept."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Max, Q

from civicloop.apps.indicators.definitions import current_definitions
from civicloop.apps.indicators.models import DefinitionVersion, Figure
from civicloop.apps.indicators.queries.hidden import kept_hidden
from civicloop.apps.indicators.queries.newest import (
    PREFERRED,
    Cell,
    hidden_from_public,
    year_before,
)
from civicloop.engines.indicators.definitions import Definition, Formula, Kind
from civicloop.engines.indicators.facts import WHOLE
from civicloop.engines.indicators.formulas import has_whole
from civicloop.engines.indicators.guarding import guards_of
from civicloop.engines.indicators.guards import stale_since
from civicloop.engines.indicators.periods import Month, PeriodKind, period_ending, read_period

LINE = 13  # months of a card's small line
_RANKS = {kind: -place for place, kind in enumerate(PREFERRED)}
_Place = tuple[str, str, str]  # indicator, area, period


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A month of a card's small line."""

    period: str
    value: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One indicator on the board."""

    version: DefinitionVersion
    definition: Definition
    figure: Figure
    line: tuple[Point, ...]  # the months before and it, the oldest first
    stale_since: date | None
    is_hidden: bool  # the count is too small for this reader
    is_change_hidden: bool  # that of the year before was, and the change would give it away
    parts: tuple[tuple[Definition, Figure], ...]  # the shares that a share is made of


def board(
    day: date,
    *,
    area: str,
    is_whole: bool = True,
    month: Month | None = None,
    hides_small: bool = False,
) -> list[Card]:
    """Return a card for each indicator that has a figure of the area.

    Args:
        day: today, to see what is stale.
        area: its code.
        is_whole: the area is the whole city, whose parts some indicators add up.
        month: only periods that end with it; None: the newest of each.
        hides_small: the reader may not see counts of a few people.
    """
    versions = current_definitions()
    known = {definition.code: definition for definition in versions.values()}
    areas = {
        definition.code: WHOLE if is_whole and has_whole(definition, known) else area
        for definition in versions.values()
    }
    chosen = _chosen(areas, month)
    lines = _lines(chosen)
    hidden = _hidden(chosen, known) if hides_small else {}
    parts = _parts(chosen, known)
    return [
        Card(
            version=version,
            definition=definition,
            figure=(figure := chosen[definition.code]),
            line=_shown(lines[definition.code], figure.area, hidden.get(definition.code, ())),
            stale_since=_stale_since(definition, figure, day),
            is_hidden=(figure.area, figure.period) in hidden.get(definition.code, ()),
            is_change_hidden=(figure.area, year_before(figure)) in hidden.get(definition.code, ()),
            parts=parts.get(definition.code, ()),
        )
        for version, definition in sorted(versions.items(), key=lambda each: each[0].code)
        if definition.code in chosen
    ]


def _chosen(areas: Mapping[str, str], month: Month | None) -> dict[str, Figure]:
    """Prefer what has a value, then the latest end, then the year to date."""
    best: dict[str, tuple[date, int, str]] = {}
    for code, area, kind, last_day in _last_days(areas, month):
        if area == areas[code]:
            period = period_ending(PeriodKind(kind), Month.of(last_day))
            key = (last_day, _RANKS[PeriodKind(kind)], str(period))
            best[code] = max(best.get(code, key), key)
    wanted = {(code, areas[code], period) for code, (_, _, period) in best.items()}
    return _figures(wanted, areas, set(areas) - set(best), month)


def _last_days(
    areas: Mapping[str, str], month: Month | None
) -> Iterable[tuple[str, str, str, date]]:
    """Return the last day of the newest figure with a value of each indicator, area and kind."""
    figures = Figure.objects.filter(
        value__isnull=False, run__is_published=True, area__in=set(areas.values()), code__in=areas
    )
    if month is not None:
        figures = figures.filter(last_day=month.last_day)
    counted = figures.order_by().values("code", "area", "period_kind")
    return counted.annotate(newest=Max("last_day")).values_list(
        "code", "area", "period_kind", "newest"
    )


def _figures(
    wanted: Collection[_Place],
    areas: Mapping[str, str],
    without: Collection[str],
    month: Month | None,
) -> dict[str, Figure]:
    """Return the figures wanted, and of indicators without any value the newest that says why."""
    asked = Q(
        code__in={code for code, _, _ in wanted},
        area__in={area for _, area, _ in wanted},
        period__in={period for _, _, period in wanted},
    )
    rest = Q(code__in=without, area__in=set(areas.values()))
    if month is not None:
        rest &= Q(last_day=month.last_day)
    figures = Figure.objects.filter(asked | rest, run__is_published=True).order_by("last_day", "pk")
    found: dict[str, Figure] = {}
    for figure in figures.select_related("run", "definition"):
        place = (figure.code, figure.area, figure.period)
        if place in wanted or (figure.code in without and figure.area == areas[figure.code]):
            found[figure.code] = figure
    return found


def _lines(chosen: Mapping[str, Figure]) -> dict[str, tuple[Point, ...]]:
    """Return the months before each figure, by one statement."""
    months = {code: _names(_months_to(figure.last_day)) for code, figure in chosen.items()}
    rows = Figure.objects.filter(
        run__is_published=True,
        code__in=chosen,
        area__in={figure.area for figure in chosen.values()},
        period__in={name for names in months.values() for name in names},
    )
    values = {
        (code, area, period): value
        for code, area, period, value in rows.order_by("pk").values_list(
            "code", "area", "period", "value"
        )
    }
    return {
        code: _line(
            [
                Point(period=name, value=values.get((code, chosen[code].area, name)))
                for name in names
            ]
        )
        for code, names in months.items()
    }


def _line(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return the points from the first that has a value."""
    first = next(
        (place for place, each in enumerate(points) if each.value is not None), len(points)
    )
    return tuple(points[first:])


def _shown(line: tuple[Point, ...], area: str, hidden: Collection[Cell]) -> tuple[Point, ...]:
    """Take out of a line what the reader does not see."""
    return _line(
        [replace(point, value=None) if (area, point.period) in hidden else point for point in line]
    )


def _months_to(last_day: date) -> list[Month]:
    last = Month.of(last_day).number
    return [Month.numbered(number) for number in range(last - LINE + 1, last + 1)]


def _names(months: Iterable[Month]) -> list[str]:
    return [f"{month.year:04}-{month.month:02}" for month in months]


def _parts(
    chosen: Mapping[str, Figure], known: Mapping[str, Definition]
) -> dict[str, tuple[tuple[Definition, Figure], ...]]:
    """Return the shares of the same area and period that a figure is made of, by one statement."""
    uses = {
        code: [known[each] for each in calculation.uses.values()]
        for code, figure in chosen.items()
        if isinstance(calculation := known[code].calculation, Formula)
        and figure.value is not None
        and all(
            each in known and known[each].kind is Kind.RATE for each in calculation.uses.values()
        )
    }
    if not uses:
        return {}
    rows = Figure.objects.filter(
        run__is_published=True,
        code__in={each.code for used in uses.values() for each in used},
        area__in={chosen[code].area for code in uses},
        period__in={chosen[code].period for code in uses},
        value__isnull=False,
    )
    newest = {(each.code, each.area, each.period): each for each in rows.order_by("pk")}
    return {
        code: tuple(
            (each, newest[place])
            for each in used
            if (place := (each.code, chosen[code].area, chosen[code].period)) in newest
        )
        for code, used in uses.items()
    }


def _hidden(
    chosen: Mapping[str, Figure], known: Mapping[str, Definition]
) -> Mapping[str, Collection[Cell]]:
    """Return the figures of each indicator that would give away a small count, as they are kept."""
    guards = {code: guards_of(known[code], known) for code in chosen}
    guarded = {each.code: each for of in guards.values() for each in of}
    if not guarded:
        return {}
    cells = _hidden_of(guarded, chosen)
    return {
        code: frozenset().union(*(cells.get(each.code, ()) for each in of))
        for code, of in guards.items()
    }


def _hidden_of(
    guarded: Mapping[str, Definition], chosen: Mapping[str, Figure]
) -> Mapping[str, Collection[Cell]]:
    years = {month.year for each in chosen.values() for month in _months_to(each.last_day)}
    kept = kept_hidden(guarded.values(), years)
    hidden: dict[str, Collection[Cell]] = {
        code: frozenset().union(*by_year.values()) for code, by_year in kept.items()
    }
    rest = {code: each for code, each in guarded.items() if code not in kept}
    return {**hidden, **(_worked_out(rest, chosen, years) if rest else {})}


def _worked_out(
    definitions: Mapping[str, Definition], chosen: Mapping[str, Figure], years: Collection[int]
) -> Mapping[str, Collection[Cell]]:
    """Work out, by one statement, what was published before it was kept.

    A whole is judged by its own figures alone, a part by those of all areas.
    """
    of_parts = {code for code in definitions if code not in chosen or chosen[code].area != WHOLE}
    rows = Figure.objects.filter(
        Q(area=WHOLE) | Q(code__in=of_parts),
        run__is_published=True,
        code__in=definitions,
        last_day__range=(date(min(years), 1, 1), date(max(years), 12, 31)),
        value__isnull=False,
    ).only("code", "area", "period", "last_day", "value", "numerator", "denominator", "row_count")
    newest = {(each.code, each.area, each.period): each for each in rows.order_by("pk")}
    found: dict[str, list[Figure]] = {code: [] for code in definitions}
    for (code, _, _), each in newest.items():
        found[code].append(each)
    return {
        code: hidden_from_public(found[code], definition)
        for code, definition in definitions.items()
    }


def _stale_since(definition: Definition, figure: Figure, day: date) -> date | None:
    last = read_period(figure.period) if figure.value is not None else None
    return stale_since(definition, last, day)
