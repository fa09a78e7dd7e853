"""Work published figures out again, from what they say they were made from, and tell which do not follow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from civicloop.analytics.indicators.row_engines import row_engine
from civicloop.apps.indicators.definitions import definition_in
from civicloop.apps.indicators.fact_sources import sources
from civicloop.apps.indicators.fact_tables import AIR_DAYS, OBSERVATIONS, TABLES
from civicloop.apps.indicators.gathering import gather
from civicloop.apps.indicators.goal_targets import goal_targets
from civicloop.apps.indicators.kept_figures import kept_figure, what_is_kept
from civicloop.apps.indicators.models import DefinitionVersion, FactsPart, Figure, FigureRun
from civicloop.apps.indicators.snapshots import digest_of_file, path_of, rows_in
from civicloop.engines.indicators.definitions import Definition, Formula
from civicloop.engines.indicators.figures import figures
from civicloop.engines.indicators.periods import PeriodKind, periods_between, read_period
from civicloop.engines.indicators.tallies import plan_of
from civicloop.engines.provenance.digests import digest_of
from civicloop.engines.provenance.following import Departure, Why, departures

_DATED = {OBSERVATIONS.code, AIR_DAYS.code}  # whose rows of an earlier day can be asked for again


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What became of one computation."""

    run: FigureRun
    figure_count: int
    faults: tuple[Departure, ...]  # of definitions and files
    departed: tuple[tuple[Figure, tuple[Departure, ...]], ...]

    @property
    def is_good(self) -> bool:
        return not (self.faults or self.departed)


def verify_figures(engine: str = "") -> Iterator[Verified]:
    """Verify the figures of every published computation, the oldest first.

    Raises:
        SparkUnavailableError: the engine asked for cannot be reached.
    """
    for run in FigureRun.objects.filter(is_published=True).order_by("pk"):
        yield _verify(run, engine)


def _verify(run: FigureRun, engine: str) -> Verified:
    kept = list(run.figures.select_related("definition"))
    versions = list(DefinitionVersion.objects.filter(pk__in=run.definitions))
    parts = list(FactsPart.objects.filter(pk__in=run.parts))
    faults = [*_definition_faults(versions), *_part_faults(parts, run)]
    gone = _gone(parts, faults)
    again = _again(run, versions, [part for part in parts if part not in gone], engine)
    known = {version.code: definition_in(version) for version in versions}
    departed = []
    for each in kept:
        found = _departures(each, again.get((each.code, each.area, each.period)))
        reasons = {gone[part] for part in gone if part.table in _tables(known[each.code], known)}
        if found:
            inputs = tuple(Departure(why=why, what="inputs") for why in sorted(reasons))
            departed.append((each, inputs or tuple(found)))
    return Verified(run=run, figure_count=len(kept), faults=tuple(faults), departed=tuple(departed))


def _definition_faults(versions: list[DefinitionVersion]) -> Iterator[Departure]:
    for version in versions:
        found = digest_of(version.content)
        if found != version.sha256:
            yield Departure(
                why=Why.DEFINITION_CHANGED, what=str(version), stored=version.sha256, found=found
            )


def _part_faults(parts: list[FactsPart], run: FigureRun) -> Iterator[Departure]:
    dated = {source.table.code: source for source in sources(run.as_of)}
    for part in parts:
        path = path_of(part)
        if not path.exists():
            yield Departure(why=Why.FACTS_LOST, what=str(part), stored=part.sha256)
        elif (found := digest_of_file(path)) != part.sha256:
            yield Departure(why=Why.FACTS_CHANGED, what=str(part), stored=part.sha256, found=found)
        elif part.table in _DATED:
            rows = dated[part.table].rows(read_period(part.month).first)
            if rows != rows_in(part):
                yield Departure(why=Why.ROWS_CHANGED, what=str(part))


def _gone(parts: list[FactsPart], faults: list[Departure]) -> dict[FactsPart, Why]:
    """The files of facts that cannot be read, and why; figures that read none of them may still follow."""
    whys = {fault.what: fault.why for fault in faults}
    found: dict[FactsPart, Why] = {}
    for part in parts:
        why = whys.get(str(part))
        if why is Why.FACTS_LOST or (why is Why.FACTS_CHANGED and not _is_readable(part)):
            found[part] = why
    return found


def _tables(definition: Definition, known: Mapping[str, Definition]) -> set[str]:
    """The tables of facts that a figure is counted from, through the figures that a formula uses."""
    if isinstance(definition.calculation, Formula):
        used = definition.calculation.uses.values()
        return {table for code in used for table in _tables(known[code], known)}
    plan = plan_of(definition, TABLES)
    return set() if plan is None else {plan.table}


def _is_readable(part: FactsPart) -> bool:
    """Whether a file of facts that was changed is one still: half a file stops no verification."""
    try:
        list(rows_in(part))
    except (ValueError, OSError, LookupError, TypeError):
        return False
    return True


def _again(
    run: FigureRun, versions: list[DefinitionVersion], parts: list[FactsPart], engine: str
) -> dict[tuple[str, str, str], Figure]:
    definitions: dict[str, tuple[DefinitionVersion, Definition]] = {
        version.code: (version, definition_in(version)) for version in versions
    }
    known = {code: definition for code, (_, definition) in definitions.items()}
    first, last = read_period(run.first_month).first, read_period(run.last_month).last
    with row_engine(engine) as rows:
        gathered = gather(known.values(), parts=parts, last=last, as_of=run.as_of, engine=rows)
    periods = periods_between(first, last, frozenset(PeriodKind))
    targets = goal_targets(
        known_at=run.computed_at
    ).on  # a later version of a tree judges nothing before it
    return {
        (each.code, each.area, str(each.period)): kept_figure(
            run, *definitions[each.code], each, gathered, known
        )
        for each in figures(known.values(), gathered.facts, periods, targets=targets)
    }


def _departures(kept: Figure, again: Figure | None) -> list[Departure]:
    if again is None:
        return [Departure(why=Why.NOT_COMPUTED, what=kept.period)]
    found = departures(what_is_kept(kept), what_is_kept(again))
    return [
        Departure(why=Why.ROWS_CHANGED, what=each.what, stored=each.stored, found=each.found)
        if each.what == "input_digest"
        else each
        for each in found
    ]
