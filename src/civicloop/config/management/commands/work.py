import signal
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, whole_number
from civicloop.apps.jobs.worker import LEASE, Worker
from civicloop.apps.vault.foreign_keys import refuse_foreign_keys
from civicloop.config.periodic import PERIODIC

EXAMPLES = """examples:
  civicloop work                  until stopped with Ctrl-C or SIGTERM
  civicloop work --until-empty    what waits now, then end
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Do the background work; any number of workers may run.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        seconds = int(LEASE.total_seconds())
        parser.add_argument(
            "--until-empty", action="store_true", help=_("end when no job waits any more")
        )
        parser.add_argument(
            "--lease",
            type=whole_number(),
            default=seconds,
            help=_("seconds without a sign of life after which another worker takes a job over"),
        )
        parser.add_argument(
            "--parent", type=whole_number(), help=_("end when the process of this number has ended")
        )
        parser.add_argument(
            "--keys-are-lost",
            action="store_true",
            help=_("begin though nothing that is sealed opens: its keys are lost for good"),
        )

    def handle(
        self, *args: Any, until_empty: bool, lease: int, parent: int | None, **options: Any
    ) -> None:
        refuse_foreign_keys(are_lost=options["keys_are_lost"])
        worker = Worker(
            clock=timezone.now, table=PERIODIC, lease=timedelta(seconds=lease), parent=parent
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: worker.stop())
        worker.run(until_empty=until_empty)
