"""Gather what figures are made from: definitions, counts over files of facts, what sources state."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from civicloop.analytics.indicators.counting import tally
from civicloop.analytics.indicators.row_engines import RowEngine
from civicloop.apps.indicators.fact_tables import TABLES
from civicloop.apps.indicators.models import FactsPart, Observation, RosterVersion
from civicloop.apps.indicators.snapshots import path_of
from civicloop.apps.indicators.statements import known_statements
from civicloop.engines.indicators.definitions import (
    Counted,
    Definition,
    Formula,
    Percentile,
    Stated,
)
from civicloop.engines.indicators.facts import Coverage, Facts, Roster, StatedValue
from civicloop.engines.indicators.figures import Figure
from civicloop.engines.indicators.periods import Month, read_period
from civicloop.engines.indicators.tallies import Tally, plan_of
from civicloop.engines.provenance.digests import digest_of, digest_of_inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Facts with the digests of what they were made from."""

    facts: Facts
    parts: Mapping[str, Sequence[FactsPart]]  # by table
    stated: Mapping[tuple[str, str], Sequence[Observation]]  # by series and period
    rosters: Mapping[str, str]  # digest of all versions, by list

    def digests(
        self, definition: Definition, figure: Figure, known: Mapping[str, Definition]
    ) -> list[str]:
        """Return the digests of everything that a figure and the year before it depend on."""
        periods = (figure.period, figure.period.year_before)
        calculation = definition.calculation
        if isinstance(calculation, Formula):
            return [
                digest
                for code in calculation.uses.values()
                for digest in self.digests(known[code], figure, known)
            ]
        if isinstance(calculation, Stated):
            rows = [
                row
                for period in periods
                for row in self.stated.get((calculation.series, str(period)), ())
            ]
            return [digest_of_observation(row) for row in rows]
        months = {month for period in periods for month in period.months}
        found = [
            part.sha256
            for part in self.parts.get(calculation.table, ())
            if read_period(part.month).first in months
        ]
        return found + ([self.rosters.get(definition.roster, "")] if definition.roster else [])


def gather(
    definitions: Iterable[Definition],
    *,
    parts: Iterable[FactsPart],
    last: Month,
    as_of: datetime,
    engine: RowEngine,
) -> Gathered:
    """Count what definitions count, over files of facts, and look up what they state."""
    by_table: dict[str, list[FactsPart]] = defaultdict(list)
    for part in sorted(parts, key=lambda each: (each.table, each.month)):
        by_table[part.table].append(part)
    listed = list(definitions)
    observed = _stated(listed, as_of)
    facts = Facts(
        tallies={
            each.code: _tallies(each, by_table, engine)
            for each in listed
            if isinstance(each.calculation, Counted | Percentile)
        },
        coverage={table: _coverage(table, found, last) for table, found in by_table.items()},
        stated={
            (row.series, row.area, row.period): StatedValue(
                value=row.value, status=row.vintage, basis=row.basis
            )
            for rows in observed.values()
            for row in rows
        },
        rosters=rosters_known(as_of),
    )
    return Gathered(
        facts=facts,
        parts=by_table,
        stated=observed,
        rosters={
            code: digest_of_inputs(
                digest_of([str(each.number), each.valid_from, sorted(each.members)])
                for each in found
            )
            for code, found in facts.rosters.items()
        },
    )


def digest_of_observation(row: Observation) -> str:
    """Return the digest of all that an observation says.

    What air states has a file and no number, and its value is hashed as air wrote it: 1.0, not 1.
    """
    is_of_air = row.air_period is not None and row.value is not None
    return digest_of(
        [
            row.pk or row.document.sha256,
            row.series,
            row.area,
            row.member,
            row.period,
            str(row.value) if is_of_air else row.value,
            row.unit,
            row.vintage,
            row.basis,
        ]
    )


def rosters_known(as_of: datetime) -> dict[str, list[Roster]]:
    """Return the versions of each list that were recorded by a time."""
    found: dict[str, list[Roster]] = defaultdict(list)
    for row in RosterVersion.objects.filter(recorded_at__lte=as_of):
        members = frozenset(map(str, row.members))
        found[row.code].append(
            Roster(number=row.number, valid_from=row.valid_from, members=members)
        )
    return found


def _tallies(
    definition: Definition, parts: Mapping[str, Sequence[FactsPart]], engine: RowEngine
) -> list[Tally]:
    plan = plan_of(definition, TABLES)
    if plan is None:
        return []
    return tally(plan, [path_of(part) for part in parts.get(plan.table, ())], engine)


def _coverage(table: str, parts: Sequence[FactsPart], last: Month) -> Coverage:
    first = min(read_period(part.month).first for part in parts)
    return Coverage(
        first=first,
        last=last,
        is_reported=TABLES[table].is_reported,
        is_daily=TABLES[table].is_daily,
    )


def _stated(
    definitions: Iterable[Definition], as_of: datetime
) -> dict[tuple[str, str], list[Observation]]:
    """Return what sources state of areas, by series and period; members are for lists."""
    series = {
        each.calculation.series for each in definitions if isinstance(each.calculation, Stated)
    }
    found: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for row in known_statements(as_of, series=series):
        found[row.series, row.period].append(row)
    return found


def last_whole_month(day: date) -> Month:
    """Return the last month that is over on a day."""
    return Month.numbered(Month.of(day).number - 1)
