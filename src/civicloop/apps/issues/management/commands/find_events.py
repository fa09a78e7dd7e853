import csv
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, refuse_unwritable
from civicloop.apps.issues.actions.find_events import find_events_in_history, place_new_appeals
from civicloop.apps.issues.progress import progress_line
from civicloop.apps.issues.queries import event_numbers, known_sources, shared_number_count
from civicloop.connectors.spreadsheets.formula_safe import formula_safe

EXAMPLES = """examples:
  civicloop events                      look at the whole history
  civicloop events --learn              and learn anew what is common, however few came since
  civicloop events --new                place only the appeals that came since the last run
  civicloop events --out events.csv     and write id,cluster of every appeal
  civicloop events --out events.csv --source 12345     only the appeals of one source
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Join appeals into the concrete events they are about.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--new", action="store_true", help=_("only appeals not looked at yet"))
        which.add_argument(
            "--learn", action="store_true", help=_("learn anew what is common in the city")
        )
        parser.add_argument("--out", type=Path, help=_("CSV with id,cluster of every appeal"))
        parser.add_argument("--source", help=_("with --out: only appeals of this source"))

    def handle(
        self,
        *args: Any,
        new: bool,
        learn: bool,
        out: Path | None,
        source: str | None,
        **options: Any,
    ) -> None:
        refuse_unwritable(out)
        refuse_unknown_source(source)
        now, progress = timezone.now(), progress_line(sys.stderr)
        run = (
            place_new_appeals(now=now, progress=progress)
            if new
            else find_events_in_history(now=now, learns_anew=learn, progress=progress)
        )
        self.stdout.write(
            _("%(appeals)s appeals looked at, %(events)s events of two or more appeals.")
            % {"appeals": run.appeal_count, "events": run.event_count}
        )
        if out:
            self._write(out, source)

    def _write(self, out: Path, source: str | None) -> None:
        with out.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(["id", "cluster"])
            for number, event in event_numbers(source=source):
                writer.writerow([formula_safe(number), event])
        self.stdout.write(_("Written: %(file)s") % {"file": out})
        shared = 0 if source else shared_number_count()
        if shared:
            self.stdout.write(
                _(
                    "%(count)s ids stand in it more than once: sources share them. One source alone: --source"
                )
                % {"count": f"{shared:,}"}
            )


def refuse_unknown_source(source: str | None) -> None:
    known = known_sources()
    if source is None or source in known:
        return
    if not known:
        raise CommandError(_("There are no appeals yet: civicloop import FILE"))
    raise CommandError(
        _("No appeal comes from %(source)s. The sources are: %(known)s")
        % {"source": source, "known": ", ".join(known)}
    )
