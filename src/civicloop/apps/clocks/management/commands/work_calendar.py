from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.clocks.actions import Recounted, recount_clocks, seed_calendar
from civicloop.apps.clocks.actions.recounting import clocks_that_would_move
from civicloop.apps.clocks.calendars import NoCalendarError, calendar_in_use, missing_year
from civicloop.apps.clocks.models import Clock
from civicloop.apps.clocks.wording import word_end, word_missing_year
from civicloop.apps.command import ExplainedCommand

EXAMPLES = """examples:
  civicloop calendar                             the years that are known, and the one that is missing
  civicloop calendar seed                        add the years that the library chinesecalendar knows
  civicloop load calendar 2027.xlsx              load a year's notice
  civicloop calendar recount                     the open clocks that the calendar would move: before, after
  civicloop calendar recount --apply --reason "2027年放假通知"
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Show the calendar of worked days, seed it, count clocks again by it.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", default="show", choices=["show", "seed", "recount"])
        parser.add_argument("--apply", action="store_true", help=_("recount: move the clocks"))
        parser.add_argument("--reason", default="", help=_("recount: why, for the audit"))

    def handle(self, *args: Any, what: str, apply: bool, reason: str, **options: Any) -> None:
        now = timezone.now()
        if what == "seed":
            seed_calendar(actor=None, now=now)
        if what == "recount":
            moved = (
                recount_clocks(actor=None, now=now, reason=reason)
                if apply
                else list(clocks_that_would_move(now=now))
            )
            for each in moved:
                self.stdout.write(_line(each))
            words = _("%(count)s clocks moved.") if apply else _("%(count)s clocks would move.")
            self.stdout.write(words % {"count": len(moved)})
        self._show()
        missing = missing_year(now)
        if missing:
            self.stderr.write(self.style.ERROR(word_missing_year(missing)))

    def _show(self) -> None:
        try:
            calendar = calendar_in_use()
        except NoCalendarError:
            self.stdout.write(_("There is no calendar yet: civicloop calendar seed"))
            return
        words = _(
            "Version %(version)s, years %(first)s to %(last)s, %(waiting)s clocks wait for a year."
        )
        waiting = Clock.objects.filter(stopped_at=None).exclude(waits_for_year=None).count()
        told = {"first": min(calendar.years), "last": max(calendar.years), "waiting": waiting}
        self.stdout.write(words % {"version": calendar.version, **told})


def _line(each: Recounted) -> str:
    before, after = (
        word_end(moment) if moment else "?" for moment in (each.was_due_at, each.due_at)
    )
    return f"{each.clock.pk} {each.clock}: {before} → {after}"
