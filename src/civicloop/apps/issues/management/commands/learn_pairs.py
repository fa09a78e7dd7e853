from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, refuse_unreadable, whole_number
from civicloop.apps.issues.actions.learn_pairs import (
    NothingLookedAtError,
    TooFewJudgementsError,
    UnknownVersionError,
    learn_from_decisions,
    use_pair_model,
)
from civicloop.apps.issues.evaluation import UnreadableJudgementsError
from civicloop.apps.issues.pair_words import word_learning

EXAMPLES = """examples:
  civicloop learn-pairs                     from what was merged, split and confirmed here
  civicloop learn-pairs --judged gold.json  and from judged events, in the form of civicloop evaluate
  civicloop learn-pairs --promote           use the new weights even without a measured gain
  civicloop learn-pairs --use 2             go back to version 2; 0 is what is shipped
"""


class Command(ExplainedCommand):
    summary = gettext_lazy(
        "Learn from decisions on events which appeals are one matter; use it if it is better."
    )
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--judged", type=Path, help=_("JSON with judged events"))
        parser.add_argument(
            "--promote", action="store_true", help=_("put it to use without a measured gain")
        )
        parser.add_argument(
            "--use",
            type=whole_number(least=0),
            help=_("learn nothing, use this version; 0: shipped"),
        )

    def handle(
        self, *args: Any, judged: Path | None, promote: bool, use: int | None, **options: Any
    ) -> None:
        if use is not None:
            self._use(use)
            return
        refuse_unreadable(judged)
        try:
            version = learn_from_decisions(now=timezone.now(), file=judged, promote=promote)
        except NothingLookedAtError:
            raise CommandError(_("The appeals were not looked at yet: civicloop events")) from None
        except TooFewJudgementsError:
            raise CommandError(
                _(
                    "Nothing to learn from yet: it takes pairs judged to be one matter (merged, confirmed) and pairs judged not to be (split off)."
                )
            ) from None
        except UnreadableJudgementsError as error:
            raise CommandError(str(error)) from None
        for line in word_learning(version):
            self.stdout.write(line)

    def _use(self, version: int) -> None:
        try:
            use_pair_model(version=version, now=timezone.now())
        except UnknownVersionError:
            raise CommandError(
                _("There is no version %(version)s.") % {"version": version}
            ) from None
        if version:
            self.stdout.write(_("Version %(version)s is in use.") % {"version": version})
        else:
            self.stdout.write(_("The shipped weights are in use."))
        self.stdout.write(_("The next civicloop events looks at all appeals anew."))
