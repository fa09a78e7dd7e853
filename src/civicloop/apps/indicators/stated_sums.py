"""Totals that a file of observations states beside their parts, in it or known before: do they add up?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from civicloop.apps.indicators.observation_rows import (
    ObservedRow,
    RowCode,
    RowProblem,
    problem_of,
)
from civicloop.apps.places.reference_files import ReferenceRow
from civicloop.engines.indicators.definitions import Definition, Stated
from civicloop.engines.indicators.parts import Apart, parts_of, sums_apart

Place = tuple[str, str]  # area, period


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTotal:
    """A total that sources state, as all its parts are."""

    definition: Definition
    series: Mapping[str, str]  # of the total and of each part, by code of the indicator


def stated_totals(
    definitions: Collection[Definition], series: Collection[str]
) -> list[StatedTotal]:
    """Return the totals that themselves or of which parts are among some series."""
    stated = {
        each.code: each.calculation.series
        for each in definitions
        if isinstance(each.calculation, Stated)
    }
    found = []
    for definition in definitions:
        codes = {definition.code, *parts_of(definition)}
        if definition.parts and codes <= stated.keys():
            total = StatedTotal(
                definition=definition, series={code: stated[code] for code in codes}
            )
            if not set(series).isdisjoint(total.series.values()):
                found.append(total)
    return found


def sums_that_differ(
    rows: Sequence[ReferenceRow],
    stated: Sequence[ObservedRow],
    known: Mapping[tuple[str, str, str, str], Decimal | None],
    totals: Sequence[StatedTotal],
    definitions: Mapping[str, Definition],
) -> dict[int, list[RowProblem]]:
    """Return by place the rows whose total differs from the sum of its parts.

    Args:
        rows: of the file.
        stated: what each of them states.
        known: values known before, by series, area, member and period.
        totals: those that the file has to do with.
        definitions: by code of the indicator.
    """
    values = {(key[0], key[1], key[3]): value for key, value in known.items() if not key[2]}
    places: dict[tuple[str, str, str], int] = {}
    for place, row in enumerate(stated):
        if not row.member:
            key = (row.series, row.area, str(row.period))
            values[key], places[key] = row.value, place
    found: dict[int, list[RowProblem]] = {}
    for total in totals:
        for area, period in _places_of(total, places):
            beside = {code: values.get((name, area, period)) for code, name in total.series.items()}
            code = total.definition.code
            for apart in sums_apart(total.definition, beside[code], beside, definitions):
                keys = [(total.series[each], area, period) for each in (code, *apart.parts)]
                at = next((places[key] for key in keys if key in places), None)
                if at is not None:
                    problem = problem_of(
                        rows[at], "value", RowCode.PARTS_APART, _sum_words(total, apart)
                    )
                    found.setdefault(at, []).append(problem)
    return found


def _places_of(total: StatedTotal, places: Collection[tuple[str, str, str]]) -> list[Place]:
    """Return the areas and periods of which the file states the total or a part."""
    series = set(total.series.values())
    return sorted({(area, period) for name, area, period in places if name in series})


def _sum_words(total: StatedTotal, apart: Apart) -> str:
    """Write the sum as it would stand on paper: a + b = 3 ≠ 4 = c."""
    parts = " + ".join(total.series[code] for code in apart.parts)
    return f"{parts} = {_plain(apart.sum)} ≠ {_plain(apart.total)} = {total.series[total.definition.code]}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
