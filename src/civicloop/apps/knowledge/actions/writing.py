"""Write articles: every saving is a version of its own, and none is ever changed."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.knowledge.contents import CONTENT_FIELDS, ArticleContent
from civicloop.apps.knowledge.models import Article, ArticleState, ArticleVersion
from civicloop.apps.knowledge.refusals import ArticleRefusedError


@transaction.atomic
def write_article(
    *, content: ArticleContent, author: User, now: datetime, number: str = ""
) -> Article:
    """Begin an article as a draft; without a number of the city's own it gets the next of ours."""
    article = Article.objects.create(
        number=number or uuid4().hex[:30],  # ours is made of the row's, known only afterwards
        unit=content.unit,
        topic=content.topic,
        area=content.area,
        audience=content.audience,
        created_at=now,
    )
    if not number:
        article.number = number_of(article.pk)
        article.save(update_fields=["number"])
    version = add_version(article=article, content=content, author=author, now=now)
    record_article_event("article_written", version, actor=author, now=now)
    return article


@transaction.atomic
def rewrite_article(
    *,
    article: Article,
    content: ArticleContent,
    base: ArticleVersion,
    author: User,
    now: datetime,
) -> ArticleVersion:
    """Add a version as a draft; readers go on seeing the one before until it is approved.

    Raises:
        ArticleRefusedError: somebody wrote another version meanwhile, or nothing is different.
    """
    locked = locked_article(article)
    newest = newest_version(locked)
    if newest.pk != base.pk:
        raise ArticleRefusedError(
            _("Version %(number)s by %(author)s was written meanwhile. Look at it before you save.")
            % {"number": newest.number, "author": newest.author}
        )
    if not content.differs_from(newest):
        raise ArticleRefusedError(_("Nothing is different from the version before."))
    version = add_version(article=locked, content=content, author=author, now=now)
    record_article_event("article_rewritten", version, actor=author, now=now)
    return version


@transaction.atomic
def restore_version(*, version: ArticleVersion, author: User, now: datetime) -> ArticleVersion:
    """Write an older version again, as the newest one; it waits for a review like any other.

    Raises:
        ArticleRefusedError: it is the newest version already.
    """
    article = locked_article(version.article)
    if newest_version(article).pk == version.pk and article.state != ArticleState.WITHDRAWN:
        raise ArticleRefusedError(_("This is the newest version already."))
    content = ArticleContent.of(version)
    restored = add_version(
        article=article, content=content, author=author, now=now, restored_from=version
    )
    article.state = ArticleState.IN_REVIEW
    article.save(update_fields=["state"])
    record_article_event(
        "article_restored", restored, actor=author, now=now, restored=version.number
    )
    return restored


def number_of(article_id: int) -> str:
    """The number under which an article of ours is known: K00012."""
    return f"K{article_id:05d}"


def locked_article(article: Article) -> Article:
    """The article as it stands now, with nobody else at it until the transaction ends."""
    return Article.objects.select_for_update(of=("self",)).get(pk=article.pk)


def newest_version(article: Article) -> ArticleVersion:
    return article.versions.select_related("author").order_by("-number")[0]


def add_version(
    *,
    article: Article,
    content: ArticleContent,
    author: User,
    now: datetime,
    restored_from: ArticleVersion | None = None,
) -> ArticleVersion:
    """Add a version to an article that is locked or new, and make the article a draft."""
    last = article.versions.aggregate(last=Max("number"))["last"] or 0
    version = ArticleVersion.objects.create(
        article=article,
        number=last + 1,
        author=author,
        written_at=now,
        restored_from=restored_from,
        **{name: getattr(content, name) for name in CONTENT_FIELDS},
    )
    article.state = ArticleState.DRAFT
    if article.current_id is None:
        take_over(article, version)
    article.save()
    return version


def take_over(article: Article, version: ArticleVersion) -> None:
    """Let the article have the version's owner, topic, area and audience; not saved."""
    article.unit, article.topic = version.unit, version.topic
    article.area, article.audience = version.area, version.audience


def record_article_event(
    action: str, version: ArticleVersion, *, actor: User, now: datetime, **more: str | int
) -> None:
    """Write the audit event of a change to an article."""
    record_event(
        action=action,
        object_type="article",
        object_id=version.article_id,
        actor=actor,
        now=now,
        details={"version": version.number, **more},
    )
