from civicloop.apps.intake.models import ImportRun, ImportState, LaterRow
from civicloop.apps.intake.shown import without_hidden


def import_runs(limit: int = 50) -> list[ImportRun]:
    """The last imports, newest first."""
    return list(ImportRun.objects.select_related("created_by").order_by("-id")[:limit])


def import_run(run_id: int) -> ImportRun:
    """One import.

    Raises:
        ImportRun.DoesNotExist: no import has this number.
    """
    return ImportRun.objects.select_related("created_by").get(id=run_id)


def later_rows(run: ImportRun, *, limit: int) -> list[LaterRow]:
    """The first rows that brought appeals up to date, with these appeals."""
    rows = without_hidden(run.later_rows.select_related("appeal"), "appeal")
    return list(rows.order_by("id")[:limit])


def unfinished_import(run: ImportRun) -> ImportRun | None:
    """The import of the same file, for the same purpose, that was stopped in the middle."""
    return (
        ImportRun.objects.filter(
            file_sha256=run.file_sha256,
            source=run.source,
            mapping_toml=run.mapping_toml,
            on_error=run.on_error,
            on_existing=run.on_existing,
            state=ImportState.RUNNING,
        )
        .order_by("id")
        .last()
    )
