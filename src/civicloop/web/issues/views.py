from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.issues.class_queries import class_of
from civicloop.apps.issues.event_pages import bonds_of, near_misses_of, place_tree, summary_of
from civicloop.apps.issues.event_wording import summary_words
from civicloop.apps.issues.models import Event, HotIssue, HotIssueList, HotScope
from civicloop.apps.issues.queries import (
    EventDetails,
    event_details,
    events_page,
    hot_issues_of,
    hot_lists,
    latest_hot_list,
)
from civicloop.apps.issues.tables import hot_issue_detail_table, hot_issue_table
from civicloop.web.charts import Chart, Series, chart
from civicloop.web.downloads import csv_download, xlsx_download
from civicloop.web.issues.decision_views import decision_shown
from civicloop.web.issues.words import (
    factor_words,
    member_words,
    near_miss_words,
    weight_words,
)
from civicloop.web.requests import HtmxRequest
from civicloop.web.templatetags.wording import day as day_words
from civicloop.web.templatetags.wording import thousands

ISSUES_SHOWN = 50
MEMBERS_SHOWN = 200
DOWNLOADS = {"csv": csv_download, "xlsx": xlsx_download}


@require_safe
def hot_issues(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    scope = HotScope.TOPIC if request.GET.get("scope") == HotScope.TOPIC else HotScope.EVENT
    hot_list = _chosen_list(request.GET)
    context: dict[str, object] = {
        "scope": scope,
        "hot_list": hot_list,
        "hot_lists": hot_lists(),
        "entries": [],
    }
    if hot_list:
        context["weights"] = weight_words(hot_list.weights)
        context["behind"] = _appeals_of(hot_list)
        context["entries"] = [
            {
                "issue": issue,
                "factors": factor_words(issue.factors),
                "behind": _behind(issue, hot_list),
            }
            for issue in hot_issues_of(hot_list, scope, limit=ISSUES_SHOWN)
        ]
    return render(request, "issues/hot_issues.html", context)


def _behind(issue: HotIssue, hot_list: HotIssueList) -> str:
    """The address at which the appeals are that a row counts; "" where nothing leads to them."""
    if issue.event_id:
        return f"{reverse('issues:event', args=[issue.event_id])}?all=1#members-title"
    return _appeals_of(hot_list, topic=issue.topic_id) if issue.topic_id else ""


def _appeals_of(hot_list: HotIssueList, *, topic: int | None = None) -> str:
    """The list of the appeals that a ranking covers, all of them or those of a topic."""
    asked: dict[str, object] = {"topic": topic} if topic else {}
    if hot_list.window_days:
        first = hot_list.day - timedelta(days=hot_list.window_days - 1)
        asked |= {"first_day": first.isoformat()}
    asked |= {"last_day": hot_list.day.isoformat()}
    return f"{reverse('intake:appeal_list')}?{urlencode(asked)}"


def _chosen_list(asked: QueryDict) -> HotIssueList | None:
    """The ranking that the address names; whatever it does not name is the newest."""
    day_asked, window_asked = asked.get("day", ""), asked.get("window", "")
    try:
        day = date.fromisoformat(day_asked) if day_asked else None
        window_days = int(window_asked) if window_asked else None
    except ValueError as error:
        raise Http404 from error
    return latest_hot_list(day=day, window_days=window_days)


@require_safe
def export(request: HtmxRequest, list_id: int, table: str, format_: str) -> HttpResponseBase:
    require(request.user, Action.EXPORT)
    hot_list = get_object_or_404(HotIssueList, pk=list_id)
    tables = {
        "hot-events": lambda: hot_issue_table(hot_list, HotScope.EVENT),
        "hot-topics": lambda: hot_issue_table(hot_list, HotScope.TOPIC),
        "hot-event-appeals": lambda: hot_issue_detail_table(hot_list),
    }
    if table not in tables or format_ not in DOWNLOADS:
        raise Http404
    name = f"{table}-{hot_list.day}-{hot_list.window_days}"
    return DOWNLOADS[format_](name, tables[table]())


@require_safe
@vary_on_headers("HX-Request")
def event_list(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    search = request.GET.get("q", "").strip()
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = events_page(search=search, after=after, before=before)
    context = {"search": search, "page": page, "decision": decision_shown(request)}
    template = "issues/_event_table.html" if request.htmx else "issues/event_list.html"
    return render(request, template, context)


@require_safe
def event(request: HtmxRequest, event_id: int) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    try:
        details = event_details(event_id)
    except Event.DoesNotExist as error:
        raise Http404 from error
    summary = summary_of(details.members, terms=details.event.terms)
    between = _days_asked(request)
    shown = details.members if "all" in request.GET else details.members[:MEMBERS_SHOWN]
    if between:
        shown = details.members_between(*between)
    context = {
        "details": details,
        "event": details.event,
        "members": member_words(shown, bonds_of(details.event)),
        "members_between": between,
        "description": summary_words(summary),
        "places": place_tree(details.members),
        "near_misses": near_miss_words(near_misses_of(details.event)),
        "event_class": class_of(details.event),
        "chart": _timeline(details),
        "decision": decision_shown(request),
    }
    return render(request, "issues/event.html", context)


def _days_asked(request: HtmxRequest) -> tuple[date, date] | None:
    try:
        first, last = (date.fromisoformat(request.GET[name]) for name in ("first_day", "last_day"))
    except (KeyError, ValueError):
        return None
    return first, last


def _timeline(details: EventDetails) -> Chart:
    counts = details.daily_counts
    series = Series(name=_("Appeals"), values=[count for _day, count in counts])
    return chart([day for day, _count in counts], [series], _timeline_summary(counts))


def _timeline_summary(counts: Sequence[tuple[date, int]]) -> str:
    busiest, most = max(counts, key=lambda item: item[1])
    total = sum(count for _day, count in counts)
    words = ngettext(
        "%(total)s appeals on %(days)s day; most, %(most)s, on %(busiest)s.",
        "%(total)s appeals over %(days)s days; most, %(most)s, on %(busiest)s.",
        len(counts),
    )
    return words % {
        "total": thousands(total),
        "days": thousands(len(counts)),
        "most": thousands(most),
        "busiest": day_words(busiest),
    }
