"""Drafts kept while they are written, and who else has an order open."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from civicloop.apps.accounts.policy import require
from civicloop.apps.dispatch.actions.drafts import note_presence, save_draft
from civicloop.web.dispatch.order_views import order_or_404, written_answers
from civicloop.web.dispatch.steps import STEPS
from civicloop.web.requests import HtmxRequest, actor_of


@require_POST
def draft(request: HtmxRequest, order_id: int, name: str) -> HttpResponse:
    """Keep what is written so far: by itself while somebody types, or by the button."""
    if name not in STEPS or not STEPS[name].drafts:
        raise Http404
    require(request.user, STEPS[name].action)
    order = order_or_404(request, order_id)
    answers = written_answers(STEPS[name].form(), request.POST)
    kept = save_draft(
        order=order, step=name, answers=answers, actor=actor_of(request), now=timezone.now()
    )
    if request.htmx:
        return render(request, "dispatch/_draft_state.html", {"draft": kept})
    messages.success(request, _("The draft is kept; nobody but you can read it."))
    return redirect("dispatch:order", order_id)


@require_POST
def presence(request: HtmxRequest, order_id: int) -> HttpResponse:
    """Say who else has the order open; asked by the page every twenty seconds."""
    order = order_or_404(request, order_id)
    others = note_presence(order=order, actor=actor_of(request), now=timezone.now())
    return render(request, "dispatch/_others.html", {"others": others})
