"""Keep who handled earlier appeals, from a table of the system that the city used before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.dispatch.models import PastHandling
from civicloop.apps.intake.models import Appeal
from civicloop.apps.places.models import Unit
from civicloop.apps.places.reference_files import (
    ReferenceCode,
    ReferenceProblem,
    ReferenceRow,
    read_reference_file,
    refuse,
)

COLUMNS = {
    "number": ("编号", "工单编号", "number", "id"),
    "unit": ("承办单位", "主办单位", "unit"),
    "returned_by": ("退回单位", "returned by"),
}
ROWS_PER_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHandlings:
    """What of a table was kept."""

    kept: int
    unknown: int  # rows whose appeal is not here


@transaction.atomic
def keep_past_handlings(
    *, file: Path, source: str, day: date, actor: User | None, now: datetime
) -> KeptHandlings:
    """Keep the solver of each appeal that a table names; the same table again changes nothing.

    Raises:
        ReferenceFileError: a column is missing or a unit is not known; nothing was kept.
        UnreadableFileError: the file is no table.
    """
    rows = read_reference_file(file, columns=COLUMNS, required=("number", "unit"), day=day)
    units = {
        key: pk for pk, *keys in Unit.objects.values_list("pk", "code", "name") for key in keys
    }
    refuse(_unknown_units(rows, units))
    kept = 0
    for start in range(0, len(rows), ROWS_PER_BATCH):
        kept += _keep(rows[start : start + ROWS_PER_BATCH], source, units)
    record_event(
        action="past_handlings_kept",
        object_type="past_handling",
        object_id="",
        actor=actor,
        now=now,
        details={"file": file.name, "source": source, "kept": kept},
    )
    return KeptHandlings(kept=kept, unknown=len(rows) - kept)


def _unknown_units(
    rows: Iterable[ReferenceRow], units: Mapping[str, int]
) -> Iterator[ReferenceProblem]:
    for row in rows:
        for column in ("unit", "returned_by"):
            if row.values[column] and row.values[column] not in units:
                yield row.problem(ReferenceCode.UNKNOWN_UNIT, column)


def _keep(rows: Sequence[ReferenceRow], source: str, units: Mapping[str, int]) -> int:
    numbers = {row.values["number"]: row for row in rows}
    appeals = Appeal.objects.filter(source=source, source_key__in=numbers)
    found = [
        PastHandling(
            appeal_id=pk,
            unit_id=units[numbers[number].values["unit"]],
            returned_by_id=units.get(numbers[number].values["returned_by"]),
        )
        for pk, number in appeals.values_list("pk", "source_key")
    ]
    PastHandling.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["appeal"],
        update_fields=["unit", "returned_by"],
    )
    return len(found)
