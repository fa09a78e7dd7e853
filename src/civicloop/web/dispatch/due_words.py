"""How much time is left, in words."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civicloop.apps.clocks.models import RIGHTS
from civicloop.apps.clocks.wording import word_left
from civicloop.apps.dispatch.queries.order_clocks import ClockShown

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


def _is_out(shown: ClockShown) -> bool:
    clock = shown.clock
    if clock.stopped_at is not None:
        return clock.due_at is not None and clock.stopped_at > clock.due_at
    return clock.paused_at is None and shown.left is not None and shown.left < timedelta(0)


class ClockWords(NamedTuple):
    """A clock in words: when it ends and why then, and what is left in its own time."""

    shown: ClockShown
    left: str
    tag: str


def clock_words(shown: ClockShown) -> ClockWords:
    """A clock that is stopped or paused says so; a running one says what is left.

    The time of a right does not run late: it lapses.
    """
    if shown.clock.name in RIGHTS and _is_out(shown):
        return ClockWords(shown, _("lapsed, not used"), "")
    if shown.clock.stopped_at is not None:
        was_late = _is_out(shown)
        words, tag = (_("done, late"), "bad") if was_late else (_("done"), "good")
        return ClockWords(shown, words, tag)
    if shown.clock.paused_at is not None:
        return ClockWords(shown, _("paused"), "")
    return _running(shown)


def _running(shown: ClockShown) -> ClockWords:
    if shown.left is None:
        return ClockWords(shown, "", "")
    if shown.left < timedelta(0):
        words = _("overdue by %(time)s") % {
            "time": word_left(-shown.left, is_worked=shown.is_worked)
        }
        return ClockWords(shown, words, "urgent")
    words = _("%(time)s left") % {"time": word_left(shown.left, is_worked=shown.is_worked)}
    return ClockWords(shown, words, "waiting" if shown.left < SOON else "")
