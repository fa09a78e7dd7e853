from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.intake.actions import remove_old_files

EXAMPLES = """examples:
  civicloop forget-files                                  also done by serve and by each import
  CIVICLOOP_UPLOADS_KEPT_DAYS=7 civicloop forget-files    keep files for a week only
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Remove imported files that have been kept long enough.")
    examples = EXAMPLES

    def handle(self, *args: Any, **options: Any) -> None:
        count = remove_old_files(now=timezone.now())
        self.stdout.write(
            _("%(count)s files removed; files are kept for %(days)s days.")
            % {"count": count, "days": settings.UPLOADS_KEPT_DAYS}
        )
