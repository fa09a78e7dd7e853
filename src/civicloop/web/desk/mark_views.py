"""Marks on callers who misuse the hotline: an operator proposes one, a second person decides."""

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.intake.actions.nuisance import (
    NuisanceRefusedError,
    decide_mark,
    lift_mark,
    propose_mark,
)
from civicloop.apps.intake.models import Appeal, NuisanceMark, NuisanceState
from civicloop.apps.intake.queries.nuisance import marks_in_force, own_proposals, waiting_marks
from civicloop.apps.intake.shown import without_hidden
from civicloop.web.desk.forms import MarkDecisionForm, MarkForm
from civicloop.web.requests import HtmxRequest, actor_of


class OwnMark(NamedTuple):
    """A mark that the reader proposed, and where it stands."""

    mark: NuisanceMark
    state: NuisanceState


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def propose(request: HtmxRequest, appeal_id: int) -> HttpResponse:
    """Say what happened with the caller of an appeal."""
    require(request.user, Action.REGISTER_APPEAL)
    appeal = get_object_or_404(without_hidden(Appeal.objects.all()), pk=appeal_id)
    form = MarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            propose_mark(
                appeal=appeal, actor=actor_of(request), now=timezone.now(), **form.cleaned_data
            )
        except NuisanceRefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed; a second person decides."))
            return redirect("desk:marks")
    context = {"form": form, "appeal": appeal}
    return render(request, "desk/mark.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
def marks(request: HtmxRequest) -> HttpResponse:
    """What waits and what holds, for those who decide; the own proposals for whoever proposes."""
    is_deciding = may(request.user, Action.DECIDE_NUISANCE)
    if not is_deciding:
        require(request.user, Action.REGISTER_APPEAL)
    user, now = actor_of(request), timezone.now()
    context = {
        "is_deciding": is_deciding,
        "waiting": waiting_marks() if is_deciding else [],
        "in_force": marks_in_force(now=now) if is_deciding else [],
        "own": [OwnMark(mark, mark.state_at(now)) for mark in own_proposals(user)],
        "form": MarkDecisionForm(),
    }
    return render(request, "desk/marks.html", context)


@require_POST
def decide(request: HtmxRequest, mark_id: int) -> HttpResponse:
    """Let a mark hold for some days, or refuse it."""
    require(request.user, Action.DECIDE_NUISANCE)
    mark = get_object_or_404(NuisanceMark, pk=mark_id)
    form = MarkDecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why you decide so, and for how many days it holds."))
        return redirect("desk:marks")
    is_refused = request.POST.get("decision") == "refuse"
    days, note = form.cleaned_data["days"], form.cleaned_data["note"]
    try:
        decide_mark(
            mark_id=mark.pk,
            days=0 if is_refused else days,
            note=note,
            actor=actor_of(request),
            now=timezone.now(),
        )
    except NuisanceRefusedError as error:
        messages.error(request, str(error))
    else:
        done = _("Refused.") if is_refused else _("The mark holds; the operators see it.")
        messages.success(request, done)
    return redirect("desk:marks")


@require_POST
def lift(request: HtmxRequest, mark_id: int) -> HttpResponse:
    """Take a mark away before it expires."""
    require(request.user, Action.DECIDE_NUISANCE)
    mark = get_object_or_404(NuisanceMark, pk=mark_id)
    try:
        lift_mark(mark_id=mark.pk, actor=actor_of(request), now=timezone.now())
    except NuisanceRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The mark is lifted."))
    return redirect("desk:marks")
