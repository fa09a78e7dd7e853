import sys
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.issues.actions.topics import NoTopicModelError, classify_appeals
from civicloop.apps.issues.progress import progress_line

EXAMPLES = """examples:
  civicloop classify          the appeals without a topic, by the model in use (civicloop train)
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Suggest a topic for every appeal that has none yet.")
    examples = EXAMPLES

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = classify_appeals(now=timezone.now(), progress=progress_line(sys.stderr))
        except NoTopicModelError:
            raise CommandError(_("No topic model yet: civicloop train")) from None
        self.stdout.write(_("%(count)s appeals looked at.") % {"count": f"{count:,}"})
