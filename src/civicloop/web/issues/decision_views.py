"""What people decide: merge, split, confirm, undo, settle a topic. Each leads back to a page that says so."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.issues.actions.decide import (
    DecisionRefusedError,
    confirm_event,
    merge_events,
    split_event,
    undo_decision,
)
from civicloop.apps.issues.actions.topics import settle_topic
from civicloop.apps.issues.models import DecisionKind, Event, EventDecision
from civicloop.apps.issues.queries import events_page
from civicloop.apps.issues.shown import without_hidden_events
from civicloop.web.issues.forms import TopicForm
from civicloop.web.requests import HtmxRequest, actor_of, is_number

CANDIDATES_SHOWN = 10


def decision_shown(request: HtmxRequest) -> EventDecision | None:
    """The decision that the address asks to show with its undo button."""
    number = request.GET.get("decision", "")
    if not is_number(number):
        return None
    decisions = without_hidden_events(EventDecision.objects.filter(pk=number), "event")
    return decisions.select_related("actor", "event").first()


def _page_after(decision: EventDecision, event_id: int | None) -> HttpResponseRedirect:
    """The event, if it is still there, or the list of events; both show the decision."""
    if event_id and without_hidden_events(Event.objects.filter(pk=event_id)).exists():
        address = reverse("issues:event", args=[event_id])
    else:
        address = reverse("issues:event_list")
    return HttpResponseRedirect(f"{address}?decision={decision.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HtmxRequest, event_id: int) -> HttpResponse:
    require(request.user, Action.EDIT_EVENTS)
    event = get_object_or_404(
        without_hidden_events(Event.objects.select_related("area", "topic")), pk=event_id
    )
    other = _other_event(request)
    if request.method == "POST" and other:
        return _merge(request, event, other)
    search = request.GET.get("q", "").strip()
    found = events_page(search=search).events if search else []
    context = {
        "event": event,
        "other": other,
        "search": search,
        "candidates": [known for known in found if known.pk != event.pk][:CANDIDATES_SHOWN],
    }
    return render(request, "issues/merge.html", context)


def _other_event(request: HtmxRequest) -> Event | None:
    asked = request.POST if request.method == "POST" else request.GET
    number = asked.get("with", "")
    if not number:
        return None
    other = (
        without_hidden_events(Event.objects.filter(pk=number)).first()
        if is_number(number)
        else None
    )
    if other is None:
        messages.error(
            request, _("There is no event with the number %(number)s.") % {"number": number}
        )
    return other


def _merge(request: HtmxRequest, event: Event, other: Event) -> HttpResponse:
    try:
        decision = merge_events(events=[event, other], actor=actor_of(request), now=timezone.now())
    except DecisionRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("issues:merge", event.pk)
    return _page_after(decision, decision.event_id)


@require_POST
def split(request: HtmxRequest, event_id: int) -> HttpResponse:
    require(request.user, Action.EDIT_EVENTS)
    event = get_object_or_404(without_hidden_events(Event.objects.all()), pk=event_id)
    numbers = [number for number in request.POST.getlist("appeal") if is_number(number)]
    appeals = list(without_hidden(Appeal.objects.filter(pk__in=numbers)))
    try:
        decision = split_event(
            event=event, appeals=appeals, actor=actor_of(request), now=timezone.now()
        )
    except DecisionRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("issues:event", event_id)
    return _page_after(decision, event_id)


@require_POST
def confirm(request: HtmxRequest, event_id: int) -> HttpResponse:
    require(request.user, Action.EDIT_EVENTS)
    event = get_object_or_404(without_hidden_events(Event.objects.all()), pk=event_id)
    try:
        decision = confirm_event(event=event, actor=actor_of(request), now=timezone.now())
    except DecisionRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("issues:event", event_id)
    return _page_after(decision, event_id)


@require_POST
def undo(request: HtmxRequest, decision_id: int) -> HttpResponse:
    require(request.user, Action.EDIT_EVENTS)
    decisions = without_hidden_events(EventDecision.objects.all(), "event")
    decision = get_object_or_404(decisions, pk=decision_id)
    try:
        undo_decision(decision=decision, actor=actor_of(request), now=timezone.now())
        messages.success(request, _undone_words(decision))
    except DecisionRefusedError as refusal:
        messages.error(request, str(refusal))
    event_ids = sorted({event for event in decision.before.values() if event})
    return _page_after(decision, next(iter(event_ids), None))


def _undone_words(decision: EventDecision) -> str:
    if decision.kind == DecisionKind.CONFIRM:
        return _("Undone: the confirmation no longer holds.")
    return _("Undone: every appeal is back where it was.")


@require_POST
def settle(request: HtmxRequest, appeal_id: int) -> HttpResponse:
    require(request.user, Action.SETTLE_TOPIC)
    appeals = without_hidden(Appeal.objects.select_related("topic"))
    appeal = get_object_or_404(appeals, pk=appeal_id)
    form = TopicForm(request.POST)
    if form.is_valid():
        topic = form.cleaned_data["topic"]
        settle_topic(appeal=appeal, topic=topic, actor=actor_of(request), now=timezone.now())
        messages.success(request, _("The topic is settled: %(topic)s") % {"topic": topic.path})
    else:
        messages.error(request, _("Choose a topic from the list."))
    return redirect("intake:appeal", appeal_id)
