"""From a figure to its definition, its inputs and the very rows behind it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from civicloop.apps.indicators.definitions import definition_in
from civicloop.apps.indicators.fact_tables import TABLES
from civicloop.apps.indicators.models import FactsPart, Figure, Observation
from civicloop.apps.indicators.snapshots import month_name, rows_in
from civicloop.apps.indicators.statements import known_statements
from civicloop.engines.indicators.definitions import Definition, Formula, Stated
from civicloop.engines.indicators.evaluating import value_of
from civicloop.engines.indicators.facts import WHOLE
from civicloop.engines.indicators.periods import read_period
from civicloop.engines.indicators.tallies import FactRow, Plan, plan_of

ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedRow:
    """A row behind a figure, and what it was made from: order 17, observation 4, city day 9."""

    row: FactRow
    ref: str
    is_left_out: bool
    counts: bool | None  # whether it is in the numerator, where rows are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The path back from a figure."""

    figure: Figure
    definition: Definition
    parts: tuple[FactsPart, ...]  # files of facts of the period
    rows: tuple[TracedRow, ...]  # the first ones
    observations: tuple[Observation, ...]  # stated values, with document and cell
    uses: Mapping[str, Figure]  # what a formula is calculated from


def trace(figure: Figure, *, limit: int = ROWS, skip: int = 0) -> Trace:
    """Follow a figure back; rows come from the very file that it was worked out from.

    Args:
        figure: whichever was published.
        limit: how many rows at most.
        skip: rows that are passed over first.
    """
    definition = definition_in(figure.definition)
    parts = tuple(_parts(figure, definition))
    return Trace(
        figure=figure,
        definition=definition,
        parts=parts,
        rows=tuple(islice(_rows(figure, definition, parts), skip, skip + limit)),
        observations=tuple(_observations(figure, definition)),
        uses=_uses(figure, definition),
    )


def _parts(figure: Figure, definition: Definition) -> Iterator[FactsPart]:
    plan = plan_of(definition, TABLES)
    if plan is None:
        return
    months = [month_name(month) for month in read_period(figure.period).months]
    parts = FactsPart.objects.filter(pk__in=figure.run.parts, table=plan.table, month__in=months)
    yield from parts.order_by("month")


def _rows(
    figure: Figure, definition: Definition, parts: tuple[FactsPart, ...]
) -> Iterator[TracedRow]:
    plan = plan_of(definition, TABLES)
    if plan is None:
        return
    for part in parts:
        for row, ref in rows_in(part):
            traced = _traced(plan, row, ref)
            if traced and figure.area in {WHOLE, row.area}:
                yield traced


def _traced(plan: Plan, row: FactRow, ref: str) -> TracedRow | None:
    cells = {**row.cells, "area": row.area, "member": row.member}
    if value_of(plan.where, cells) is not True:
        return None
    counted = value_of(plan.numerator, cells) if plan.numerator is not None else None
    return TracedRow(
        row=row,
        ref=ref,
        is_left_out=value_of(plan.kept, cells) is not True,
        counts=counted if isinstance(counted, bool) else None,
    )


def _observations(figure: Figure, definition: Definition) -> list[Observation]:
    calculation = definition.calculation
    if not isinstance(calculation, Stated):
        return []
    return known_statements(
        figure.run.as_of, series=[calculation.series], area=figure.area, period=figure.period
    )


def _uses(figure: Figure, definition: Definition) -> dict[str, Figure]:
    """Return the figures that a formula used: the newest ones up to its own computation."""
    calculation = definition.calculation
    if not isinstance(calculation, Formula):
        return {}
    found = {}
    for name, code in calculation.uses.items():
        used = Figure.objects.filter(
            code=code, area=figure.area, period=figure.period, run_id__lte=figure.run_id
        )
        newest = used.select_related("run", "definition").order_by("-pk").first()
        if newest is not None:
            found[name] = newest
    return found
