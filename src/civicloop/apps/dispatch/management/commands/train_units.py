import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.dispatch.actions.unit_training import WANTED_ACCURACY, train_units
from civicloop.apps.dispatch.model_words import word_unit_training
from civicloop.apps.issues.progress import progress_line
from civicloop.engines.text.topics import NotEnoughLabelsError

EXAMPLES = """examples:
  civicloop train-units                    on who finally solved the orders and earlier appeals
  civicloop train-units --accuracy 0.9     send more orders by themselves, and more of them wrongly
  civicloop train-units --promote          put it to use even if it is not measurably better
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Learn from earlier orders which unit solves what.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accuracy",
            type=float,
            default=WANTED_ACCURACY,
            help=_("send an order by itself only where so large a share goes to the right unit"),
        )
        parser.add_argument(
            "--promote", action="store_true", help=_("put it to use without a measured gain")
        )

    def handle(self, *args: Any, accuracy: float, promote: bool, **options: Any) -> None:
        if not 0 < accuracy < 1:
            raise CommandError(_("--accuracy is a share above 0 and below 1, as 0.965."))
        try:
            trained = train_units(
                now=timezone.now(),
                wanted_accuracy=accuracy,
                promote=promote,
                progress=progress_line(sys.stderr),
            )
        except NotEnoughLabelsError:
            raise CommandError(
                _(
                    "Too few solved orders to learn from: close orders, or keep the earlier system's (civicloop import-handled)."
                )
            ) from None
        for line in word_unit_training(trained):
            self.stdout.write(line)
