from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.config.exporting import export_tables

EXAMPLES = """examples:
  civicloop export /mnt/exports/2026-01      every table as CSV, with datapackage.json beside them
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Write every table as CSV for other programs; not a backup.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help=_("a new folder"))

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            rows = export_tables(folder)
        except FileExistsError:
            raise CommandError(_("%(file)s is there already.") % {"file": folder}) from None
        words = _("%(folder)s: %(tables)s tables, %(rows)s rows. Citizens' words are in them.")
        told = {"folder": folder, "tables": len(rows), "rows": sum(rows.values())}
        self.stdout.write(words % told)
