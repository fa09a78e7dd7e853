from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.intake.queries import IntakeOverview, intake_overview
from civicloop.apps.issues.queries import latest_hot_list, rising_issues, waiting_for_topic_count
from civicloop.web.charts import Chart, Series, chart
from civicloop.web.home.periods import periods_of
from civicloop.web.requests import HtmxRequest
from civicloop.web.templatetags.wording import day, thousands

RISING_SHOWN = 6


@require_safe
def home(request: HtmxRequest) -> HttpResponse:
    """What came in, what is rising, what waits."""
    require(request.user, Action.VIEW_APPEALS)
    now = timezone.now()
    overview = intake_overview(now)
    hot_list = latest_hot_list()
    context = {
        "overview": overview,
        "periods": periods_of(overview, today=timezone.localdate(now)),
        "chart": _daily_chart(overview),
        "hot_list": hot_list,
        "rising": rising_issues(hot_list, limit=RISING_SHOWN) if hot_list else [],
        "topic_waiting_count": waiting_for_topic_count(),
        "oldest_waiting_days": _days_waiting(overview, now),
    }
    return render(request, "home/home.html", context)


def _daily_chart(overview: IntakeOverview) -> Chart:
    counts = overview.days
    busiest = max(counts, key=lambda each: each.count)
    summary = _(
        "%(total)s appeals in the last 28 days; most, %(most)s, on %(busiest)s; today %(today)s."
    ) % {
        "total": thousands(overview.month),
        "most": thousands(busiest.count),
        "busiest": day(busiest.day),
        "today": thousands(overview.today),
    }
    series = Series(name=_("Appeals"), values=[each.count for each in counts])
    return chart([each.day for each in counts], [series], summary)


def _days_waiting(overview: IntakeOverview, now: datetime) -> int | None:
    if overview.oldest_waiting_at is None:
        return None
    return (now - overview.oldest_waiting_at).days
