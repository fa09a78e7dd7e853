"""The replies worth another look as a table to be saved."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.issues.reply_queries import ReplyFilters, checks_for_file
from civicloop.apps.issues.tables import TIME_FORMAT, Table


def reply_table(filters: ReplyFilters, *, today: date) -> Table:
    """Header, then each reply with its verdict; the citizen's words are not in it."""
    yield [
        _("Number of the appeal"), _("Subject"), _("County"), _("Replied at"), _("Verdict"),
        _("Probability of being substantive"), _("Requests"), _("Not found in the reply"),
        _("First due day"), _("Overdue"), _("Replies with nearly the same words"),
        _("Share of the template"),
    ]  # fmt: skip
    for check in checks_for_file(filters, today=today):
        due = check.first_due_day
        yield [
            check.appeal.source_key,
            check.appeal.subject,
            check.appeal.county.name if check.appeal.county else "",
            timezone.localtime(check.replied_at).strftime(TIME_FORMAT),
            check.get_verdict_display(),
            round(check.probability, 2),
            check.request_count,
            check.open_count,
            due.isoformat() if due else "",
            _("yes") if due and due < today else "",
            check.template.reply_count if check.template else 0,
            round(check.template_share, 2),
        ]
