from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, whole_number
from civicloop.apps.issues.tables import table_as_csv
from civicloop.apps.issues.topic_queries import model_versions
from civicloop.apps.issues.topic_tables import MOST_QUESTIONS, conflict_table, question_table

EXAMPLES = """examples:
  civicloop label-next > next.csv              the appeals whose label would teach the model most
  civicloop label-next --conflicts > odd.csv   labelled rows whose label something speaks against
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Print as CSV what a person should label next, or look at again.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--most", type=whole_number(), default=MOST_QUESTIONS, help=_("how many appeals")
        )
        parser.add_argument(
            "--conflicts", action="store_true", help=_("contradicting labels instead")
        )

    def handle(self, *args: Any, most: int, conflicts: bool, **options: Any) -> None:
        version = model_versions().filter(is_active=True).first()
        if version is None:
            raise CommandError(_("No topic model yet: civicloop train"))
        table = conflict_table(version) if conflicts else question_table(version, most=most)
        lines = list(table_as_csv(table))
        for line in lines:
            self.stdout.write(line, ending="")
        if len(lines) < 2 and not conflicts:  # no more than the header
            self.stderr.write(
                _("Nothing to label: this model has suggested nothing yet. Run: civicloop classify")
            )
