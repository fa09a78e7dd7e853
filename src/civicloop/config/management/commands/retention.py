from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.config.retention import Retained, count_due, retain
from civicloop.config.rewriting import rewrite_tables, tables_to_rewrite

EXAMPLES = """examples:
  civicloop retention --dry-run    how many appeals would lose persons, how many their contact
  civicloop retention              do it now; the worker does it every night
  civicloop retention --rewrite    also what PostgreSQL keeps in tables that are too large for a night
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Take away who citizens are, where the time to keep it is over.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help=_("count, change nothing"))
        parser.add_argument(
            "--rewrite",
            action="store_true",
            help=_("also rewrite tables too large for a night; pages wait for them meanwhile"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self._say(_("Would be taken away:"), count_due(now=now))
            return
        self._say(_("Taken away:"), retain(now=now, progress=self._tell))
        left = rewrite_tables(largest=None) if options["rewrite"] else tables_to_rewrite()
        if left:
            names = ", ".join(name for _alias, name in left)
            words = _(
                "Bytes of what went still stand in: %(tables)s (civicloop retention --rewrite)"
            )
            self.stderr.write(words % {"tables": names})

    def _say(self, beginning: str, counted: Retained) -> None:
        words = _(
            "persons and homes of %(masked)s appeals, contacts of %(forgotten)s, rows of "
            "%(imports)s imports."
        )
        told = {
            "masked": f"{counted.masked_count:,}",
            "forgotten": f"{counted.forgotten_count:,}",
            "imports": f"{counted.import_count:,}",
        }
        self.stdout.write(f"{beginning} {words % told}")

    def _tell(self, count: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{count:,}", ending="")
