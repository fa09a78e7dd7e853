"""The two tables that are customary in the field: hot issues, and each issue's appeals."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.event_pages import summaries_of
from civicloop.apps.issues.event_wording import word_summary
from civicloop.apps.issues.models import HotIssue, HotIssueList, HotScope
from civicloop.apps.issues.queries import hot_issues_of
from civicloop.connectors.spreadsheets.writing import Rows, csv_lines, xlsx_bytes

Cell = str | int | float
Table = Iterator[list[Cell]]
AnyTable = Rows  # also with days and exact numbers

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


def hot_issue_table(hot_list: HotIssueList, scope: str = HotScope.EVENT) -> Table:
    """Header, then rank, issue number, heat, time span, place and people, description."""
    yield [
        _("Rank"), _("Issue number"), _("Heat"), _("Time span"), _("Place and people"),
        _("Description"),
    ]  # fmt: skip
    issues = hot_issues_of(hot_list, scope)
    summaries = summaries_of(issue.event_id for issue in issues if issue.event_id)
    for issue in issues:
        summary = summaries.get(issue.event_id or 0)
        yield [
            issue.rank,
            number_of(issue),
            round(issue.heat, 1),
            f"{_day(issue.first_at)} – {_day(issue.last_at)}",
            place_and_people(issue),
            (word_summary(summary) if summary else "") or issue.title,
        ]


def hot_issue_detail_table(hot_list: HotIssueList) -> Table:
    """Header, then each appeal of each hot event in the window, hottest event first."""
    yield [
        _("Issue number"), _("Number of the appeal"), _("Received at"), _("Subject"), _("Text"),
        _("Opposing votes"), _("Supporting votes"),
    ]  # fmt: skip
    for issue in hot_issues_of(hot_list):
        if issue.event is None:  # its appeals have parted since
            continue
        members = Appeal.objects.filter(
            event_member__event=issue.event,
            received_at__gte=issue.first_at,
            received_at__lte=issue.last_at,
        )
        for appeal in members.order_by("received_at", "id"):
            yield [
                number_of(issue),
                appeal.source_key,
                timezone.localtime(appeal.received_at).strftime(TIME_FORMAT),
                appeal.subject,
                appeal.text,
                appeal.oppose_votes,
                appeal.support_votes,
            ]


def number_of(issue: HotIssue) -> int:
    """The number by which an issue is asked for: its event's, or its topic's."""
    return issue.event_id or issue.topic_id or 0


def place_and_people(issue: HotIssue) -> str:
    """Where and how many; never who."""
    people = _("%(count)s people") % {"count": issue.people_count}
    return f"{issue.place} {people}".strip()


def _day(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d")


class UnknownTableFormatError(ValueError):
    """The file's ending is neither .csv nor .xlsx."""


def table_as_csv(table: AnyTable) -> Iterator[str]:
    """The lines of a CSV file that no spreadsheet program takes for formulas."""
    return csv_lines(table)


def table_as_xlsx(table: Table) -> bytes:
    """A workbook whose text cells stay text."""
    return xlsx_bytes(table)


def write_table(file: Path, table: Table) -> None:
    """Write a table as its ending says; text cells can never become formulas."""
    if file.suffix.lower() == ".csv":
        file.write_text("".join(table_as_csv(table)), encoding="utf-8", newline="")
    elif file.suffix.lower() == ".xlsx":
        file.write_bytes(table_as_xlsx(table))
    else:
        raise UnknownTableFormatError(str(file))
