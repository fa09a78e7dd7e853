from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.command import ExplainedCommand, refuse_unreadable
from civicloop.apps.intake.models import OnError
from civicloop.apps.knowledge.actions.importing import ImportedArticles, import_articles
from civicloop.apps.knowledge.refusals import ArticleRefusedError
from civicloop.apps.knowledge.wording import word_row_problems

EXAMPLES = """examples:
  civicloop import-articles articles.xlsx --author li
                                        the rows wait for a review on the site
  civicloop import-articles articles.csv --author li --approved-by wang
                                        publish what these two have agreed on
  civicloop import-articles articles.csv --author li --on-error abort
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Bring articles of the knowledge base in from a table.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=_("CSV file or workbook"))
        parser.add_argument(
            "--author", required=True, help=_("user who answers for what is written")
        )
        parser.add_argument("--approved-by", help=_("another user, who has reviewed every row"))
        parser.add_argument(
            "--on-error",
            choices=OnError.values,
            default=OnError.SKIP,
            help=_("skip: leave bad rows out; abort: write nothing if a row is bad"),
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        refuse_unreadable(file)
        reviewer = options["approved_by"]
        try:
            done = import_articles(
                file=file,
                on_error=options["on_error"],
                author=_user(options["author"], Action.WRITE_ARTICLES),
                reviewer=_user(reviewer, Action.APPROVE_ARTICLES) if reviewer else None,
                now=timezone.now(),
            )
        except ArticleRefusedError as error:
            raise CommandError(f"{file}: {error}") from None
        self._tell(file, done)

    def _tell(self, file: Path, done: ImportedArticles) -> None:
        for words in word_row_problems(done.problems):
            self.stderr.write(
                _("row %(row)s, column %(column)s, “%(value)s”: %(reason)s %(cure)s")
                % words._asdict()
            )
        if done.is_refused:
            raise CommandError(_("Nothing was written."))
        self.stdout.write(
            _("%(file)s: %(new)s new articles, %(changed)s changed, %(unchanged)s unchanged")
            % {
                "file": file.name,
                "new": done.new_count,
                "changed": done.changed_count,
                "unchanged": done.unchanged_count,
            }
        )


def _user(username: str, action: Action) -> User:
    user = User.objects.filter(username=username).first()
    if user is None or not may(user, action):
        raise CommandError(
            _("There is no user %(name)s whose role may do this.") % {"name": username}
        )
    return user
