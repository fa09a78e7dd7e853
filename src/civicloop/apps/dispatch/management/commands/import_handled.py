from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.dispatch.actions.past_handlings import keep_past_handlings
from civicloop.apps.intake.wording import word_reference_problems, word_unreadable_file
from civicloop.apps.places.reference_files import ReferenceFileError
from civicloop.connectors.spreadsheets import UnreadableFileError

EXAMPLES = """examples:
  civicloop import-handled handled.csv --source hotline     columns: number, unit, returned_by
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Keep which unit solved the imported appeals, to learn from.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=_("CSV file or workbook"))
        parser.add_argument(
            "--source", required=True, help=_("the source that the appeals were imported under")
        )

    def handle(self, *args: Any, file: Path, source: str, **options: Any) -> None:
        now = timezone.now()
        try:
            done = keep_past_handlings(
                file=file, source=source, day=timezone.localdate(now), actor=None, now=now
            )
        except ReferenceFileError as error:
            raise CommandError(f"{file}\n{word_reference_problems(error.problems)}") from None
        except UnreadableFileError as error:
            raise CommandError(f"{file}: {word_unreadable_file(error)}") from None
        self.stdout.write(
            _(
                "%(kept)s appeals with the unit that solved them; %(unknown)s rows name no appeal here."
            )
            % {"kept": f"{done.kept:,}", "unknown": f"{done.unknown:,}"}
        )
