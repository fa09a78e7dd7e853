"""The knowledge base as staff see it: the list, one article, what waits for review, the report."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.audit.queries import history_of
from civicloop.apps.intake.queries import topic_choices
from civicloop.apps.knowledge.differences import differences
from civicloop.apps.knowledge.models import Article, ArticleState, ArticleVersion, Audience
from civicloop.apps.knowledge.queries.reading import (
    ArticleDetails,
    article_details,
    articles_page,
    open_corrections,
    waiting_for_review,
    with_newest,
)
from civicloop.apps.knowledge.queries.reporting import (
    ARTICLES,
    CORRECTIONS,
    COUNTED,
    WINDOW_DAYS,
    articles_behind,
    corrections_behind,
    knowledge_figures,
    most_corrected_articles,
    never_hit_articles,
    stale_articles,
    uses_of,
)
from civicloop.apps.knowledge.tables import REPORTS, article_table
from civicloop.apps.places.models import Unit
from civicloop.web.downloads import csv_download, xlsx_download
from civicloop.web.history import history_words
from civicloop.web.knowledge.forms import ArticleFilterForm, CorrectionAnswerForm
from civicloop.web.requests import HtmxRequest, is_number

DOWNLOADS = {"csv": csv_download, "xlsx": xlsx_download}
REPORT_ROWS = 50
ROW_WORDS: Mapping[tuple[str, str], Promise] = {
    ("hit", "part"): _("Published articles that were used"),
    ("hit", "whole"): _("Published articles"),
    ("used", "part"): _("Answers on the spot with an article"),
    ("used", "whole"): _("Articles suggested to an operator"),
    ("helped", "part"): _("Readings in self-service that helped"),
    ("helped", "whole"): _("Readings in self-service"),
    ("stale", "part"): _("Published articles that are stale"),
    ("stale", "whole"): _("Published articles"),
    ("corrections", "asked"): _("Requests for corrections"),
    ("corrections", "overdue"): _("Requests for corrections that are overdue"),
}


@require_safe
@vary_on_headers("HX-Request")
def article_list(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_ARTICLES)
    form = ArticleFilterForm(request.GET)
    filters = form.filters
    day = timezone.localdate()
    page = articles_page(filters, day=day, page=form.cleaned_data.get("page") or 1)
    context = {
        "filters": filters,
        "page": page,
        "entries": with_newest(list(page)),
        "today": day,
        "states": ArticleState.choices,
        "audiences": Audience.choices,
        "units": Unit.objects.order_by("code"),
        "topics": topic_choices(),
    }
    template = "_article_table.html" if request.htmx else "article_list.html"
    return render(request, f"knowledge/{template}", context)


@require_safe
def export(request: HtmxRequest, format_: str) -> HttpResponseBase:
    require(request.user, Action.VIEW_ARTICLES)
    require(request.user, Action.EXPORT)
    if format_ not in DOWNLOADS:
        raise Http404
    table = article_table(ArticleFilterForm(request.GET).filters)
    return DOWNLOADS[format_](f"articles-{timezone.localdate()}", table)


def details_or_404(article_id: int) -> ArticleDetails:
    """An article with its versions; page not found if there is none."""
    try:
        return article_details(article_id)
    except Article.DoesNotExist as error:
        raise Http404 from error


@require_safe
def article(request: HtmxRequest, article_id: int) -> HttpResponse:
    """One article: the version that the address names, or the one that readers see."""
    require(request.user, Action.VIEW_ARTICLES)
    details = details_or_404(article_id)
    shown = _version(details, request.GET.get("version", ""))
    before = _version_before(details, shown, request.GET.get("beside", ""))
    history = history_of("article", article_id) if may(request.user, Action.VIEW_HISTORY) else None
    context = {
        "details": details,
        "article": details.article,
        "newest": details.newest,
        "version": shown,
        "before": before,
        "differences": differences(before, shown) if before else [],
        "today": timezone.localdate(),
        "history": history_words(history) if history is not None else None,
        "is_own": details.newest.author_id == request.user.pk,
    }
    return render(request, "knowledge/article.html", context)


def _version(details: ArticleDetails, number: str) -> ArticleVersion:
    if not number:
        if details.article.state == ArticleState.IN_REVIEW:
            return details.newest  # whoever comes to review looks at what waits
        return details.article.current or details.newest
    return _numbered(details, number)


def _version_before(
    details: ArticleDetails, shown: ArticleVersion, number: str
) -> ArticleVersion | None:
    """The version it is compared with: the one named, or the one written before it."""
    if number:
        return _numbered(details, number)
    older = [version for version in details.versions if version.number < shown.number]
    return older[0] if older else None


def _numbered(details: ArticleDetails, number: str) -> ArticleVersion:
    for version in details.versions:
        if is_number(number) and version.number == int(number):
            return version
    raise Http404


@require_safe
def review_queue(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_ARTICLES)
    context = {
        "waiting": waiting_for_review(),
        "corrections": open_corrections(),
        "today": timezone.localdate(),
        "answer_form": CorrectionAnswerForm(),
    }
    return render(request, "knowledge/review_queue.html", context)


@require_safe
def report(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_ARTICLES)
    day = timezone.localdate()
    corrected = most_corrected_articles(_first_day(day), day)
    stale, never_hit = stale_articles(day), never_hit_articles(day)
    context = {
        "figures": knowledge_figures(day),
        "window_days": WINDOW_DAYS,
        "stale": stale[:REPORT_ROWS],
        "stale_count": stale.count(),
        "never_hit": never_hit[:REPORT_ROWS],
        "never_hit_count": never_hit.count(),
        "corrected": corrected[:REPORT_ROWS],
        "corrected_count": len(corrected),
        "today": day,
    }
    return render(request, "knowledge/report.html", context)


@require_safe
def report_rows(request: HtmxRequest, figure: str, part: str) -> HttpResponse:
    """What a number of the report is made of."""
    require(request.user, Action.VIEW_ARTICLES)
    day = timezone.localdate()
    context: dict[str, object] = {
        "words": ROW_WORDS.get((figure, part)),
        "first_day": _first_day(day),
        "today": day,
        "is_counted": (figure, part) in COUNTED,
        "entries": [],
        "asked": [],
    }
    if (figure, part) in ARTICLES:
        page = _page(request, articles_behind(figure, part, day))
        uses = {article.pk: uses_of(article) for article in page}
        entries = [(each, uses[each.article.pk]) for each in with_newest(list(page))]
        context["entries"] = entries
    elif (figure, part) in CORRECTIONS:
        page = _page(request, corrections_behind(part, day))
        context["asked"] = list(page)
    else:
        raise Http404
    return render(request, "knowledge/report_rows.html", context | {"page": page})


def _page(request: HtmxRequest, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, REPORT_ROWS).get_page(request.GET.get("page", "1"))


def _first_day(day: date) -> date:
    return day - timedelta(days=WINDOW_DAYS - 1)


@require_safe
def export_report(request: HtmxRequest, table: str, format_: str) -> HttpResponseBase:
    require(request.user, Action.VIEW_ARTICLES)
    require(request.user, Action.EXPORT)
    if format_ not in DOWNLOADS or table not in REPORTS:
        raise Http404
    day = timezone.localdate()
    return DOWNLOADS[format_](f"knowledge-{table}-{day}", REPORTS[table](day))
