import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, whole_number
from civicloop.apps.intake.wording import word_unreadable_file
from civicloop.apps.issues.actions.topic_versions import ANSWER_ACCURACY, put_to_use, train_topics
from civicloop.apps.issues.actions.topics import labelled_appeals
from civicloop.apps.issues.labelled import NoLabelColumnError, read_labelled_file
from civicloop.apps.issues.models import TopicModelVersion
from civicloop.apps.issues.progress import progress_line
from civicloop.apps.issues.topic_words import word_training
from civicloop.apps.issues.wording_of_figures import word_figures
from civicloop.connectors.spreadsheets.problems import UnreadableFileError
from civicloop.engines.text.topics import MIN_ROWS, LabelledText, NotEnoughLabelsError

EXAMPLES = """examples:
  civicloop train                         on the appeals whose topic is known
  civicloop train --promote               put it to use even if it is not measurably better
  civicloop train --use 2                 go back to version 2; nothing is learned
  civicloop train --accuracy 0.9          answer more often, and err more often
  civicloop train --labelled rows.csv     on a file with text, topic and, if you have it, group
"""


class Command(ExplainedCommand):
    summary = gettext_lazy(
        "Train the topic classifier on labelled rows; put it to use if it is better than before."
    )
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--labelled", type=Path, help=_("CSV or XLSX with text and topic"))
        parser.add_argument(
            "--accuracy",
            type=float,
            default=ANSWER_ACCURACY,
            help=_("answer only where so large a share of the answers agrees with the labels"),
        )
        parser.add_argument(
            "--promote", action="store_true", help=_("put it to use without a measured gain")
        )

        parser.add_argument(
            "--use",
            type=whole_number(),
            metavar="VERSION",
            help=_("learn nothing, use this version"),
        )

    def handle(self, *args: Any, labelled: Path | None, accuracy: float, **options: Any) -> None:
        if options["use"]:
            self._use(options["use"])
            return
        if not 0 < accuracy < 1:
            raise CommandError(_("--accuracy is a share above 0 and below 1, as 0.965."))
        rows = self._read(labelled) if labelled else labelled_appeals()
        name = labelled.name if labelled else _("the appeals of this installation")
        try:
            version = train_topics(
                rows=rows,
                trained_on=name,
                now=timezone.now(),
                answer_accuracy=accuracy,
                promote=options["promote"],
                from_appeals=labelled is None,
                progress=progress_line(sys.stderr),
            )
        except NotEnoughLabelsError as error:
            raise CommandError(_word_too_few(error)) from None
        for line in word_training(version, rows=len(rows)):
            self.stdout.write(line)
        figures = version.summary.items()
        numbers = {key: f"{value:.4g}" for key, value in figures if isinstance(value, int | float)}
        for line in word_figures(numbers):
            self.stdout.write(line)

    def _use(self, number: int) -> None:
        version = TopicModelVersion.objects.defer("payload").filter(version=number).first()
        if version is None:
            raise CommandError(_("There is no version %(version)s.") % {"version": number})
        put_to_use(version=version, actor=None, now=timezone.now())
        self.stdout.write(_("Version %(version)s is in use.") % {"version": number})

    def _read(self, file: Path) -> list[LabelledText]:
        try:
            labelled = read_labelled_file(file, today=timezone.localdate())
        except UnreadableFileError as error:
            raise CommandError(f"{file}: {word_unreadable_file(error)}") from error
        except NoLabelColumnError as error:
            raise CommandError(
                _("%(file)s: no column is recognised as the topic (类别, label, topic …).")
                % {"file": file}
            ) from error
        if labelled.left_out:
            numbers = ", ".join(str(number) for _sheet, number in labelled.left_out[:10])
            self.stdout.write(
                _("%(count)s rows without text or topic are left out: row %(rows)s …")
                % {"count": len(labelled.left_out), "rows": numbers}
            )
        return labelled.rows


def _word_too_few(error: NotEnoughLabelsError) -> str:
    enough = sum(count >= MIN_ROWS for count in error.rows_by_label.values())
    return _(
        "Too few labelled rows to learn from: it takes two topics with %(least)s rows each; "
        "of %(rows)s rows and %(topics)s topics, %(enough)s topics have as many."
    ) % {
        "least": MIN_ROWS,
        "rows": f"{error.rows:,}",
        "topics": len(error.rows_by_label),
        "enough": enough,
    }
