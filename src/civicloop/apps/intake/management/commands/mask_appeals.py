from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.intake.masking import (
    mask_again,
    mask_appeals,
    set_aside_numbers,
    try_set_aside_again,
)
from civicloop.apps.intake.wording_of_seals import MOST_NAMED, word_set_aside
from civicloop.apps.vault.foreign_keys import refuse_foreign_keys

EXAMPLES = """examples:
  civicloop mask            also done by the worker every minute; may be ended and begun again at any time
  civicloop mask --again    every appeal anew, after the rules of masking changed
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Make the copies of appeals without persons and homes.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help=_("mask every appeal anew"))

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_foreign_keys()
        if options["again"]:
            mask_again()
        try_set_aside_again()
        count = mask_appeals()
        self.stdout.write(_("%(count)s appeals masked.") % {"count": f"{count:,}"})
        left, numbers = set_aside_numbers(most=MOST_NAMED)
        if left:
            self.stderr.write(word_set_aside(left, numbers))
