"""From a figure that was worked out to the row that keeps it, and what of the row must follow again."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from civicloop.apps.indicators.gathering import Gathered
from civicloop.apps.indicators.models import DefinitionVersion, Figure, FigureRun
from civicloop.engines.indicators.definitions import Definition, Formula, Stated
from civicloop.engines.indicators.figures import Comparison
from civicloop.engines.indicators.figures import Figure as WorkedFigure
from civicloop.engines.provenance.digests import digest_of_inputs

_LONGEST = 60


def kept_figure(
    run: FigureRun,
    version: DefinitionVersion,
    definition: Definition,
    figure: WorkedFigure,
    gathered: Gathered,
    known: Mapping[str, Definition],
) -> Figure:
    """Return the row of a figure, with the path back to what it was made from."""
    worked, place = figure.worked, figure.place
    return Figure(
        run=run,
        definition=version,
        code=figure.code,
        area=figure.area,
        period=str(figure.period),
        period_kind=figure.period.kind,
        last_day=figure.period.last_day,
        value=worked.value,
        status=worked.status,
        why_none=worked.why_none or "",
        numerator=_exact(worked.numerator),
        denominator=_exact(worked.denominator),
        row_count=worked.rows,
        left_out_count=worked.left_out,
        basis=worked.basis,
        comparisons=[_comparison(each) for each in figure.comparisons],
        is_comparable=figure.is_comparable,
        rank=place.rank if place else None,
        rank_of=place.of if place else None,
        is_rank_shared=bool(place and place.is_shared),
        gap=figure.gap,
        light=figure.light or "",
        silent=list(worked.silent),
        input_digest=digest_of_inputs(gathered.digests(definition, figure, known)),
        row_filter=_row_filter(version, definition, figure),
    )


def what_is_kept(figure: Figure) -> dict[str, object]:
    """Return what must come out again from the same definition and inputs."""
    return {
        "definition": figure.definition_id,
        "input_digest": figure.input_digest,
        "value": _plain(figure.value),
        "status": str(figure.status),
        "why_none": str(figure.why_none),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "basis": figure.basis,
        "comparisons": figure.comparisons,
        "rank": figure.rank,
        "rank_of": figure.rank_of,
        "gap": _plain(figure.gap),
        "light": str(figure.light),
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _exact(value: Fraction | None) -> str:
    return "" if value is None else str(value)[:_LONGEST]


def _comparison(each: Comparison) -> dict[str, str | None]:
    return {
        "basis": each.basis,
        "now": None if each.now is None else str(each.now),
        "before": None if each.before is None else str(each.before),
        "change": None if each.change.value is None else str(each.change.value),
        "unit": each.change.unit.value,
        "why_none": each.change.why_none.value if each.change.why_none else "",
    }


def _row_filter(
    version: DefinitionVersion, definition: Definition, figure: WorkedFigure
) -> dict[str, object]:
    """Say which rows a figure was made from, so that a page can show them."""
    calculation = definition.calculation
    if isinstance(calculation, Formula):
        return {"formula": version.content["formula"], "uses": dict(calculation.uses)}
    if isinstance(calculation, Stated):
        return {"series": calculation.series, "area": figure.area, "period": str(figure.period)}
    fields = ("table", "where", "numerator", "denominator", "value", "exclude")
    asked = {name: version.content[name] for name in fields if name in version.content}
    days: tuple[date, date] = (figure.period.first_day, figure.period.last_day)
    return asked | {
        "area": figure.area,
        "first_day": days[0].isoformat(),
        "last_day": days[1].isoformat(),
        "roster": f"{definition.roster} {figure.worked.basis}".strip(),
    }
