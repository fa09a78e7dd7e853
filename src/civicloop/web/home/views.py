from datetime import date, datetime, time

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.clocks.calendars import missing_year
from civicloop.apps.clocks.wording import word_missing_year
from civicloop.apps.indicators.shown.cards import CardWords, worst_cards
from civicloop.apps.intake.queries import IntakeOverview, intake_overview
from civicloop.apps.issues.alarm_queries import alarms_until, last_alarm_check
from civicloop.apps.issues.models import AlarmCheck
from civicloop.apps.issues.queries import (
    last_appeal_day,
    latest_hot_list,
    rising_issues,
    urgent_waiting,
    waiting_for_topic_count,
)
from civicloop.web.charts import Chart, Series, chart
from civicloop.web.home.periods import periods_of
from civicloop.web.issues.alarm_words import AlarmWords, alarm_words
from civicloop.web.requests import HtmxRequest
from civicloop.web.templatetags.wording import day, thousands

FIRST_PAGES_OF_ADMINS = {
    Action.WATCH_JOBS: "jobs:overview",
    Action.MANAGE_ACCOUNTS: "people:people",
    Action.VIEW_AUDIT: "audit:events",
}
RISING_SHOWN = 6
RISING_DAYS = 7
URGENT_SHOWN = 5
CARDS_SHOWN = 5
STALE_DAYS = 28


@require_safe
def home(request: HtmxRequest) -> HttpResponse:
    """What came in, what is rising, what waits; a unit's staff begin at their inbox."""
    if may(request.user, Action.HANDLE_ORDERS) and not may(request.user, Action.VIEW_APPEALS):
        return redirect("dispatch:inbox")
    if may(request.user, Action.MEDIATE) and not may(request.user, Action.VIEW_APPEALS):
        return redirect("cases:open_cases")
    for action, page in FIRST_PAGES_OF_ADMINS.items():
        if may(request.user, action) and not may(request.user, Action.VIEW_APPEALS):
            return redirect(page)
    require(request.user, Action.VIEW_APPEALS)
    now = timezone.now()
    day_shown, is_today = _day_shown(timezone.localdate(now))
    overview = intake_overview(timezone.make_aware(datetime.combine(day_shown, time(12))))
    hot_list = latest_hot_list()
    check = last_alarm_check()
    context = {
        "overview": overview,
        "day_shown": None if is_today else day_shown,
        "periods": periods_of(overview, today=day_shown, is_today=is_today),
        "chart": _daily_chart(overview),
        "hot_list": hot_list,
        "rising": rising_issues(hot_list, limit=RISING_SHOWN) if hot_list else [],
        "check": check,
        "alarms": _newest_alarms(check),
        "urgent": urgent_waiting(limit=URGENT_SHOWN),
        "topic_waiting_count": waiting_for_topic_count(),
        "oldest_waiting_days": _days_waiting(overview, now),
        "cards": _cards(request, timezone.localdate(now)),
        "calendar_warning": _calendar_warning(now),
    }
    return render(request, "home/home.html", context)


def _cards(request: HtmxRequest, today: date) -> list[CardWords]:
    if not may(request.user, Action.VIEW_INDICATORS):
        return []
    sees_all = may(request.user, Action.SEE_SMALL_COUNTS)
    return worst_cards(today, limit=CARDS_SHOWN, hides_small=not sees_all)


def _day_shown(today: date) -> tuple[date, bool]:
    """Today; or the day of the last appeal when that is so long ago that today would show nothing."""
    last_day = last_appeal_day()
    if last_day is None or (today - last_day).days < STALE_DAYS:
        return today, True
    return last_day, False


def _newest_alarms(check: AlarmCheck | None) -> list[AlarmWords]:
    if check is None:
        return []
    newest = alarms_until(check.day, days=RISING_DAYS, limit=RISING_SHOWN)
    return [alarm_words(alarm, today=check.day) for alarm in newest]


def _daily_chart(overview: IntakeOverview) -> Chart:
    counts = overview.days
    busiest = max(counts, key=lambda each: each.count)
    summary = _(
        "%(total)s appeals in 28 days; most, %(most)s, on %(busiest)s; on the last day %(last)s."
    ) % {
        "total": thousands(overview.month),
        "most": thousands(busiest.count),
        "busiest": day(busiest.day),
        "last": thousands(overview.today),
    }
    series = Series(name=_("Appeals"), values=[each.count for each in counts])
    return chart([each.day for each in counts], [series], summary)


def _days_waiting(overview: IntakeOverview, now: datetime) -> int | None:
    if overview.oldest_waiting_at is None:
        return None
    return (now - overview.oldest_waiting_at).days


def _calendar_warning(now: datetime) -> str:
    """What to say above everything else when a year that limits need is not loaded."""
    year = missing_year(now)
    return word_missing_year(year) if year else ""
