from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, calendar_day, refuse_unwritable, whole_number
from civicloop.apps.issues.actions.hot_issues import record_hot_issues
from civicloop.apps.issues.models import HotIssueList
from civicloop.apps.issues.queries import hot_issues_of, last_appeal_day
from civicloop.apps.issues.tables import (
    Table,
    hot_issue_detail_table,
    hot_issue_table,
    write_table,
)

DEFAULT_WINDOWS = (7, 28, 90, 365, 0)
LONGEST_WINDOW = 36_500  # days
ROWS_SHOWN = 10
TABLE_ENDINGS = (".csv", ".xlsx")
EXAMPLES = """examples:
  civicloop hot-issues                          rank the last 7, 28, 90, 365 days and the whole history
  civicloop hot-issues --day 2023-11-13 --days 28
  civicloop hot-issues --days 28 --out hot.xlsx --details hot-details.xlsx
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Rank the hot issues of a day and print the table.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--day", type=calendar_day, help=_("YYYY-MM-DD; default: day of the last appeal")
        )
        parser.add_argument(
            "--days",
            type=whole_number(least=0, most=LONGEST_WINDOW),
            action="append",
            help=_("length of the window, 0: whole history"),
        )
        parser.add_argument(
            "--top", type=whole_number(), default=ROWS_SHOWN, help=_("rows to print")
        )
        parser.add_argument("--out", type=Path, help=_("hot-issue table, .csv or .xlsx"))
        parser.add_argument("--details", type=Path, help=_("detail table, .csv or .xlsx"))

    def handle(
        self,
        *args: Any,
        day: date | None,
        days: list[int] | None,
        top: int,
        out: Path | None,
        details: Path | None,
        **options: Any,
    ) -> None:
        refuse_unwritable(out, *TABLE_ENDINGS)
        refuse_unwritable(details, *TABLE_ENDINGS)
        day = day or last_appeal_day()
        if day is None:
            raise CommandError(_("There are no appeals yet: civicloop import FILE"))
        now = timezone.now()
        windows = days or DEFAULT_WINDOWS
        lists = [record_hot_issues(day=day, window_days=window, now=now) for window in windows]
        shown = lists[0] if days else lists[DEFAULT_WINDOWS.index(28)]
        self._print(shown, top)
        if out:
            self._write(out, hot_issue_table(shown))
        if details:
            self._write(details, hot_issue_detail_table(shown))

    def _write(self, file: Path, table: Table) -> None:
        write_table(file, table)
        self.stdout.write(_("Written: %(file)s") % {"file": file})

    def _print(self, hot_list: HotIssueList, top: int) -> None:
        issues = hot_issues_of(hot_list, limit=top)
        if hot_list.window_days:
            words = _("Hot issues on %(day)s, window %(window)s days, %(appeals)s appeals")
        else:
            words = _("Hot issues on %(day)s, whole history, %(appeals)s appeals")
        self.stdout.write(
            words
            % {
                "day": hot_list.day,
                "window": hot_list.window_days,
                "appeals": f"{hot_list.appeal_count:,}",
            }
        )
        for issue in issues:
            mark = "↑" if issue.is_rising else " "
            self.stdout.write(
                f"{issue.rank:>3} {mark} {issue.heat:5.1f}  "
                + _("%(people)s people, %(appeals)s appeals")
                % {"people": issue.people_count, "appeals": issue.appeal_count}
                + f"  {issue.place}  {issue.title}"
            )
        if not issues:
            self.stdout.write(_("No event of two or more appeals in this window."))
