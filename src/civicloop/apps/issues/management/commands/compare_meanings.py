from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.issues.actions.compare_meanings import compare_meanings

EXAMPLES = """examples:
  civicloop compare-meanings     the newest pairs of similar appeals that have not been compared yet
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Ask the city's own model how alike similar appeals are.")
    examples = EXAMPLES

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODEL_ENDPOINT is None:
            raise CommandError(
                _("No model is configured: CIVICLOOP_MODEL_URL, CIVICLOOP_MODEL_NAME")
            )
        run = compare_meanings(endpoint=settings.MODEL_ENDPOINT, now=timezone.now())
        if run.failure:
            raise CommandError(
                _("The model could not be asked; everything else works without it: %(failure)s")
                % {"failure": run.failure}
            )
        self.stdout.write(_("%(count)s pairs compared.") % {"count": f"{run.pair_count:,}"})
