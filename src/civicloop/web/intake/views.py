from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.audit.queries import history_of
from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.queries import appeal_details, appeals_page
from civicloop.apps.issues.models import TopicSuggestion
from civicloop.apps.issues.queries import (
    event_of,
    last_meaning_comparison,
    reading_of,
    similar_to,
)
from civicloop.web.history import HistoryEntry, history_words
from civicloop.web.intake.filter_form import (
    AppealFilterForm,
    chosen_filters,
    read_choices,
    tidy,
)
from civicloop.web.intake.reading_words import reading_words
from civicloop.web.issues.forms import TopicForm
from civicloop.web.issues.reply_words import reply_words
from civicloop.web.issues.words import similar_words
from civicloop.web.requests import HtmxRequest

APPEALS_PER_PAGE = 50


@require_safe
@vary_on_headers("HX-Request")
def appeal_list(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    query = tidy(request.GET)
    form = AppealFilterForm(query)
    filters = form.filters
    page = appeals_page(
        filters,
        after=query.get("after", ""),
        before=query.get("before", ""),
        size=APPEALS_PER_PAGE,
    )
    choices = read_choices()
    context = {
        "page": page,
        "filters": filters,
        "query": query,
        "form": form,
        "choices": choices,
        "chosen": chosen_filters(query, filters, choices),
    }
    if request.htmx:
        response = render(request, "intake/_appeal_table.html", context)
        return push_url(response, f"{request.path}?{query.urlencode()}")
    return render(request, "intake/appeal_list.html", context)


@require_safe
def appeal(request: HtmxRequest, appeal_id: int) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    try:
        appeal = appeal_details(appeal_id)
    except Appeal.DoesNotExist as error:
        raise Http404 from error
    suggestion = TopicSuggestion.objects.filter(appeal=appeal).first()
    context = {
        "appeal": appeal,
        "suggestion": suggestion,
        "words": [word for word, weight in suggestion.words if weight > 0] if suggestion else [],
        "similar": similar_words(similar_to(appeal)),
        "meaning_comparison": last_meaning_comparison() if settings.MODEL_ENDPOINT else None,
        "event": event_of(appeal),
        "topic_form": TopicForm() if may(request.user, Action.SETTLE_TOPIC) else None,
        "history": _history(request, appeal),
        "has_contact": hasattr(appeal, "contact"),
        "has_words": hasattr(appeal, "sealed_words") or appeal.sealed_notes.exists(),
        "row": getattr(appeal, "original_row", None),
        "reading": reading_words(appeal, reading_of(appeal)),
        "reply": reply_words(appeal, today=timezone.localdate()),
    }
    return render(request, "intake/appeal.html", context)


def _history(request: HtmxRequest, appeal: Appeal) -> list[HistoryEntry] | None:
    if not may(request.user, Action.VIEW_HISTORY):
        return None
    return history_words(history_of("appeal", appeal.pk))
