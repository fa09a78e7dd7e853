"""Telling the owner of an article that it is wrong, and what came of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.knowledge.actions.corrections import request_correction, settle_correction
from civicloop.apps.knowledge.models import Article, CorrectionOutcome, CorrectionRequest
from civicloop.apps.knowledge.refusals import ArticleRefusedError
from civicloop.web.knowledge.forms import CorrectionAnswerForm
from civicloop.web.requests import HtmxRequest, actor_of, words_in
from civicloop.web.templatetags.wording import day


@require_POST
def ask_correction(request: HtmxRequest, article_id: int) -> HttpResponse:
    require(request.user, Action.WRITE_ARTICLES)
    article = get_object_or_404(Article.objects.select_related("current"), pk=article_id)
    text = words_in(request, "text")
    try:
        asked = request_correction(
            article=article, text=text, actor=actor_of(request), now=timezone.now()
        )
        words = _("The owner has been asked; the answer is due on %(day)s.")
        messages.success(request, words % {"day": day(asked.due_day)})
    except ArticleRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("knowledge:article", article_id)


@require_POST
def settle(request: HtmxRequest, request_id: int) -> HttpResponse:
    require(request.user, Action.APPROVE_ARTICLES)
    asked = get_object_or_404(CorrectionRequest, pk=request_id)
    form = CorrectionAnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what came of it and answer in a sentence."))
        return redirect("knowledge:article", asked.article_id)
    try:
        settle_correction(
            request=asked,
            outcome=CorrectionOutcome(form.cleaned_data["outcome"]),
            answer=form.cleaned_data["answer"],
            actor=actor_of(request),
            now=timezone.now(),
        )
        messages.success(request, _("The request is settled."))
    except ArticleRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("knowledge:article", asked.article_id)
