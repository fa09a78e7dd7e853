import sys
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.issues.actions.check_replies import check_replies
from civicloop.apps.issues.progress import progress_line

EXAMPLES = """examples:
  civicloop check-replies      read the replies that came or changed since the last time
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Check whether replies answer what was asked.")
    examples = EXAMPLES

    def handle(self, *args: Any, **options: Any) -> None:
        done = check_replies(now=timezone.now(), progress=progress_line(sys.stderr))
        self.stdout.write(
            _("%(checked)s replies checked, %(templates)s texts sent about several matters.")
            % {"checked": f"{done.checked:,}", "templates": f"{done.templates:,}"}
        )
