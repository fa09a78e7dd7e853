"""The figures of case work and the rows behind each number."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.models import OF_A_UNIT, User
from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.cases.figure_queries import figures_of_cases, mean_time_red, rows_behind
from civicloop.apps.cases.figures import CASE_FIGURES, COHORTS, GROUPS, CaseFigure, Rows
from civicloop.apps.cases.models import (
    JointMeeting,
    MediationCase,
    MeetingDecision,
    PetitionCase,
    PetitionStage,
    Reception,
    ReceptionCase,
)
from civicloop.apps.clocks.counting import last_day_of
from civicloop.apps.dispatch.models import SupervisionSheet
from civicloop.values.ratios import Ratio
from civicloop.web.cases.list_views import lists_shown
from civicloop.web.dispatch.figure_views import PARTS, asked_period
from civicloop.web.requests import HtmxRequest, actor_of

ROWS_PER_PAGE = 50
LIST_OF: Mapping[Rows, str] = {
    Rows.PETITION: "petition",
    Rows.STAGE: "petition",
    Rows.RECEPTION: "reception",
    Rows.MATTER: "reception",
    Rows.MEETING: "meeting",
    Rows.DECISION: "meeting",
    Rows.MEDIATION: "mediation",
}


class Row(NamedTuple):
    """What stands for one row: its words and page, what more is said of it, its day and state."""

    words: str
    address: str
    more: str
    at: date | datetime | None
    state: str


class FigureLine(NamedTuple):
    """A figure, its two numbers and what it is about."""

    code: str
    figure: CaseFigure
    ratio: Ratio
    cohort: str


@require_safe
def case_figures(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_FIGURES)
    user, now = actor_of(request), timezone.now()
    form, period = asked_period(request.GET)
    kinds = _kinds(request)
    ratios = figures_of_cases(user, kinds, period, now=now)
    groups = [
        (words, [_line(code, ratios[code]) for code in ratios if CASE_FIGURES[code].rows in own])
        for words, own in GROUPS.items()
    ]
    context = {
        "form": form,
        "period": period,
        "groups": [(words, lines) for words, lines in groups if lines],
        "red": mean_time_red(user, period, now=now) if Rows.SHEET in kinds else None,
        "shown": lists_shown(request),
    }
    return render(request, "cases/case_figures.html", context)


@require_safe
def case_figure_rows(request: HtmxRequest, code: str, part: str) -> HttpResponse:
    """The rows behind one number."""
    require(request.user, Action.VIEW_FIGURES)
    if code not in CASE_FIGURES or part not in PARTS:
        raise Http404
    figure = CASE_FIGURES[code]
    if figure.rows not in _kinds(request):
        raise PermissionDenied
    form, period = asked_period(request.GET)
    rows = rows_behind(actor_of(request), code, period, now=timezone.now(), only_part=PARTS[part])
    try:
        page = Paginator(rows, ROWS_PER_PAGE).page(request.GET.get("page", "1"))
    except InvalidPage as error:
        raise Http404 from error
    context = {
        "form": form,
        "period": period,
        "code": code,
        "figure": figure,
        "cohort": COHORTS[figure.rows, figure.cohort],
        "part": part,
        "page": page,
        "entries": [WORDS[figure.rows](row) for row in page],
    }
    return render(request, "cases/case_figure_rows.html", context)


def _line(code: str, ratio: Ratio) -> FigureLine:
    figure = CASE_FIGURES[code]
    return FigureLine(code, figure, ratio, str(COHORTS[figure.rows, figure.cohort]))


def _kinds(request: HtmxRequest) -> set[Rows]:
    """The kinds of rows whose lists the reader may open."""
    shown = lists_shown(request)
    kinds = {kind for kind, name in LIST_OF.items() if shown[name]}
    if may(request.user, Action.OVERSEE) or actor_of(request).role in OF_A_UNIT:
        kinds.add(Rows.SHEET)
    return kinds


def _name(user: User) -> str:
    return user.get_full_name() or user.username


def _petition(row: PetitionCase) -> Row:
    state = str(row.get_category_display())
    return _row(row.subject, "petition", row.pk, f"#{row.pk}", row.registered_at, state)


def _stage(row: PetitionStage) -> Row:
    said = str(row.get_verdict_display()) if row.verdict else ""
    more = f"{row.get_level_display()} · {row.organ}"
    return _row(
        row.petition.subject, "petition", row.petition_id, more, _last_day(row.due_at), said
    )


def _last_day(due_at: datetime | None) -> date | None:
    return last_day_of(due_at) if due_at else None


def _reception(row: Reception) -> Row:
    state = str(row.get_state_display())
    return _row(_name(row.leader), "reception", row.pk, row.place, row.day, state)


def _matter(row: ReceptionCase) -> Row:
    day = row.reception
    return _row(_name(day.leader), "reception", day.pk, day.place, day.day, "")


def _meeting(row: JointMeeting) -> Row:
    state = str(row.get_state_display())
    return _row(row.title, "meeting", row.pk, str(row.area), row.day, state)


def _decision(row: MeetingDecision) -> Row:
    state, more = str(row.get_state_display()), f"{row.owner} · {row.meeting.title}"
    return _row(row.text, "meeting", row.meeting_id, more, row.due_day, state)


def _mediation(row: MediationCase) -> Row:
    state = str(row.get_state_display())
    return _row(row.subject, "mediation", row.pk, str(row.committee), row.proposed_at, state)


def _sheet(row: SupervisionSheet) -> Row:
    order, state = row.order, str(row.get_state_display())
    address = reverse("dispatch:order", args=[order.pk])
    return Row(order.title, address, f"{order.number} · {row.unit}", _last_day(row.due_at), state)


def _row(
    words: str, kind: str, number: int, more: str, at: date | datetime | None, state: str
) -> Row:
    return Row(words, reverse(f"cases:{kind}", args=[number]), more, at, state)


WORDS: Mapping[Rows, Callable[..., Row]] = {
    Rows.PETITION: _petition,
    Rows.STAGE: _stage,
    Rows.RECEPTION: _reception,
    Rows.MATTER: _matter,
    Rows.MEETING: _meeting,
    Rows.DECISION: _decision,
    Rows.MEDIATION: _mediation,
    Rows.SHEET: _sheet,
}
