"""The lists of cases, and one page with the open work of all four."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import may, require
from civicloop.apps.cases.models import Committee, ReceptionCase
from civicloop.apps.cases.queries import is_overdue, late_owners, open_decisions, open_work
from civicloop.apps.cases.timing import STAGE
from civicloop.apps.cases.visibility import (
    matters_visible_to,
    mediations_visible_to,
    meetings_visible_to,
    petitions_visible_to,
    receptions_visible_to,
    without_own_matters,
)
from civicloop.web.cases.views import KINDS
from civicloop.web.requests import HtmxRequest, actor_of

CASES_PER_PAGE = 50
MONTHS_OF_A_YEAR = 12


@require_safe
def open_cases(request: HtmxRequest) -> HttpResponse:
    """What waits in the lists that the reader may see."""
    user, today = actor_of(request), timezone.localdate()
    shown = lists_shown(request)
    if not any(shown.values()):
        raise PermissionDenied
    work = open_work(user)
    context = {
        "work": work,
        "decisions": [(one, is_overdue(one, today=today)) for one in work.decisions],
        "shown": shown,
    }
    return render(request, "cases/open_cases.html", context)


@require_safe
def meeting_list(request: HtmxRequest) -> HttpResponse:
    _require_one(request, "meeting")
    user, today = actor_of(request), timezone.localdate()
    seen = Q(cases__in=matters_visible_to(user).values("pk"))
    found = meetings_visible_to(user).annotate(matters=Count("cases", filter=seen, distinct=True))
    found = found.select_related("area").order_by("-day", "-id")
    decisions = open_decisions(user)[:CASES_PER_PAGE]
    context = {
        "page": Paginator(found, CASES_PER_PAGE).get_page(request.GET.get("page")),
        "decisions": [(one, is_overdue(one, today=today)) for one in decisions],
        "shown": lists_shown(request),
    }
    return render(request, "cases/meeting_list.html", context)


@require_safe
def reception_list(request: HtmxRequest) -> HttpResponse:
    """The roster of one month."""
    _require_one(request, "reception")
    month = _month(request.GET.get("month", ""))
    following = _shifted(month, 1)
    found = receptions_visible_to(actor_of(request)).filter(day__gte=month, day__lt=following)
    related = found.select_related("leader", "planned_leader", "area").prefetch_related("swaps")
    seen = Q(cases__in=without_own_matters(ReceptionCase.objects.all()).values("pk"))
    context = {
        "days": list(related.annotate(matters=Count("cases", filter=seen))),
        "month": month,
        "before": _shifted(month, -1),
        "following": following,
        "shown": lists_shown(request),
    }
    return render(request, "cases/reception_list.html", context)


@require_safe
def mediation_list(request: HtmxRequest) -> HttpResponse:
    _require_one(request, "mediation")
    found = mediations_visible_to(actor_of(request)).select_related("committee", "mediator")
    context = {
        "page": Paginator(found, CASES_PER_PAGE).get_page(request.GET.get("page")),
        "committees": list(Committee.objects.select_related("area")[:CASES_PER_PAGE]),
        "shown": lists_shown(request),
    }
    return render(request, "cases/mediation_list.html", context)


@require_safe
def petition_list(request: HtmxRequest) -> HttpResponse:
    _require_one(request, "petition")
    found = petitions_visible_to(actor_of(request)).prefetch_related("stages__organ")
    page = Paginator(found, CASES_PER_PAGE).get_page(request.GET.get("page"))
    stages = [stage.pk for petition in page for stage in petition.stages.all()]
    context = {
        "page": page,
        "late": late_owners(STAGE, stages, now=timezone.now()),
        "shown": lists_shown(request),
    }
    return render(request, "cases/petition_list.html", context)


def lists_shown(request: HtmxRequest) -> dict[str, bool]:
    """Which of the lists the reader may open."""
    return {
        name: any(may(request.user, action) for action in kind.actions)
        for name, kind in KINDS.items()
    }


def _require_one(request: HtmxRequest, kind: str) -> None:
    """Refuse the request unless one of the kind's actions is the reader's."""
    allowed = [action for action in KINDS[kind].actions if may(request.user, action)]
    require(request.user, allowed[0] if allowed else KINDS[kind].actions[0])


def _month(written: str) -> date:
    """The first day of the month that the address names, or of this one."""
    try:
        return date.fromisoformat(f"{written}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


def _shifted(month: date, by: int) -> date:
    years, place = divmod(month.month - 1 + by, MONTHS_OF_A_YEAR)
    return date(min(max(month.year + years, 1), 9999), place + 1, 1)
