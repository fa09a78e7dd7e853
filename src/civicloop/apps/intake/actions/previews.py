"""Take a file in, look at it, and count what an import would do."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.actions.channels import ensure_channels
from civicloop.apps.intake.actions.old_files import remove_old_files
from civicloop.apps.intake.batches import PREPARED_ROWS, FileReading, sort_out
from civicloop.apps.intake.files import keep_file, kept_file
from civicloop.apps.intake.models import ImportRun, ImportState, OnExisting, RejectedRow
from civicloop.apps.intake.rows import Candidate
from civicloop.apps.intake.sources import note_rows_elsewhere, source_of_layout
from civicloop.apps.intake.wording_of_columns import CALLER_FIELDS, HIDDEN
from civicloop.connectors.spreadsheets import (
    MappingError,
    UnreadableCode,
    UnreadableFileError,
    cells_of,
    inspect,
    load_mapping,
)
from civicloop.connectors.spreadsheets.shape import shape_as_json
from civicloop.engines.pii import mask_pii

SHOWN_ROWS = 10
SHOWN_CHARACTERS = 200
PREVIEWED_ROWS = 50_000  # a page does not wait for more


def prepare_import(
    *,
    file: BinaryIO | Path,
    file_name: str,
    source: str | None,
    mapping_toml: str,
    on_error: str,
    actor: User | None,
    now: datetime,
    on_existing: str = OnExisting.REFUSE,
) -> ImportRun:
    """Keep the file and look at its shape; a file that cannot be read gives a FAILED run."""
    remove_old_files(now=now)
    ensure_channels(now=now)
    run = ImportRun(
        source=source or "",
        file_name=file_name[:255],
        mapping_toml=mapping_toml,
        on_error=on_error,
        on_existing=on_existing,
        created_by=actor,
        created_at=now,
    )
    try:
        run.file_sha256 = keep_file(file)
        mapping = load_mapping(mapping_toml)
        shape = inspect(kept_file(run.file_sha256), mapping=mapping)
    except (UnreadableFileError, MappingError, FileNotFoundError, IsADirectoryError) as error:
        run.state, run.failure, run.finished_at = ImportState.FAILED, failure_of(error), now
    else:
        run.shape = shape_as_json(shape)
        run.source = (source or mapping.source or source_of_layout(shape))[:64]
        run.row_estimate = shape.row_estimate
        run.preview = {"sheets": [sheet.name for sheet in shape.sheets if sheet.is_readable]}
    _save_new(run, actor, now)
    return run


@transaction.atomic
def _save_new(run: ImportRun, actor: User | None, now: datetime) -> None:
    run.save()
    record_event(
        action="prepare_import",
        object_type="import",
        object_id=run.id,
        actor=actor,
        now=now,
        details={"file": run.file_name, "sha256": run.file_sha256, "state": run.state},
    )


def preview_import(
    *,
    file: BinaryIO | Path,
    file_name: str,
    source: str | None,
    mapping_toml: str,
    on_error: str,
    actor: User | None,
    now: datetime,
    on_existing: str = OnExisting.REFUSE,
    limit: int | None = PREVIEWED_ROWS,
) -> ImportRun:
    """Keep the file and count what its first `limit` rows (None: all) would do, in a dry run."""
    run = prepare_import(
        file=file,
        file_name=file_name,
        source=source,
        mapping_toml=mapping_toml,
        on_error=on_error,
        on_existing=on_existing,
        actor=actor,
        now=now,
    )
    if run.state == ImportState.PREVIEW:
        rehearse(run=run, now=now, limit=limit)
    return run


def rehearse(
    *,
    run: ImportRun,
    now: datetime,
    limit: int | None = None,
    beat: Callable[[], None] | None = None,
) -> None:
    """Do everything but write appeals; keep the counts and the rejected rows with the run."""
    RejectedRow.objects.filter(run=run).delete()
    reading = FileReading(run)
    counts = {"good": 0, "updated": 0, "present": 0, "rejected": 0}
    first_rows: list[list[str]] = []
    callers = {n for n, column in enumerate(columns_of(run)) if column["field"] in CALLER_FIELDS}
    earlier: dict[str, tuple[str, int]] = {}
    try:
        most = None if limit is None else -(-limit // PREPARED_ROWS)
        for batch in islice(reading.batches(), most):
            first_rows += _shown(batch[: SHOWN_ROWS - len(first_rows)], callers)
            sorted_rows = sort_out(run, batch, earlier=earlier)
            if not any(counts.values()):
                note_rows_elsewhere(run, sorted_rows.new)
            earlier |= sorted_rows.keys_taken()
            counts["good"] += len(sorted_rows.new)
            counts["updated"] += len(sorted_rows.updates)
            counts["present"] += sorted_rows.present_count
            counts["rejected"] += len(sorted_rows.rejected)
            RejectedRow.objects.bulk_create(sorted_rows.rejected_rows(run))
            if beat:
                beat()
    except UnreadableFileError as error:
        run.state, run.failure, run.finished_at = ImportState.FAILED, failure_of(error), now
    is_whole = limit is None or sum(counts.values()) < limit
    if is_whole:
        run.row_estimate = sum(counts.values())
    run.preview = {
        **run.preview,
        **counts,
        "is_whole": is_whole,
        "first_rows": first_rows,
        "columns": columns_of(run),
    }
    reading.tell(run)
    run.save()


def _shown(batch: list[Candidate], callers: set[int]) -> list[list[str]]:
    """The first cells of rows without who the citizens are: a preview is not sealed."""
    return [
        [
            HIDDEN if cell and place in callers else mask_pii(cell[:SHOWN_CHARACTERS])
            for place, cell in enumerate(cells_of(candidate.cells_text))
        ]
        for candidate in batch
    ]


def columns_of(run: ImportRun) -> list[dict[str, Any]]:
    """The columns of the first sheet that holds appeals: letter, header and field."""
    names = run.preview["sheets"]
    for sheet in run.shape["sheets"]:
        if sheet["name"] in names:
            keys = ("letter", "header", "field")
            return [{key: column[key] for key in keys} for column in sheet["columns"]]
    return []


def failure_of(error: Exception) -> dict[str, Any]:
    if isinstance(error, UnreadableFileError | MappingError):
        kind = "mapping" if isinstance(error, MappingError) else "file"
        line = error.line if isinstance(error, MappingError) else 0
        return {"kind": kind, "code": error.code.value, "params": error.params, "line": line}
    code = UnreadableCode.NOT_A_FILE if isinstance(error, IsADirectoryError) else "not_found"
    return {"kind": "file", "code": str(code), "params": {}, "line": 0}
