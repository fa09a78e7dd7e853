import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.issues.actions.readings import read_appeals
from civicloop.apps.issues.progress import progress_line

EXAMPLES = """examples:
  civicloop read              the appeals that have not been read yet
  civicloop read --learn      learn kinds anew from the newest appeals, then read all again
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Read kind, urgency, problems, places, times and respondents.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--learn", action="store_true", help=_("learn kinds anew, read all again")
        )

    def handle(self, *args: Any, learn: bool, **options: Any) -> None:
        count = read_appeals(now=timezone.now(), learn=learn, progress=progress_line(sys.stderr))
        self.stdout.write(_("%(count)s appeals read.") % {"count": f"{count:,}"})
