from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.config.anonymising import Anonymised, TooFewAlikeError, anonymise

EXAMPLES = """examples:
  civicloop anonymise /mnt/copy.sqlite3                    for somebody who has signed what may be done with it
  civicloop anonymise /mnt/open.sqlite3 --without-words    for everybody: no free text
"""
SMALLEST = 10
FEWEST = 2


class Command(ExplainedCommand):
    summary = gettext_lazy("Write a copy without citizens and staff, to be given away.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=_("a new SQLite file"))
        parser.add_argument(
            "--alike",
            type=int,
            default=SMALLEST,
            metavar="N",
            help=_("appeals that must be alike in place, matter and time (%(count)s)")
            % {"count": SMALLEST},
        )
        parser.add_argument("--without-words", action="store_true", help=_("leave free text out"))

    def handle(self, *args: Any, file: Path, alike: int, **options: Any) -> None:
        if alike < FEWEST:
            raise CommandError(_("--alike must be %(fewest)s or more.") % {"fewest": FEWEST})
        with_words = not options["without_words"]
        try:
            done = anonymise(file, smallest=alike, with_words=with_words, now=timezone.now())
        except FileExistsError:
            raise CommandError(_("%(file)s is there already.") % {"file": file}) from None
        except TooFewAlikeError as error:
            words = _("No copy was made: only %(count)s would have been alike.")
            raise CommandError(words % {"count": error}) from None
        self._tell(file, done, alike)

    def _tell(self, file: Path, done: Anonymised, alike: int) -> None:
        words = _("%(file)s: %(count)s appeals, each like %(alike)s or more in what is told:")
        told = {"file": file, "count": f"{done.appeal_count:,}", "alike": alike}
        self.stdout.write(words % told)
        for what, count in done.by_step:
            self.stdout.write(f"  {count:>10,}  {_(what)}")
        words = _("Left out, since too few are like them: %(count)s.")
        self.stdout.write(words % {"count": f"{done.left_out:,}"})
