from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, refuse_unwritable
from civicloop.apps.issues.tables import write_table
from civicloop.apps.knowledge.queries.reading import ArticleFilters
from civicloop.apps.knowledge.tables import article_table

EXAMPLES = """examples:
  civicloop export-articles articles.xlsx     the columns are those that import-articles takes
  civicloop export-articles articles.csv
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Write the knowledge base into a table.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=_(".csv or .xlsx"))

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        refuse_unwritable(file, ".csv", ".xlsx")
        write_table(file, article_table(ArticleFilters()))
        self.stdout.write(str(file))
