"""Classes of events: the list, the dissection sheet, and what people decide about them."""

import unicodedata
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.issues.actions.decide import DecisionRefusedError
from civicloop.apps.issues.actions.decide_classes import (
    add_event_to_class,
    name_class,
    take_event_out,
    undo_class_decision,
)
from civicloop.apps.issues.class_queries import (
    ClassDetails,
    class_details,
    classes_found,
    classes_shown,
    sized_for_reader,
)
from civicloop.apps.issues.class_tables import class_table, dissection_table
from civicloop.apps.issues.event_wording import RESPONDENT_NAMES, month_name, word_season
from civicloop.apps.issues.models import ClassDecision, Event, EventClass
from civicloop.apps.issues.shown import without_hidden_events
from civicloop.web.downloads import csv_download, xlsx_download
from civicloop.web.requests import HtmxRequest, actor_of, is_number

CLASSES_PER_PAGE = 50
LONGEST_NAME = 100
DOWNLOADS = {"csv": csv_download, "xlsx": xlsx_download}


@require_safe
def class_list(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    search = request.GET.get("q", "").strip()
    pages = Paginator(classes_found(search=search), CLASSES_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    entries = [
        {"found": found, "season": word_season(found.season)}
        for found in sized_for_reader(page.object_list)
    ]
    context = {"search": search, "page": page, "entries": entries}
    return render(request, "issues/class_list.html", context)


@require_safe
def event_class(request: HtmxRequest, class_id: int) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    details = _details(class_id)
    found = details.event_class
    context = {
        "details": details,
        "found": found,
        "respondent": RESPONDENT_NAMES.get(found.respondent, ""),
        "season": word_season(found.season),
        "months": [
            {"name": month_name(month), "began": began, "expected": expected}
            for month, began, expected in details.months
        ],
        "season_chart": _season_chart(details),
        "decision": _decision_shown(request, class_id),
    }
    return render(request, "issues/event_class.html", context)


@require_safe
def export_classes(request: HtmxRequest, format_: str) -> HttpResponseBase:
    require(request.user, Action.EXPORT)
    if format_ not in DOWNLOADS:
        raise Http404
    return DOWNLOADS[format_]("event-classes", class_table())


@require_safe
def export_class(request: HtmxRequest, class_id: int, format_: str) -> HttpResponseBase:
    require(request.user, Action.EXPORT)
    if format_ not in DOWNLOADS:
        raise Http404
    return DOWNLOADS[format_](f"event-class-{class_id}", dissection_table(_details(class_id)))


@require_POST
def rename(request: HtmxRequest, class_id: int) -> HttpResponse:
    require(request.user, Action.EDIT_EVENTS)
    found = get_object_or_404(classes_shown(), pk=class_id)
    name = _one_line(request.POST.get("name", ""))[:LONGEST_NAME]
    actor, now = actor_of(request), timezone.now()
    return _decide(
        request,
        class_id,
        lambda: name_class(event_class=found, name=name, actor=actor, now=now),
    )


def _one_line(text: str) -> str:
    """The text without control and format characters, which would hide or turn round what is read."""
    spaced = " ".join(text.split())
    return "".join(char for char in spaced if not unicodedata.category(char).startswith("C"))


@require_POST
def take_out(request: HtmxRequest, class_id: int) -> HttpResponse:
    require(request.user, Action.EDIT_EVENTS)
    return _decide_on_event(request, class_id, take_event_out)


@require_POST
def add(request: HtmxRequest, class_id: int) -> HttpResponse:
    require(request.user, Action.EDIT_EVENTS)
    return _decide_on_event(request, class_id, add_event_to_class)


@require_POST
def undo(request: HtmxRequest, decision_id: int) -> HttpResponse:
    require(request.user, Action.EDIT_EVENTS)
    shown = without_hidden_events(ClassDecision.objects.all(), "event")
    decision = get_object_or_404(shown.filter(event_class__in=classes_shown()), pk=decision_id)
    try:
        undo_class_decision(decision=decision, actor=actor_of(request), now=timezone.now())
        messages.success(request, _("Undone: the class is as it was before."))
    except DecisionRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("issues:event_class", decision.event_class_id)


def _decide_on_event(
    request: HtmxRequest, class_id: int, decide: Callable[..., ClassDecision]
) -> HttpResponse:
    found = get_object_or_404(classes_shown(), pk=class_id)
    number = request.POST.get("event", "").strip()
    event = (
        without_hidden_events(Event.objects.filter(pk=number)).first()
        if is_number(number)
        else None
    )
    if event is None:
        messages.error(
            request, _("There is no event with the number %(number)s.") % {"number": number}
        )
        return redirect("issues:event_class", class_id)
    actor, now = actor_of(request), timezone.now()
    return _decide(
        request, class_id, lambda: decide(event_class=found, event=event, actor=actor, now=now)
    )


def _decide(
    request: HtmxRequest, class_id: int, decide: Callable[[], ClassDecision]
) -> HttpResponse:
    try:
        decision = decide()
    except DecisionRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("issues:event_class", class_id)
    address = reverse("issues:event_class", args=[class_id])
    return HttpResponseRedirect(f"{address}?decision={decision.pk}")


def _decision_shown(request: HtmxRequest, class_id: int) -> ClassDecision | None:
    number = request.GET.get("decision", "")
    if not is_number(number):
        return None
    decisions = ClassDecision.objects.filter(pk=number, event_class=class_id)
    return without_hidden_events(decisions, "event").select_related("event").first()


def _details(class_id: int) -> ClassDetails:
    try:
        return class_details(class_id)
    except EventClass.DoesNotExist as error:
        raise Http404 from error


def _season_chart(details: ClassDetails) -> dict[str, object]:
    """The months as JSON for the chart's script, with the sentence that says what it shows."""
    began = [count for _month, count, _expected in details.months]
    busiest = began.index(max(began)) + 1
    words = ngettext(
        "%(total)s event; most, %(most)s, began in %(month)s.",
        "%(total)s events; most, %(most)s, began in %(month)s.",
        sum(began),
    )
    summary = words % {"total": sum(began), "most": max(began), "month": month_name(busiest)}
    expected = [round(count, 1) for _month, _began, count in details.months]
    return {
        "days": [month_name(month) for month, _began, _expected in details.months],
        "series": [
            {"name": _("Of the class"), "values": began, "isEarlier": False},
            {
                "name": _("As events in general"),
                "values": expected,
                "isEarlier": True,
            },
        ],
        "summary": summary,
    }
