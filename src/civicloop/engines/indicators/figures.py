"""A figure as it is published: beside the year before, its peers, the area around and its target."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from civicloop.engines.indicators.definitions import (
    ChangeKind,
    Definition,
    Direction,
    Formula,
    Scope,
    Target,
)
from civicloop.engines.indicators.facts import WHOLE, Facts
from civicloop.engines.indicators.formulas import in_order
from civicloop.engines.indicators.periods import Period
from civicloop.engines.indicators.working import Worked, Workings
from civicloop.values.changes import (
    Change,
    ChangeUnit,
    NoChange,
    percent_change,
    point_change,
)
from civicloop.values.ranks import rank_with_ties

Targets = Mapping[tuple[str, str], Target]  # by indicator and area

CODE_LENGTH = 12
_PREFIX = {Scope.PROVINCE: 2, Scope.CITY: 4}  # digits of the area around
_LEVEL = 2  # digits that an area has more than the one around it


class Light(StrEnum):
    """How a figure stands to its target, by the rounded value."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A figure beside the same months of the year before, on one basis."""

    basis: str  # edition or version of the list that both follow; "": neither has any
    now: Decimal | None
    before: Decimal | None
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place among peers; equal figures share it: 1, 2, 2, 4."""

    rank: int
    of: int
    is_shared: bool
    missing: tuple[str, ...]  # peers without a figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of one area and period."""

    code: str
    area: str
    period: Period
    worked: Worked
    comparisons: tuple[Comparison, ...]  # the first one is on the basis in force now
    is_comparable: bool  # whether both years follow the same basis by themselves
    place: Place | None
    gap: Decimal | None  # in points, to the area around
    light: Light | None


def figures(
    definitions: Iterable[Definition],
    facts: Facts,
    periods: Iterable[Period],
    *,
    targets: Callable[[date], Targets] | None = None,
) -> list[Figure]:
    """Work out every figure of some periods.

    Args:
        definitions: in any order; those that formulas use are among them.
        facts: as known on one day.
        periods: each indicator is stated for those of its own kinds.
        targets: in force on a day, by indicator and area; they come before those of the definition.

    Raises:
        DefinitionError: a formula uses what there is not, or itself.
    """
    ordered, periods = in_order(definitions), list(periods)
    workings = Workings(ordered, facts)
    in_force = {day: targets(day) for day in {each.last_day for each in periods}} if targets else {}
    found = []
    for definition in ordered:
        areas = sorted(workings.areas_of(definition.code))
        for period in periods:
            if period.kind in definition.periods:
                found.extend(
                    _figures(definition, areas, period, workings, in_force.get(period.last_day, {}))
                )
    return found


def _figures(
    definition: Definition,
    areas: Sequence[str],
    period: Period,
    workings: Workings,
    targets: Targets,
) -> list[Figure]:
    worked = {area: workings.work(definition.code, area, period) for area in areas}
    values = {area: each.value for area, each in worked.items()}
    found = []
    for area, each in worked.items():
        comparisons, is_comparable = _compared(definition, area, period, workings)
        target = targets.get((definition.code, area)) or definition.targets.get(period.last.year)
        figure = Figure(
            code=definition.code,
            area=area,
            period=period,
            worked=each,
            comparisons=comparisons,
            is_comparable=is_comparable,
            place=_place(definition, area, values),
            gap=_gap(definition, area, values),
            light=light_of(each.value, target, definition.direction),
        )
        found.append(figure)
    return found


def light_of(value: Decimal | None, target: Target | None, direction: Direction) -> Light | None:
    """Return the light of a rounded value; None where there is no value or no target."""
    if value is None or target is None or direction is Direction.NONE:
        return None
    sign = 1 if direction is Direction.UP else -1
    if sign * value >= sign * target.green:
        return Light.GREEN
    return Light.AMBER if sign * value >= sign * target.amber else Light.RED


def _compared(
    definition: Definition, area: str, period: Period, workings: Workings
) -> tuple[tuple[Comparison, ...], bool]:
    """Compare on the basis in force now and, where another was in force, on that one too."""
    now = workings.work(definition.code, area, period)
    before = workings.work(definition.code, area, period.year_before)
    has_bases = bool(definition.roster) or isinstance(definition.calculation, Formula)
    is_same = not (now.basis and before.basis) or now.basis == before.basis
    if is_same or not has_bases:
        change = _change(definition, now, before, is_same=is_same)
        return (Comparison(basis=now.basis, now=now.value, before=before.value, change=change),), (
            is_same
        )
    found = []
    for basis in (now.basis, before.basis):
        one = workings.work(definition.code, area, period, basis=basis)
        other = workings.work(definition.code, area, period.year_before, basis=basis)
        change = _change(definition, one, other, is_same=True)
        found.append(Comparison(basis=basis, now=one.value, before=other.value, change=change))
    return tuple(found), False


def _change(definition: Definition, now: Worked, before: Worked, *, is_same: bool) -> Change:
    """State the change from what was published, in the unit that fits the kind."""
    unit = ChangeUnit.POINTS if definition.change is ChangeKind.POINTS else ChangeUnit.PERCENT
    if definition.change is ChangeKind.NONE:
        return Change(value=None, unit=unit, why_none=NoChange.NOT_ASKED)
    if not is_same:
        return Change(value=None, unit=unit, why_none=NoChange.OTHER_BASIS)
    change = point_change if unit is ChangeUnit.POINTS else percent_change
    return change(now.value, before.value, definition.change_decimals)


def _place(definition: Definition, area: str, values: Mapping[str, Decimal | None]) -> Place | None:
    if definition.scope is None or values[area] is None:
        return None
    peers = peers_of(area, definition.scope, values)
    known = {each: value for each in peers if (value := values[each]) is not None}
    if area not in known:
        return None
    descending = definition.direction is Direction.UP
    ranks = dict(zip(known, rank_with_ties(list(known.values()), descending), strict=True))
    return Place(
        rank=ranks[area],
        of=len(known),
        is_shared=list(ranks.values()).count(ranks[area]) > 1,
        missing=tuple(each for each in peers if each not in known),
    )


def peers_of(area: str, scope: Scope, areas: Iterable[str]) -> list[str]:
    """Return the areas of the same level that lie in the same province or city, by 12-digit codes."""
    around = _PREFIX[scope]
    prefix, end = area[:around], around + _LEVEL
    return [
        each
        for each in areas
        if len(each) == CODE_LENGTH
        and each.startswith(prefix)
        and each[around:end] != "0" * _LEVEL
        and set(each[end:]) <= {"0"}
    ]


def around(area: str, scope: Scope) -> str:
    """Return the code of the province or city that an area lies in."""
    return area[: _PREFIX[scope]].ljust(CODE_LENGTH, "0")


def _gap(definition: Definition, area: str, values: Mapping[str, Decimal | None]) -> Decimal | None:
    if definition.gap_to is None or area == WHOLE:
        return None
    outer = around(area, definition.gap_to)
    if outer == area:
        return None
    return point_change(values[area], values.get(outer), definition.change_decimals).value
