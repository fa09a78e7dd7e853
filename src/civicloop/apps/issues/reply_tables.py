"""The replies worth another look as a table to be saved."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.issues.models import ReplyVerdict
from civicloop.apps.issues.reply_queries import ReplyFilters, lines_for_file
from civicloop.apps.issues.tables import TIME_FORMAT, Table


def reply_table(filters: ReplyFilters, *, today: date) -> Table:
    """Header, then each reply with its verdict; the citizen's words are not in it."""
    yield [
        _("Number of the appeal"), _("Subject"), _("County"), _("Replied at"), _("Verdict"),
        _("Probability of being substantive"), _("Requests"), _("Not found in the reply"),
        _("First due day"), _("Overdue"), _("Replies with nearly the same words"),
        _("Share of the template"),
    ]  # fmt: skip
    verdicts = dict(ReplyVerdict.choices)
    for line in lines_for_file(filters, today=today):
        due = line.first_due_day
        yield [
            line.number,
            line.subject,
            line.county or "",
            timezone.localtime(line.replied_at).strftime(TIME_FORMAT),
            str(verdicts[line.verdict]),
            round(line.probability, 2),
            line.request_count,
            line.open_count,
            due.isoformat() if due else "",
            _("yes") if due and due < today else "",
            line.template_replies or 0,
            round(line.template_share, 2),
        ]
