"""Lists of articles, one article with all that happened to it, and what waits for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from civicloop.apps.intake.models import Topic
from civicloop.apps.knowledge.models import (
    Article,
    ArticleState,
    ArticleVersion,
    Audience,
    CorrectionOutcome,
    CorrectionRequest,
)
from civicloop.apps.knowledge.queries.suggesting import suggest_articles

ARTICLES_PER_PAGE = 25
MOST_FOUND = 200  # a search that finds more is no search


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFilters:
    """What narrows the list of articles."""

    search: str = ""
    state: str = ""
    audience: str = ""
    unit_id: int | None = None
    topic_id: int | None = None  # with the topics below it


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArticle:
    """An article with the version that a list shows: the newest."""

    article: Article
    newest: ArticleVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDetails:
    """An article with its versions, newest first, and the requests to correct it."""

    article: Article
    newest: ArticleVersion
    versions: Sequence[ArticleVersion]
    corrections: Sequence[CorrectionRequest]


def articles_page(filters: ArticleFilters, *, day: date, page: int = 1) -> Page[Article]:
    """A page of articles, last written first; a search gives the best matches first."""
    articles = narrowed(filters)
    if not filters.search:
        return Paginator(articles.order_by("-id"), ARTICLES_PER_PAGE).get_page(page)
    by_number = articles.filter(number__iexact=filters.search.strip())
    found = list(by_number) or _found(filters.search, articles, day)
    return Paginator(found, ARTICLES_PER_PAGE).get_page(page)


def _found(search: str, articles: QuerySet[Article], day: date) -> list[Article]:
    """Articles in force by their words, then those that only hold the search as it stands."""
    ranked = [each.article.pk for each in suggest_articles(search, day=day, size=MOST_FOUND)]
    newest_title = Q(versions__title__icontains=search) | Q(versions__questions__icontains=search)
    literal = articles.filter(newest_title).distinct().values_list("pk", flat=True)[:MOST_FOUND]
    order = list(dict.fromkeys([*ranked, *literal]))
    by_id = articles.in_bulk(order)
    return [by_id[number] for number in order if number in by_id]


def narrowed(filters: ArticleFilters) -> QuerySet[Article]:
    """The articles that the filters leave, in no order."""
    articles = Article.objects.select_related("unit", "topic", "area", "current")
    for name in ("state", "audience", "unit_id"):
        if getattr(filters, name):
            articles = articles.filter(**{name: getattr(filters, name)})
    if filters.topic_id:
        path = Topic.objects.filter(pk=filters.topic_id).values_list("path", flat=True).first()
        under = Q(topic__path=path) | Q(topic__path__startswith=f"{path}/")
        articles = articles.filter(under)
    return articles


def with_newest(articles: Sequence[Article]) -> list[ListedArticle]:
    """Each article with its newest version."""
    newest = ArticleVersion.objects.filter(article=OuterRef("article")).order_by("-number")
    versions = ArticleVersion.objects.filter(
        article__in=[article.pk for article in articles], pk=Subquery(newest.values("pk")[:1])
    ).select_related("author", "unit", "topic", "area")
    by_article = {version.article_id: version for version in versions}
    return [ListedArticle(article=each, newest=by_article[each.pk]) for each in articles]


def article_details(article_id: int) -> ArticleDetails:
    """One article; raises Article.DoesNotExist."""
    article = Article.objects.select_related(
        "unit", "topic", "area", "current", "current__author", "current__reviewed_by"
    ).get(pk=article_id)
    versions = article.versions.select_related(
        "author", "reviewed_by", "unit", "topic", "area", "restored_from"
    ).order_by("-number")
    asked = article.corrections.select_related("version", "requested_by", "settled_by")
    return ArticleDetails(
        article=article,
        newest=versions[0],
        versions=list(versions),
        corrections=list(asked.order_by("-id")),
    )


def waiting_for_review() -> list[ListedArticle]:
    """Articles whose newest version waits for a review, longest waiting first."""
    waiting = Article.objects.filter(state=ArticleState.IN_REVIEW).select_related(
        "unit", "topic", "area", "current"
    )
    return sorted(with_newest(list(waiting)), key=lambda each: each.newest.written_at)


def open_corrections() -> list[CorrectionRequest]:
    """Requests that wait for an answer, first due first."""
    waiting = CorrectionRequest.objects.filter(outcome=CorrectionOutcome.OPEN)
    related = waiting.select_related("article__unit", "version", "requested_by")
    return list(related.order_by("due_day", "id"))


def public_article(article_id: int, *, day: date) -> Article:
    """An article that everybody may read today; raises Article.DoesNotExist."""
    readable = Article.objects.in_force(day).readable_by(Audience.PUBLIC)
    return readable.select_related("current", "unit", "topic", "area").get(pk=article_id)


def public_articles_of(topic: Topic, *, day: date) -> list[Article]:
    """What everybody may read about a topic and those below it today, by title."""
    under = Q(topic__path=topic.path) | Q(topic__path__startswith=f"{topic.path}/")
    readable = Article.objects.in_force(day).readable_by(Audience.PUBLIC).filter(under)
    return list(readable.select_related("current", "unit").order_by("current__title"))


def public_topics(day: date) -> list[tuple[Topic, int]]:
    """The topics of the first level with the number of articles everybody may read today."""
    readable = Article.objects.in_force(day).readable_by(Audience.PUBLIC).exclude(topic=None)
    counts: dict[str, int] = {}
    for path, count in readable.values_list("topic__path").annotate(count=Count("pk")):
        top = path.split("/")[0]
        counts[top] = counts.get(top, 0) + count
    tops = Topic.objects.filter(level=1, path__in=counts).order_by("path", "-tree__valid_from")
    newest = {topic.path: topic for topic in reversed(tops)}
    return [(newest[path], counts[path]) for path in counts if path in newest]
