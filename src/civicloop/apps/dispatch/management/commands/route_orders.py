import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.dispatch.actions.routing import (
    AUTOMATIC,
    BROKEN,
    PERSON,
    RoutingRun,
    route_waiting_orders,
    try_waiting_orders,
)
from civicloop.apps.dispatch.routing_words import REASONS, broken_words
from civicloop.apps.issues.progress import progress_line

EXAMPLES = """examples:
  civicloop route               dispatch what directory and experience agree on, explain the rest
  civicloop route --dry-run     say what would become of the waiting orders, and change nothing
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Route the orders that wait for dispatch.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help=_("change nothing"))

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        progress = progress_line(sys.stderr)
        route = try_waiting_orders if dry_run else route_waiting_orders
        run = route(now=timezone.now(), progress=progress)
        self._tell(run)
        if run.broken:
            for words in sorted({broken_words(error) for error in run.broken}):
                self.stderr.write(words)
            raise CommandError(
                _("%(count)s orders have a rule that cannot be carried out; mend the directory.")
                % {"count": run.outcomes[BROKEN]}
            )

    def _tell(self, run: RoutingRun) -> None:
        self.stdout.write(
            _("%(orders)s orders: %(automatic)s by themselves, %(person)s left to a person.")
            % {
                "orders": f"{run.orders:,}",
                "automatic": f"{run.outcomes[AUTOMATIC]:,}",
                "person": f"{run.outcomes[PERSON]:,}",
            }
        )
        for reason, count in _most_first(run.reasons):
            self.stdout.write(f"  {count:7,}  {REASONS[reason]}")


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return Counter(counts).most_common()
