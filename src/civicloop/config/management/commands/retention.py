from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.config.retention import Retained, count_due, retain

EXAMPLES = """examples:
  civicloop retention --dry-run    how many appeals would lose persons, how many their contact
  civicloop retention              do it now; the worker does it every night
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Take away who citizens are, where the time to keep it is over.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help=_("count, change nothing"))

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self._say(_("Would be taken away:"), count_due(now=now))
        else:
            self._say(_("Taken away:"), retain(now=now, progress=self._tell))

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
