from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, refuse_unwritable
from civicloop.apps.intake.actions import (
    ImportTakenOverError,
    abandon_import,
    apply_import,
    prepare_import,
    rehearse,
)
from civicloop.apps.intake.locks import LockIsHeldError
from civicloop.apps.intake.models import (
    ImportRun,
    ImportState,
    OnError,
    OnExisting,
    RejectedRow,
)
from civicloop.apps.intake.queries import unfinished_import
from civicloop.apps.intake.returned import write_returned_rows
from civicloop.apps.intake.search import index_new_appeals
from civicloop.apps.intake.wording import (
    word_cure,
    word_elsewhere,
    word_failure,
    word_problem,
    word_set_aside,
    word_warning,
)
from civicloop.apps.intake.wording_of_columns import word_unread_columns
from civicloop.apps.vault.foreign_keys import refuse_foreign_keys

SHOWN_ROWS = 20
EXAMPLES = """examples:
  civicloop import appeals.xlsx                      bring in the good rows, tell the bad ones
  civicloop import appeals.csv --dry-run             only tell what would happen
  civicloop import appeals.csv --mapping hotline.toml --source hotline
  civicloop import appeals.csv --on-error abort      all rows or none
  civicloop import appeals.csv --on-existing update  take over replies that came since
  civicloop import appeals.csv --returned back.xlsx  the bad rows as a workbook
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Bring in appeals from a CSV file or a workbook, each row exactly once.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE")
        parser.add_argument("--mapping", type=Path, help="TOML file that says what columns mean")
        parser.add_argument("--source", help="name of the system whose numbers the file carries")
        parser.add_argument("--dry-run", action="store_true", help="count, but write no appeal")
        parser.add_argument(
            "--on-error",
            choices=OnError.values,
            help="skip bad rows (default), or import nothing if there is one",
        )
        parser.add_argument(
            "--on-existing",
            choices=OnExisting.values,
            help="an appeal that is there with other details: return the row (refuse, default), "
            "leave it out (keep), or bring the appeal up to date (update)",
        )
        parser.add_argument("--returned", type=Path, help="write the bad rows to this .xlsx")
        parser.add_argument("--run", type=int, help="go on with the import of this number")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unwritable(options["returned"], ".xlsx")
        refuse_foreign_keys()
        _refuse_other_choices(options)
        run = self._run(options)
        if run.state == ImportState.FAILED:
            self._fail(run)
        if options["dry_run"]:
            rehearse(run=run, now=timezone.now())
            if run.state == ImportState.PREVIEW:
                abandon_import(run=run, actor=None, now=timezone.now())
        else:
            run = self._apply(run)
        counts = _forecast(run) if options["dry_run"] else _counts(run)
        if run.state == ImportState.FAILED and not any(counts.values()):
            self._fail(run)
        self._tell(run, counts, is_dry=options["dry_run"])
        if options["returned"]:
            self._return_rows(run, options["returned"])
        if run.state == ImportState.FAILED:
            self._fail(run)

    def _run(self, options: dict[str, Any]) -> ImportRun:
        if options["run"] is not None:
            return self._known_run(options["run"])
        if options["file"] is None:
            raise CommandError(_("Which file? civicloop import FILE"))
        run = self._prepared(options["file"], options)
        if options["dry_run"]:
            return run
        begun = unfinished_import(run)
        if begun is None:
            return run
        abandon_import(run=run, actor=None, now=timezone.now())
        return begun

    def _prepared(self, file: Path, options: dict[str, Any]) -> ImportRun:
        mapping_toml = self._mapping(options["mapping"])
        try:
            return prepare_import(
                file=file,
                file_name=file.name,
                source=options["source"],
                mapping_toml=mapping_toml,
                on_error=options["on_error"] or OnError.SKIP,
                on_existing=options["on_existing"] or OnExisting.REFUSE,
                actor=None,
                now=timezone.now(),
            )
        except OSError as error:  # no right to read it, or no room to keep it
            message = _("%(file)s cannot be read and kept: %(reason)s")
            raise CommandError(message % {"file": file, "reason": error.strerror}) from None

    def _known_run(self, run_id: int) -> ImportRun:
        try:
            return ImportRun.objects.get(id=run_id)
        except ImportRun.DoesNotExist:
            message = _("There is no import with the number %(number)s.")
            raise CommandError(message % {"number": run_id}) from None

    def _mapping(self, path: Path | None) -> str:
        if path is None:
            return ""
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = _("The mapping file %(file)s cannot be read: %(reason)s")
            raise CommandError(message % {"file": path, "reason": error}) from None

    def _apply(self, run: ImportRun) -> ImportRun:
        is_shown = self.stderr.isatty()
        try:
            run = apply_import(
                run=run, now_of=timezone.now, progress=self._show_rows if is_shown else None
            )
        except (LockIsHeldError, ImportTakenOverError):
            raise CommandError(_("Another process is at work on this import.")) from None
        index_new_appeals(progress=self._show_indexed if is_shown else None)
        if is_shown:
            self.stderr.write("")
        return run

    def _show_rows(self, run: ImportRun) -> None:
        done, total = f"{run.row_count:,}", f"{max(run.row_estimate, run.row_count):,}"
        self._show(_("rows: %(done)s of about %(total)s") % {"done": done, "total": total})

    def _show_indexed(self, count: int) -> None:
        self._show(_("search index: %(count)s") % {"count": f"{count:,}"})

    def _show(self, words: str) -> None:
        self.stderr.write(f"\r  {words}\033[K", ending="")
        self.stderr.flush()

    def _tell(self, run: ImportRun, counts: dict[str, int], *, is_dry: bool) -> None:
        words = (
            _(
                "%(file)s (dry run): %(new)s new, %(updated)s updated, %(present)s already there,"
                " %(rejected)s rejected."
            )
            if is_dry
            else _(
                "%(file)s: %(new)s new, %(updated)s updated, %(present)s already there,"
                " %(rejected)s rejected."
            )
        )
        shown = {name: f"{count:,}" for name, count in counts.items()}
        self.stdout.write(words % {"file": run.file_name, **shown})
        for sentence in [*word_elsewhere(run), *word_unread_columns(run.shape)]:
            self.stdout.write(f"  {sentence}")
        for code, warning in run.warnings.items():
            self.stdout.write(f"  {word_warning(code, warning['count'])} {_examples(warning)}")
        for code, noted in run.set_aside.items():
            self.stdout.write(f"  {word_set_aside(code, noted['count'])}")
        self._tell_rejected(run, counts["rejected"])

    def _tell_rejected(self, run: ImportRun, count: int) -> None:
        for row in RejectedRow.objects.filter(run=run).order_by("id")[:SHOWN_ROWS]:
            for problem in row.problems:
                self.stdout.write(f"  {_place(run, row, problem)}: {_words(problem)}")
        if count > SHOWN_ROWS:
            rest = _("… and %(count)s more; --returned FILE.xlsx writes all of them.")
            self.stdout.write("  " + rest % {"count": f"{count - SHOWN_ROWS:,}"})

    def _return_rows(self, run: ImportRun, file: Path) -> None:
        if not RejectedRow.objects.filter(run=run).exists():
            words = _("No row was rejected, so %(file)s was not written.")
        else:
            write_returned_rows(run, file)
            words = _("Bad rows: %(file)s")
        self.stdout.write(words % {"file": file})

    def _fail(self, run: ImportRun) -> NoReturn:
        raise CommandError(f"{run.file_name}: {word_failure(run.failure or {})}")


def _refuse_other_choices(options: dict[str, Any]) -> None:
    """An import goes on as it was begun: nothing else can be said with --run."""
    names = {
        "file": "FILE",
        "mapping": "--mapping",
        "source": "--source",
        "dry_run": "--dry-run",
        "on_error": "--on-error",
        "on_existing": "--on-existing",
    }
    given = [words for name, words in names.items() if options[name]]
    if options["run"] is not None and given:
        message = _("--run goes on with an import as it was begun; leave out: %(words)s")
        raise CommandError(message % {"words": " ".join(given)})


def _counts(run: ImportRun) -> dict[str, int]:
    return {
        "new": run.new_count,
        "updated": run.updated_count,
        "present": run.present_count,
        "rejected": run.rejected_count,
    }


def _forecast(run: ImportRun) -> dict[str, int]:
    counts = {name: run.preview[name] for name in ("updated", "present", "rejected")}
    return {"new": run.preview["good"], **counts}


def _examples(warning: dict[str, Any]) -> str:
    values = list(warning["values"])[:5]
    return f"({', '.join(values)})" if values else ""


def _place(run: ImportRun, row: RejectedRow, problem: dict[str, Any]) -> str:
    column = f"{problem['column']} {problem['header']}".strip()
    parts = [run.file_name, row.sheet, _("row %(row)s") % {"row": row.row_number}, column]
    return ", ".join(part for part in parts if part)


def _words(problem: dict[str, Any]) -> str:
    return f"{word_problem(problem)} {word_cure(problem)}".strip()
