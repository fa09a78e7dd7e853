"""What a draft would have done with the orders of days gone by; nothing is kept or changed."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.directory_facts import directory_on
from civicloop.apps.dispatch.queries.directory import (
    BacktestReport,
    backtest_versions,
    count_past_cases,
    last_draft,
)
from civicloop.apps.dispatch.queries.moved_orders import moved_orders
from civicloop.apps.dispatch.routing_words import UnitNames
from civicloop.apps.issues.queries import last_appeal_day
from civicloop.web.directory.forms import BacktestForm
from civicloop.web.requests import HtmxRequest

USUAL_DAYS = 90
MOST_ORDERS = 200_000  # that a page may wait for; about five seconds
ORDERS_ON_A_PAGE = 50
TOPICS_SHOWN = 30


@require_safe
def backtest(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_DIRECTORY)
    require(request.user, Action.RUN_BACKTEST)
    current = directory_on(timezone.localdate())
    form = _form(request)
    context: dict[str, object] = {"form": form, "current": current}
    if current and form.is_bound and form.is_valid():
        asked = form.cleaned_data
        days = {"first_day": asked["first_day"], "last_day": asked["last_day"]}
        if count_past_cases(**days) > MOST_ORDERS:
            context["too_many"] = MOST_ORDERS
        else:
            report = backtest_versions(current, asked["version"], **days)
            context |= _result(request, report)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "directory/backtest.html", context, status=status)


def _form(request: HtmxRequest) -> BacktestForm:
    if "version" in request.GET and "first_day" in request.GET:
        return BacktestForm(request.GET)
    last_day = last_appeal_day() or timezone.localdate()
    draft = last_draft()
    initial: dict[str, object] = {
        "first_day": last_day - timedelta(days=USUAL_DAYS - 1),
        "last_day": last_day,
        "version": request.GET.get("version") or (draft.number if draft else None),
    }
    return BacktestForm(initial=initial)


def _result(request: HtmxRequest, report: BacktestReport) -> dict[str, object]:
    before, after = request.GET.get("before"), request.GET.get("after")
    page = Paginator(report.changed(before=before, after=after), ORDERS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    names = UnitNames()
    kept = request.GET.copy()
    for name in ("page", "before", "after"):
        kept.pop(name, None)
    return {
        "report": report,
        "moves": [
            (before_, after_, names.of(before_), names.of(after_), count)
            for before_, after_, count in report.by_move
        ],
        "assisting": [
            (lead, names.of(lead), names.of_all(gone), names.of_all(then), count)
            for lead, gone, then, count in report.by_assisting
        ],
        "topics": report.by_topic[:TOPICS_SHOWN],
        "page": page,
        "orders": moved_orders(list(page), user=request.user, names=names),
        "chosen": None if before is None else (names.of(before), names.of(after or "")),
        "address": kept.urlencode(),
    }
