"""Writing and reviewing articles. Each change leads back to the article, which says what happened."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.knowledge.actions.reviewing import (
    approve_article,
    confirm_article,
    return_article,
    submit_article,
    withdraw_article,
)
from civicloop.apps.knowledge.actions.writing import (
    restore_version,
    rewrite_article,
    write_article,
)
from civicloop.apps.knowledge.contents import CONTENT_FIELDS
from civicloop.apps.knowledge.models import Article, ArticleVersion
from civicloop.apps.knowledge.refusals import ArticleRefusedError
from civicloop.web.knowledge.forms import ArticleForm
from civicloop.web.knowledge.views import details_or_404
from civicloop.web.requests import HtmxRequest, actor_of, words_in


@require_http_methods(["GET", "HEAD", "POST"])
def new_article(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.WRITE_ARTICLES)
    if request.method != "POST":
        form = ArticleForm(initial={"valid_from": timezone.localdate()})
        return _form_page(request, form, None)
    form = ArticleForm(request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _form_page(request, form, None)
    written = write_article(content=form.content, author=actor_of(request), now=timezone.now())
    messages.success(request, _("Saved as a draft. Hand it in when it is ready."))
    return redirect("knowledge:article", written.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_article(request: HtmxRequest, article_id: int) -> HttpResponse:
    require(request.user, Action.WRITE_ARTICLES)
    details = details_or_404(article_id)
    newest = details.newest
    if request.method != "POST":
        names = [*CONTENT_FIELDS]
        initial = {name: getattr(newest, f"{name}_id", getattr(newest, name)) for name in names}
        form = ArticleForm(initial={**initial, "base": newest.number})
        return _form_page(request, form, newest)
    form = ArticleForm(request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _form_page(request, form, newest)
    base = next((v for v in details.versions if v.number == form.cleaned_data["base"]), newest)
    try:
        rewrite_article(
            article=details.article,
            content=form.content,
            base=base,
            author=actor_of(request),
            now=timezone.now(),
        )
    except ArticleRefusedError as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, form, newest)
    messages.success(request, _("Saved as a draft. Hand it in when it is ready."))
    address = reverse("knowledge:article", args=[article_id])
    return redirect(f"{address}?version={newest.number + 1}")


def _form_page(
    request: HtmxRequest, form: ArticleForm, newest: ArticleVersion | None
) -> HttpResponse:
    """The form, and below it how the article would read if it was sent whole."""
    is_shown = form.is_bound and form.is_valid()
    context = {
        "form": form,
        "newest": newest,
        "preview": ArticleVersion(**_plain(form)) if is_shown else None,
    }
    return render(
        request, "knowledge/edit_article.html", context, status=422 if form.errors else 200
    )


def _plain(form: ArticleForm) -> dict[str, object]:
    return {name: form.cleaned_data[name] for name in CONTENT_FIELDS}


def _changed(
    request: HtmxRequest, article_id: int, change: Callable[[Article], object], words: str
) -> HttpResponse:
    """Do it or say why not, and go back to the article."""
    article = get_object_or_404(Article, pk=article_id)
    try:
        change(article)
        messages.success(request, words)
    except ArticleRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("knowledge:article", article_id)


@require_POST
def submit(request: HtmxRequest, article_id: int) -> HttpResponse:
    require(request.user, Action.WRITE_ARTICLES)
    actor, now = actor_of(request), timezone.now()
    return _changed(
        request,
        article_id,
        lambda article: submit_article(article=article, actor=actor, now=now),
        _("Handed in for a review."),
    )


@require_POST
def approve(request: HtmxRequest, article_id: int) -> HttpResponse:
    require(request.user, Action.APPROVE_ARTICLES)
    actor, now = actor_of(request), timezone.now()
    return _changed(
        request,
        article_id,
        lambda article: approve_article(article=article, actor=actor, now=now),
        _("Published."),
    )


@require_POST
def return_(request: HtmxRequest, article_id: int) -> HttpResponse:
    require(request.user, Action.APPROVE_ARTICLES)
    actor, now, note = actor_of(request), timezone.now(), words_in(request, "note")
    return _changed(
        request,
        article_id,
        lambda article: return_article(article=article, note=note, actor=actor, now=now),
        _("Returned to its author."),
    )


@require_POST
def withdraw(request: HtmxRequest, article_id: int) -> HttpResponse:
    require(request.user, Action.APPROVE_ARTICLES)
    actor, now, reason = actor_of(request), timezone.now(), words_in(request, "reason")
    return _changed(
        request,
        article_id,
        lambda article: withdraw_article(article=article, reason=reason, actor=actor, now=now),
        _("Withdrawn: nobody is told of it any more."),
    )


@require_POST
def confirm(request: HtmxRequest, article_id: int) -> HttpResponse:
    require(request.user, Action.APPROVE_ARTICLES)
    actor, now = actor_of(request), timezone.now()
    return _changed(
        request,
        article_id,
        lambda article: confirm_article(article=article, actor=actor, now=now),
        _("Noted: it is still right."),
    )


@require_POST
def restore(request: HtmxRequest, article_id: int, number: int) -> HttpResponse:
    require(request.user, Action.WRITE_ARTICLES)
    details = details_or_404(article_id)
    version = next((each for each in details.versions if each.number == number), None)
    if version is None:
        raise Http404
    actor, now = actor_of(request), timezone.now()
    return _changed(
        request,
        article_id,
        lambda _article: restore_version(version=version, author=actor, now=now),
        _("Version %(number)s is written again and waits for a review.") % {"number": number},
    )
