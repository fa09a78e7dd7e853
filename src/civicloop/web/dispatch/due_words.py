"""How much time is left, in words."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SOON = timedelta(hours=24)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class DueWords(NamedTuple):
    """The words, and the tag that bears them: urgent, waiting or none."""

    words: str
    tag: str
    due_at: datetime


def due_words(due_at: datetime | None, *, now: datetime) -> DueWords | None:
    """What is left until a moment; None where there is no such moment."""
    if due_at is None:
        return None
    left = due_at - now
    if left < timedelta(0):
        return DueWords(_("overdue by %(time)s") % {"time": _span(-left)}, "urgent", due_at)
    tag = "waiting" if left < SOON else ""
    return DueWords(_("%(time)s left") % {"time": _span(left)}, tag, due_at)


def _span(length: timedelta) -> str:
    if length >= 2 * DAY:
        days = length // DAY
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    hours = length // HOUR
    if hours:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    minutes = length // timedelta(minutes=1)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
