"""Work all figures out on one state of knowledge and keep those that are new or changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.analytics.indicators.row_engines import row_engine
from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.indicators.actions.hiding import keep_hidden
from civicloop.apps.indicators.definitions import current_definitions
from civicloop.apps.indicators.doubting import doubts_of, doubts_of_parts
from civicloop.apps.indicators.fact_sources import sources
from civicloop.apps.indicators.gathering import Gathered, gather, last_whole_month
from civicloop.apps.indicators.goal_targets import goal_targets
from civicloop.apps.indicators.kept_figures import kept_figure, what_is_kept
from civicloop.apps.indicators.models import DefinitionVersion, FactsPart, Figure, FigureRun
from civicloop.apps.indicators.refusals import IndicatorRefusedError
from civicloop.apps.indicators.snapshots import fresh_part, month_name
from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.indicators.figures import Figure as WorkedFigure
from civicloop.engines.indicators.figures import figures
from civicloop.engines.indicators.guards import Doubt
from civicloop.engines.indicators.parts import Apart, parts_of, sums_apart
from civicloop.engines.indicators.periods import Month, PeriodKind, periods_between
from civicloop.engines.indicators.working import WhyNone

_MONTHS_BACK = 25  # two years and the month that begins them
_NOTHING_YET = {WhyNone.NOT_STATED, WhyNone.NOT_COVERED, WhyNone.PART_MISSING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What a computation made."""

    run: FigureRun
    figure_count: int  # worked out
    kept_count: int  # new or changed
    doubtful: Sequence[Figure]
    parts_written: int


def compute_figures(
    *,
    now: datetime,
    actor: User | None,
    engine: str = "",
    months: int = _MONTHS_BACK,
    is_published: bool = True,
    as_of: datetime | None = None,
    until: date | None = None,
) -> Computed:
    """Compute every indicator for the periods that ended in the last months.

    `as_of` is the state of knowledge, `until` the last day that a period may end on; without it the
    periods are those that were over then.

    Files of facts are brought up to date first. What is as it was is not kept again.

    Raises:
        SparkUnavailableError: the engine asked for cannot be reached.
        IndicatorRefusedError: what was known earlier would be published over what is known now.
    """
    known_at = as_of or now
    last = last_whole_month(until + timedelta(days=1) if until else timezone.localdate(known_at))
    first = Month.numbered(last.number - months + 1)
    versions = current_definitions()
    with transaction.atomic():
        before = FactsPart.objects.count()
        parts = fresh_parts(
            first=Month.numbered(first.number - 12), last=last, as_of=known_at, now=now
        )
        written = FactsPart.objects.count() - before
    with row_engine(engine) as rows:
        gathered = gather(versions.values(), parts=parts, last=last, as_of=known_at, engine=rows)
    periods = periods_between(first, last, frozenset(PeriodKind))
    worked = figures(
        versions.values(), gathered.facts, periods, targets=goal_targets(known_at=now).on
    )
    with transaction.atomic():
        _one_at_a_time(versions)
        if as_of and is_published:
            _refuse_older(as_of)
        run = _run(
            known_at, now, actor, is_published, engine, (first, last), parts, versions, len(worked)
        )
        kept = _keep(run, worked, versions, gathered)
        if is_published:
            keep_hidden(run, versions.values(), kept)
        record_event(
            action="compute_figures",
            object_type="figure_run",
            object_id=run.pk,
            actor=actor,
            now=now,
            details={"figures": len(worked), "kept": len(kept)},
        )
    return Computed(
        run=run,
        figure_count=len(worked),
        kept_count=len(kept),
        doubtful=[each for each in kept if each.doubts],
        parts_written=written,
    )


def fresh_parts(*, first: Month, last: Month, as_of: datetime, now: datetime) -> list[FactsPart]:
    """Bring the files of facts of some months up to date; unchanged months are not read again."""
    return [
        fresh_part(source, month, fingerprint, now)
        for source in sources(as_of)
        for month, fingerprint in sorted(source.fingerprints().items())
        if first <= month <= last
    ]


def _one_at_a_time(versions: Iterable[DefinitionVersion]) -> None:
    """Wait until no other computation publishes: what is hidden follows from all that is public."""
    pks = [version.pk for version in versions]
    list(DefinitionVersion.objects.select_for_update().filter(pk__in=pks).order_by("pk"))


def _refuse_older(as_of: datetime) -> None:
    newer = FigureRun.objects.filter(is_published=True, as_of__gt=as_of).first()
    if newer:
        raise IndicatorRefusedError(
            _(
                "Figures as known on %(newer)s are published; those of %(older)s would stand over them. Add --draft: they are kept beside."
            )
            % {
                "newer": timezone.localdate(newer.as_of).isoformat(),
                "older": timezone.localdate(as_of).isoformat(),
            }
        )


def _run(
    as_of: datetime,
    now: datetime,
    actor: User | None,
    is_published: bool,  # noqa: FBT001
    engine: str,
    months: tuple[Month, Month],
    parts: Iterable[FactsPart],
    versions: Iterable[DefinitionVersion],
    count: int,
) -> FigureRun:
    first, last = months
    run = FigureRun(
        as_of=as_of,
        computed_at=now,
        computed_by=actor,
        is_published=is_published,
        engine="Spark" if engine else "DuckDB",
        first_month=month_name(first),
        last_month=month_name(last),
        parts=[part.pk for part in parts],
        definitions=[version.pk for version in versions],
        figure_count=count,
        keeps_hidden=is_published,
    )
    run.save()
    return run


def _keep(
    run: FigureRun,
    worked: Sequence[WorkedFigure],
    versions: Mapping[DefinitionVersion, Definition],
    gathered: Gathered,
) -> list[Figure]:
    by_code = {definition.code: (version, definition) for version, definition in versions.items()}
    known = {code: definition for code, (_, definition) in by_code.items()}
    newest = newest_figures(by_code)
    history = _history(worked)
    values = {(each.area, each.period, each.code): each.worked.value for each in worked}
    found = []
    for each in worked:
        version, definition = by_code[each.code]
        figure = kept_figure(run, version, definition, each, gathered, known)
        before = newest.get((figure.code, figure.area, figure.period))
        if before is None and figure.why_none in _NOTHING_YET:
            continue
        beside = {part: values.get((each.area, each.period, part)) for part in parts_of(definition)}
        apart = sums_apart(definition, each.worked.value, beside, known)
        if before and what_is_kept(before) == what_is_kept(figure) and _is_told(apart, before):
            continue
        figure.doubts = doubts_of(definition, each, history, apart)
        found.append(figure)
    return Figure.objects.bulk_create(found, batch_size=500)


def _is_told(apart: Sequence[Apart], before: Figure) -> bool:
    """Whether a kept figure says of its parts what is so now: they may come later than the total."""
    said = [each for each in before.doubts if each["code"] == Doubt.PARTS_APART]
    return said == doubts_of_parts(apart)


def newest_figures(codes: Iterable[str]) -> dict[tuple[str, str, str], Figure]:
    """Return the newest published figure of each indicator, area and period."""
    rows = Figure.objects.filter(code__in=list(codes), run__is_published=True)
    known = rows.select_related("definition").order_by("pk")
    return {(row.code, row.area, row.period): row for row in known}


def _history(
    worked: Iterable[WorkedFigure],
) -> dict[tuple[str, str, str], list[tuple[object, Decimal]]]:
    """Return the values of each series of one kind of period, the oldest first."""
    found: dict[tuple[str, str, str], list[tuple[object, Decimal]]] = {}
    for each in sorted(worked, key=lambda figure: figure.period.last):
        if each.worked.value is not None:
            key = (each.code, each.area, str(each.period.kind))
            found.setdefault(key, []).append((each.period.last, each.worked.value))
    return found
