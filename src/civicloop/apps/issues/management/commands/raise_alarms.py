from datetime import date, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, calendar_day
from civicloop.apps.issues.actions.alarms import (
    BACKTEST_DAYS,
    LEAST_PER_WEEK,
    MOST_PER_WEEK,
    USUAL_PER_WEEK,
    NoAppealsInDaysError,
    TooLittleHistoryError,
    raise_alarms,
    run_backtest,
)
from civicloop.apps.issues.alarm_queries import (
    SHOWN_DAYS,
    alarms_until,
    backtests,
    last_alarm_check,
)
from civicloop.apps.issues.models import AlarmBacktest, AlarmCheck
from civicloop.apps.issues.queries import last_appeal_day

EXAMPLES = """examples:
  civicloop alarms                         every day since the last check, at most 28
  civicloop alarms --day 2023-11-13        one day again
  civicloop alarms --per-week 1            at most one false alarm a week
  civicloop alarms --backtest 2023-01-01 2023-12-31 --per-week 2
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Raise alarms for what rises, with a bound on false alarms.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=calendar_day, help=_("only this day, YYYY-MM-DD"))
        parser.add_argument(
            "--per-week",
            type=float,
            default=USUAL_PER_WEEK,
            help=_("false alarms allowed a week, default 2"),
        )
        parser.add_argument(
            "--backtest",
            nargs=2,
            type=calendar_day,
            metavar=("FROM", "TO"),
            help=_("which alarms there would have been"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        newest = last_appeal_day()
        if newest is None:
            raise CommandError(_("There are no appeals yet: civicloop import FILE"))
        if not LEAST_PER_WEEK <= options["per_week"] <= MOST_PER_WEEK:
            raise CommandError(
                _("The false alarms allowed a week must lie between %(least)s and %(most)s.")
                % {"least": f"{LEAST_PER_WEEK:g}", "most": f"{MOST_PER_WEEK:g}"}
            )
        try:
            if options["backtest"]:
                self._backtest(*options["backtest"], per_week=options["per_week"])
            else:
                self._raise(newest, options["day"], options["per_week"])
        except NoAppealsInDaysError as error:
            raise CommandError(
                _("No appeals of these days are known; they reach from %(first)s to %(last)s.")
                % {"first": error.first_known, "last": error.last_known}
            ) from None
        except TooLittleHistoryError:
            words = _("Alarms need nine weeks of appeals before the day; there are fewer.")
            if options["backtest"] or options["day"]:
                raise CommandError(words) from None
            self.stdout.write(words)  # a young city's daily run is no failure

    def _raise(self, newest: date, day: date | None, per_week: float) -> None:
        last_day = day or newest
        check = raise_alarms(
            first_day=day or _first_unchecked(newest),
            last_day=last_day,
            now=timezone.now(),
            per_week=per_week,
        )
        self._print(check)
        if not day and not backtests():
            self._backtest(newest - timedelta(days=BACKTEST_DAYS - 1), newest, per_week=per_week)

    def _print(self, check: AlarmCheck) -> None:
        days = (check.day - check.first_day).days + 1
        alarms = alarms_until(check.day, days=days)
        self.stdout.write(
            _("%(count)s alarms from %(first)s to %(last)s, at most %(bound)s false ones a week")
            % {
                "count": len(alarms),
                "first": check.first_day,
                "last": check.day,
                "bound": f"{check.per_week:g}",
            }
        )
        for alarm in alarms:
            self.stdout.write(
                f"{alarm.day}  "
                + _("%(people)s people in %(days)s days, expected %(expected)s")
                % {
                    "people": alarm.people_count,
                    "days": alarm.window_days,
                    "expected": f"{alarm.expected:.2f}",
                }
                + f"  {alarm.place}  {alarm.title}"
            )

    def _backtest(self, first_day: date, last_day: date, *, per_week: float) -> None:
        if first_day > last_day:
            raise CommandError(_("The first day must not lie after the last."))
        backtest = run_backtest(
            first_day=first_day, last_day=last_day, now=timezone.now(), per_week=per_week
        )
        self.stdout.write(_backtest_line(backtest))


def _first_unchecked(newest: date) -> date:
    """The day after the last check, but no more than four weeks back; the newest day always again."""
    check = last_alarm_check()
    earliest = newest - timedelta(days=SHOWN_DAYS - 1)
    return min(max(earliest, check.day + timedelta(days=1)), newest) if check else earliest


def _backtest_line(backtest: AlarmBacktest) -> str:
    result = backtest.result
    return _(
        "Back-test %(first)s to %(last)s: %(alarms)s alarms, %(rate)s a week; %(before)s before the day "
        "with most people. A plain z-score with as many alarms: %(plain)s before it."
    ) % {
        "first": result["first_day"],
        "last": backtest.last_day,
        "alarms": backtest.alarm_count,
        "rate": f"{backtest.alarm_count / result['weeks']:.1f}",
        "before": result["before_peak"],
        "plain": result["plain_before_peak"],
    }
