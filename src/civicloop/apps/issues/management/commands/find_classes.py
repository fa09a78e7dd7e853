from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.issues.actions.find_classes import find_event_classes

EXAMPLES = """examples:
  civicloop classes           after civicloop events; every event is looked at anew
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Join events of one cause in many places into classes.")
    examples = EXAMPLES

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_event_classes(now=timezone.now())
        self.stdout.write(
            _("%(events)s events looked at, %(classes)s classes of two or more events.")
            % {"events": f"{found.looked_at:,}", "classes": f"{found.class_count:,}"}
        )
