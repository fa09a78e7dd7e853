"""The knowledge base and its report as tables to be saved."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from civicloop.apps.issues.tables import Table
from civicloop.apps.knowledge.article_rows import COLUMNS
from civicloop.apps.knowledge.models import Article, ArticleState, Audience
from civicloop.apps.knowledge.queries.reading import ArticleFilters, narrowed, with_newest
from civicloop.apps.knowledge.queries.reporting import (
    WINDOW_DAYS,
    most_corrected_articles,
    never_hit_articles,
    stale_articles,
)

BATCH = 500
AUDIENCE_CELLS = {Audience.PUBLIC.value: "公开", Audience.INTERNAL.value: "内部"}


def article_table(filters: ArticleFilters) -> Table:
    """Header, then the newest version of each article, in the columns that an import takes."""
    yield [headers[0] for headers in COLUMNS.values()]
    ids = narrowed(filters).exclude(state=ArticleState.WITHDRAWN).order_by("id")
    numbers = list(ids.values_list("pk", flat=True))
    for start in range(0, len(numbers), BATCH):
        batch = Article.objects.filter(pk__in=numbers[start : start + BATCH]).order_by("id")
        for listed in with_newest(list(batch)):
            version = listed.newest
            yield [
                listed.article.number,
                version.title,
                version.questions,
                version.answer,
                version.steps,
                version.legal_basis,
                version.source_name,
                version.source_url,
                version.unit.code,
                version.topic.path if version.topic else "",
                version.area.code if version.area else "",
                AUDIENCE_CELLS[version.audience],
                version.valid_from.isoformat(),
                version.valid_to.isoformat() if version.valid_to else "",
            ]


def _row(article: Article) -> list[str | int | float]:
    version = article.current
    if version is None:  # pragma: no cover  reports are of published articles
        raise ValueError(article.number)
    return [
        article.number,
        version.title,
        article.unit.name,
        article.topic.path if article.topic else "",
        version.valid_to.isoformat() if version.valid_to else "",
        article.review_due_day.isoformat() if article.review_due_day else "",
    ]


def _report_header() -> list[str | int | float]:
    return [
        _("Number"), _("Title"), _("Owner"), _("Topic"), _("Valid to"),
        _("To be looked at again by"),
    ]  # fmt: skip


def stale_table(day: date) -> Table:
    yield from _plain(stale_articles(day))


def never_hit_table(day: date) -> Table:
    yield from _plain(never_hit_articles(day))


def most_corrected_table(day: date) -> Table:
    yield [*_report_header(), _("Requests for corrections"), _("Of them corrected")]
    first_day = day - timedelta(days=WINDOW_DAYS - 1)
    for each in most_corrected_articles(first_day, day):
        yield [*_row(each.article), each.asked_count, each.corrected_count]


def _plain(articles: Iterable[Article]) -> Table:
    yield _report_header()
    for article in articles:
        yield _row(article)


REPORTS: dict[str, Callable[[date], Table]] = {
    "stale": stale_table,
    "never-hit": never_hit_table,
    "most-corrected": most_corrected_table,
}
