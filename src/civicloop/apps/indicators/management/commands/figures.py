from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.analytics.candidates_on_spark import SparkUnavailableError
from civicloop.apps.command import ExplainedCommand
from civicloop.apps.indicators.verifying import Verified, verify_figures
from civicloop.apps.indicators.wording import word_departure

EXAMPLES = """examples:
  civicloop figures verify              does every published figure follow from what it was made from?
"""
SHOWN = 20


class Command(ExplainedCommand):
    summary = gettext_lazy(
        "Work published figures out again and report each that no longer follows."
    )
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            runs = list(verify_figures(settings.ROW_ENGINE))
        except SparkUnavailableError as error:
            raise CommandError(str(error)) from None
        departed = 0
        for verified in runs:
            departed += len(verified.departed)
            self._tell(verified)
        count = sum(verified.figure_count for verified in runs)
        words = {"count": f"{count:,}", "runs": len(runs), "departed": f"{departed:,}"}
        if all(verified.is_good for verified in runs):
            self.stdout.write(
                _("%(count)s published figures of %(runs)s computations: all follow.") % words
            )
            return
        raise CommandError(
            _(
                "%(departed)s of %(count)s published figures do not follow; look at what is named above."
            )
            % words
        )

    def _tell(self, verified: Verified) -> None:
        for fault in verified.faults:
            self.stderr.write(f"#{verified.run.pk}: {word_departure(fault)}")
        for figure, reasons in verified.departed[:SHOWN]:
            for reason in reasons:
                place = f"{figure.code} {figure.area} {figure.period}".replace("  ", " ")
                self.stderr.write(f"#{verified.run.pk} {place}: {word_departure(reason)}")
        more = len(verified.departed) - SHOWN
        if more > 0:
            self.stderr.write(_("  and %(count)s more") % {"count": f"{more:,}"})
