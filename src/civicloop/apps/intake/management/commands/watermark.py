from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, refuse_unreadable
from civicloop.apps.intake.watermarks import looks_in
from civicloop.connectors.pictures.brightness import NoPictureError, brightness_of

EXAMPLES = """examples:
  civicloop watermark read leaked.jpg    a screenshot, also made smaller and saved as JPEG
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Tell from a picture of a contact's page for whom it was shown.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        one = steps.add_parser(
            "read", help=_("find the invisible mark; ends with 1 if there is none")
        )
        one.add_argument("file", type=Path, metavar="FILE", help=_("PNG, JPEG or WebP"))

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        refuse_unreadable(file)
        try:
            look = next(looks_in(brightness_of(file)), None)
        except NoPictureError as error:
            told = {"file": file, "why": error}
            raise CommandError(_("%(file)s is no picture: %(why)s") % told) from None
        if look is None:
            raise CommandError(
                _("No mark of this installation is found in %(file)s.") % {"file": file}
            )
        asked_at = date_format(timezone.localtime(look.opened_at or look.asked_at), "Y-m-d H:i:s")
        told = {
            "look": look.pk,
            "name": look.asked_by.get_full_name() or look.asked_by.username,
            "user": look.asked_by.username,
            "at": asked_at,
            "number": look.appeal.source_key,
        }
        words = _("Look %(look)s: %(name)s (%(user)s), %(at)s, appeal %(number)s")
        self.stdout.write(words % told)
