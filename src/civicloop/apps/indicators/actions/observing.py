"""Put observations in: append-only, each with its document and cell; good rows in, or nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.indicators.definitions import current_definitions
from civicloop.apps.indicators.fact_tables import OBSERVATIONS
from civicloop.apps.indicators.models import Observation, SourceDocument
from civicloop.apps.indicators.observation_rows import (
    COLUMNS,
    DOUBTS,
    REQUIRED,
    ObservationReader,
    ObservedRow,
    RowCode,
    RowProblem,
    problem_of,
)
from civicloop.apps.indicators.refusals import IndicatorRefusedError
from civicloop.apps.indicators.stated_sums import StatedTotal, stated_totals, sums_that_differ
from civicloop.apps.intake.wording import word_reference_problems, word_unreadable_file
from civicloop.apps.places.reference_files import (
    ReferenceFileError,
    ReferenceRow,
    read_table_rows,
)
from civicloop.connectors.spreadsheets import UnreadableFileError
from civicloop.engines.indicators.definitions import Counted, Definition, Stated
from civicloop.engines.indicators.expressions import Both, Expression, Name, Text, parts
from civicloop.engines.indicators.guards import LEAST_BEFORE, jumps_among
from civicloop.engines.indicators.periods import read_period

ENOUGH_EARLIER = 12
SHORT = 93  # days: months and quarters are compared with each other, never with years

Earlier = dict[tuple[str, str, str], list[Decimal]]
Read = ObservedRow | list[RowProblem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file would change, and what is wrong with it."""

    new: Sequence[ObservedRow]
    revised: Sequence[tuple[ObservedRow, Decimal | None]]  # with the value known so far
    unchanged_count: int
    problems: Sequence[RowProblem]
    rejected: Mapping[int, Mapping[str, str]]  # the rows with problems as they were read, by number

    @property
    def rows(self) -> list[ObservedRow]:
        return [*self.new, *(row for row, _ in self.revised)]


def preview_observations(*, file: Path, now: datetime, confirm_doubts: bool = False) -> Preview:
    """Read a table of observations and compare it with what is known; nothing is written.

    Raises:
        IndicatorRefusedError: the file is no table, or a column that must be there is missing.
    """
    day = timezone.localdate(now)
    rows = _read(file, day)
    definitions = {each.code: each for each in current_definitions().values()}
    series = {row.values["series"] for row in rows}
    totals = stated_totals(definitions.values(), series)
    known = _newest(series.union(*(each.series.values() for each in totals)))
    earlier = _earlier(known)
    reader = ObservationReader(units=_units(), stated=_stated(), earlier=earlier, day=day)
    read = [_confirmed(reader, row, confirm_doubts) for row in rows]
    if not confirm_doubts:
        read = _doubted_among_themselves(rows, read, earlier)
        read = _with_sums(reader, rows, read, known, totals, definitions)
    good = [row for row in read if isinstance(row, ObservedRow)]
    fresh = [row for row in good if row.key not in known]
    changed = [row for row in good if row.key in known and _differs(row, known[row.key])]
    return Preview(
        new=fresh,
        revised=[(row, known[row.key].value) for row in changed],
        unchanged_count=len(good) - len(fresh) - len(changed),
        problems=[problem for row in read if isinstance(row, list) for problem in row],
        rejected={
            row.number: row.values
            for row, result in zip(rows, read, strict=True)
            if isinstance(result, list)
        },
    )


@transaction.atomic
def record_observations(
    *,
    rows: Iterable[ObservedRow],
    document: str,
    publisher: str,
    published_day: date | None,
    digest: str,
    actor: User | None,
    now: datetime,
) -> SourceDocument | None:
    """Write rows of one document; a known observation gets a revision beside it. None: no rows."""
    listed = list(rows)
    if not listed:
        return None
    source = SourceDocument(
        name=document[:200],
        publisher=publisher,
        published_day=published_day,
        sha256=digest,
        recorded_at=now,
        recorded_by=actor,
    )
    source.save()
    Observation.objects.bulk_create([_observation(row, source, now) for row in listed])
    record_event(
        action="record_observations",
        object_type="source_document",
        object_id=source.pk,
        actor=actor,
        now=now,
        details={"rows": len(listed), "sha256": digest},
    )
    return source


def _observation(row: ObservedRow, source: SourceDocument, now: datetime) -> Observation:
    return Observation(
        series=row.series,
        area=row.area,
        member=row.member,
        period=str(row.period),
        last_day=row.period.last_day,
        value=row.value,
        unit=row.unit,
        vintage=row.vintage,
        basis=row.basis,
        document=source,
        page=row.page,
        cell=row.cell,
        recorded_at=now,
    )


def _read(file: Path, day: date) -> list[ReferenceRow]:
    try:
        return read_table_rows(file, columns=COLUMNS, required=REQUIRED, day=day)
    except ReferenceFileError as error:
        raise IndicatorRefusedError(word_reference_problems(error.problems)) from None
    except UnreadableFileError as error:
        raise IndicatorRefusedError(word_unreadable_file(error)) from None


def _confirmed(
    reader: ObservationReader,
    row: ReferenceRow,
    is_confirmed: bool,  # noqa: FBT001
) -> Read:
    read = reader.read(row)
    if is_confirmed and isinstance(read, list) and {each.code for each in read} <= DOUBTS:
        return reader.confirmed(row)
    return read


def _doubted_among_themselves(
    rows: Sequence[ReferenceRow], read: Sequence[Read], earlier: Earlier
) -> list[Read]:
    """Doubt rows that seem to be in another unit than the file's other rows of their series.

    Only of series of which too little is known: rows of the others were held against what is.
    """
    places: dict[tuple[str, str, str], list[tuple[int, Decimal]]] = defaultdict(list)
    for place, row in enumerate(read):
        if isinstance(row, ObservedRow) and row.value is not None and row.period.days < SHORT:
            places[row.series, row.area, row.member].append((place, row.value))
    found = list(read)
    for key, members in places.items():
        is_little_known = len(earlier.get(key, ())) < LEAST_BEFORE
        jumps = jumps_among([value for _place, value in members]) if is_little_known else {}
        for at, jump in jumps.items():
            place = members[at][0]
            found[place] = [problem_of(rows[place], "value", RowCode.UNIT_JUMP, str(jump))]
    return found


def _with_sums(
    reader: ObservationReader,
    rows: Sequence[ReferenceRow],
    read: Sequence[Read],
    known: Mapping[tuple[str, str, str, str], Observation],
    totals: Sequence[StatedTotal],
    definitions: Mapping[str, Definition],
) -> list[Read]:
    """Doubt totals that are not the sum of their parts, once nothing but doubts is left.

    Rows that are doubted otherwise count as they stand: whoever confirms them sees this too.
    """
    problems = [each for row in read if isinstance(row, list) for each in row]
    if not totals or any(each.code not in DOUBTS for each in problems):
        return list(read)
    values = {key: row.value for key, row in known.items()}
    stated = [reader.confirmed(row) for row in rows]
    found = sums_that_differ(rows, stated, values, totals, definitions)
    return [
        [*(row if isinstance(row, list) else []), *found[place]] if place in found else row
        for place, row in enumerate(read)
    ]


def _newest(series: Iterable[str]) -> dict[tuple[str, str, str, str], Observation]:
    rows = Observation.objects.filter(series__in=set(series)).order_by("recorded_at", "id")
    return {(row.series, row.area, row.member, row.period): row for row in rows}


def _differs(row: ObservedRow, known: Observation) -> bool:
    return (row.value, row.vintage, row.basis) != (known.value, known.vintage, known.basis)


def _earlier(known: Mapping[tuple[str, str, str, str], Observation]) -> Earlier:
    """The latest values of each series of one length of period."""
    found: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for row in sorted(known.values(), key=lambda each: each.last_day):
        is_month = len(row.period) == len("2023-10")
        if row.value is not None and (is_month or read_period(row.period).days < SHORT):
            found[row.series, row.area, row.member].append(row.value)
    return {key: values[-ENOUGH_EARLIER:] for key, values in found.items()}


def _units() -> dict[str, str]:
    """The unit of each series, as the definition that uses it is stated."""
    found: dict[str, str] = {}
    for definition in current_definitions().values():
        for series in series_of(definition):
            found[series] = definition.unit
    return found


def _stated() -> dict[str, Definition]:
    """The definition of each series whose values are figures as they stand."""
    return {
        definition.calculation.series: definition
        for definition in current_definitions().values()
        if isinstance(definition.calculation, Stated)
    }


def series_of(definition: Definition) -> list[str]:
    """Return the series of observations that a definition states or adds up."""
    calculation = definition.calculation
    if isinstance(calculation, Stated):
        return [calculation.series]
    if not isinstance(calculation, Counted) or calculation.where is None:
        return []
    if calculation.table != OBSERVATIONS.code:
        return []
    return _compared_with(calculation.where, "series")


def _compared_with(expression: Expression, name: str) -> list[str]:
    """Return the texts that a column is compared with."""
    if isinstance(expression, Both) and expression.sign == "=":
        sides = (expression.left, expression.right)
        if any(isinstance(side, Name) and side.name == name for side in sides):
            return [side.value for side in sides if isinstance(side, Text)]
    return [text for part in parts(expression) for text in _compared_with(part, name)]
