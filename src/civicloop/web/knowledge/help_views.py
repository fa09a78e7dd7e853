"""The knowledge base open to everybody: ask in one's own words, or look by topic; no log-in."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from civicloop.apps.knowledge.actions.hits import count_hits
from civicloop.apps.knowledge.models import Article, Audience, HitKind
from civicloop.apps.knowledge.queries.reading import (
    public_article,
    public_articles_of,
    public_topics,
)
from civicloop.apps.knowledge.queries.suggesting import suggest_articles
from civicloop.web.knowledge.forms import AskForm
from civicloop.web.requests import HtmxRequest

ANSWERS_SHOWN = 8


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def help_page(request: HtmxRequest) -> HttpResponse:
    """What a citizen asked is in the address, as in any search, and is kept nowhere."""
    day = timezone.localdate()
    form = AskForm(request.GET)
    form.is_valid()
    question, topic = form.cleaned_data.get("q", ""), form.cleaned_data.get("topic")
    context: dict[str, object] = {"question": question, "topic": topic}
    if question:
        context["answers"] = suggest_articles(
            question, topic=topic, day=day, audience=Audience.PUBLIC, size=ANSWERS_SHOWN
        )
    elif topic:
        context["articles"] = public_articles_of(topic, day=day)
    if request.htmx:
        return render(request, "knowledge/_answers.html", context)
    return render(request, "knowledge/help.html", {**context, "topics": public_topics(day)})


def _public_or_404(article_id: int, day: date) -> Article:
    try:
        return public_article(article_id, day=day)
    except Article.DoesNotExist as error:
        raise Http404 from error


@login_not_required
@require_safe
def help_article(request: HtmxRequest, article_id: int) -> HttpResponse:
    try:
        article = public_article(article_id, day=timezone.localdate())
    except Article.DoesNotExist:
        return render(request, "citizen/gone.html", status=404)
    context = {"article": article, "version": article.current}
    return render(request, "knowledge/help_article.html", context)


@login_not_required
@require_POST
def count_read(_request: HtmxRequest, article_id: int) -> HttpResponse:
    """Count that somebody opened an article; sent by the page, for a GET writes nothing."""
    day = timezone.localdate()
    count_hits(articles=[_public_or_404(article_id, day)], kind=HitKind.READ, day=day)
    return HttpResponse(status=204)


@login_not_required
@require_POST
def helped(request: HtmxRequest, article_id: int) -> HttpResponse:
    day = timezone.localdate()
    count_hits(articles=[_public_or_404(article_id, day)], kind=HitKind.HELPED, day=day)
    messages.success(request, _("Thank you. That helps us keep what is useful."))
    return redirect("knowledge:help_article", article_id)
