"""Articles for the operator's screen, while a call is being written down."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.knowledge.actions.hits import count_hits
from civicloop.apps.knowledge.models import Article, HitKind
from civicloop.apps.knowledge.queries.suggesting import suggest_articles
from civicloop.web.knowledge.forms import AskForm
from civicloop.web.requests import HtmxRequest, is_number

SUGGESTED_MOST = 20


@require_safe
@vary_on_headers("HX-Request")
def suggest(request: HtmxRequest) -> HttpResponse:
    """The fragment for a screen on which somebody types.

    Address: ``knowledge:suggest`` with ``q`` (the text so far), and if they are known ``topic``
    and ``area`` (numbers of the records). Put into the page, inside the form with these fields:

        <div hx-get="{% url "knowledge:suggest" %}" hx-include="closest form"
             hx-trigger="load, keyup changed delay:300ms from:closest form" …>

    It replaces only what is inside that element and sets no focus; a polite status line says how
    many there are, so that nobody is interrupted while typing. Without JavaScript the same
    address is a page of its own. The article chosen for an answer on the spot is the
    value of the radio button ``article``, "" for none; the action that stores the answer counts
    it by ``count_hits(kind=HitKind.ANSWERED)``. That articles were shown is counted by a POST
    that the fragment sends after it is in place, for a GET writes nothing.
    """
    require(request.user, Action.VIEW_ARTICLES)
    form = AskForm(request.GET)
    form.is_valid()
    known = form.cleaned_data
    suggested = suggest_articles(
        known.get("q", ""),
        topic=known.get("topic"),
        area=known.get("area"),
        day=timezone.localdate(),
    )
    context = {"suggested": suggested, "question": known.get("q", "")}
    template = "_suggest.html" if request.htmx else "suggest.html"
    return render(request, f"knowledge/{template}", context)


@require_POST
def count_shown(request: HtmxRequest) -> HttpResponse:
    """Count that articles were suggested to an operator."""
    require(request.user, Action.VIEW_ARTICLES)
    numbers = [each for each in request.POST.get("shown", "").split() if is_number(each)]
    shown = Article.objects.filter(pk__in=numbers[:SUGGESTED_MOST], current__isnull=False)
    count_hits(articles=shown, kind=HitKind.SHOWN, day=timezone.localdate())
    return HttpResponse(status=204)
