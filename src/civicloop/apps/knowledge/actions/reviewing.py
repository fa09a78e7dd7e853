"""Publish with four eyes: what one wrote another approves, returns, withdraws or finds still right."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.knowledge.actions.writing import (
    locked_article,
    newest_version,
    record_article_event,
    take_over,
)
from civicloop.apps.knowledge.models import Article, ArticleState, ArticleVersion, IndexMark
from civicloop.apps.knowledge.refusals import ArticleRefusedError

REVIEW_EVERY_DAYS = 365  # an article nobody has looked at for so long is reported as stale


@transaction.atomic
def submit_article(*, article: Article, actor: User, now: datetime) -> ArticleVersion:
    """Ask for a review of the newest version.

    Raises:
        ArticleRefusedError: it is no draft.
    """
    locked = locked_article(article)
    if locked.state != ArticleState.DRAFT:
        raise ArticleRefusedError(_("Only a draft can be handed in."))
    version = newest_version(locked)
    if version.is_approved is not None:
        raise ArticleRefusedError(_("This version was returned. Write another first."))
    locked.state = ArticleState.IN_REVIEW
    locked.save(update_fields=["state"])
    record_article_event("article_submitted", version, actor=actor, now=now)
    return version


@transaction.atomic
def approve_article(*, article: Article, actor: User, now: datetime) -> ArticleVersion:
    """Publish the version that waits for a review.

    Raises:
        ArticleRefusedError: none waits, or the reviewer wrote it.
    """
    locked = locked_article(article)
    version = _reviewed(locked, actor=actor, now=now, is_approved=True)
    locked.current = version
    locked.state = ArticleState.PUBLISHED
    locked.review_due_day = timezone.localdate(now) + timedelta(days=REVIEW_EVERY_DAYS)
    take_over(locked, version)
    locked.save()
    _mark_change()
    record_article_event("article_approved", version, actor=actor, now=now)
    return version


@transaction.atomic
def return_article(*, article: Article, note: str, actor: User, now: datetime) -> ArticleVersion:
    """Give the version that waits for a review back to its author, with the reason.

    Raises:
        ArticleRefusedError: none waits, the reviewer wrote it, or there is no reason.
    """
    if not note.strip():
        raise ArticleRefusedError(_("Say why it goes back."))
    locked = locked_article(article)
    version = _reviewed(locked, actor=actor, now=now, is_approved=False, note=note.strip())
    locked.state = ArticleState.DRAFT
    locked.save(update_fields=["state"])
    record_article_event("article_returned", version, actor=actor, now=now)
    return version


@transaction.atomic
def withdraw_article(*, article: Article, reason: str, actor: User, now: datetime) -> None:
    """Let nobody read the article any more; its versions stay.

    Raises:
        ArticleRefusedError: nobody reads it, or there is no reason.
    """
    if not reason.strip():
        raise ArticleRefusedError(_("Say why it is withdrawn."))
    locked = locked_article(article)
    if locked.current is None:
        raise ArticleRefusedError(_("This article is not published."))
    version = locked.current
    locked.current = None
    locked.state = ArticleState.WITHDRAWN
    locked.review_due_day = None
    locked.save()
    _mark_change()
    record_article_event("article_withdrawn", version, actor=actor, now=now, reason=reason.strip())


@transaction.atomic
def confirm_article(*, article: Article, actor: User, now: datetime) -> None:
    """Note that somebody has looked at a published article and found it still right.

    Raises:
        ArticleRefusedError: it is not published, or its last day has passed.
    """
    locked = locked_article(article)
    day = timezone.localdate(now)
    if locked.current is None:
        raise ArticleRefusedError(_("This article is not published."))
    if locked.current.valid_to is not None and locked.current.valid_to < day:
        raise ArticleRefusedError(_("Its last valid day has passed. Write a version for today."))
    locked.review_due_day = day + timedelta(days=REVIEW_EVERY_DAYS)
    locked.save(update_fields=["review_due_day"])
    record_article_event("article_confirmed", locked.current, actor=actor, now=now)


def _reviewed(
    article: Article, *, actor: User, now: datetime, is_approved: bool, note: str = ""
) -> ArticleVersion:
    """Write the one review a version gets."""
    if article.state != ArticleState.IN_REVIEW:
        raise ArticleRefusedError(_("No version of this article waits for a review."))
    version = newest_version(article)
    if version.author_id == actor.pk:
        raise ArticleRefusedError(_("You wrote this version; somebody else has to review it."))
    version.reviewed_by, version.reviewed_at = actor, now
    version.is_approved, version.review_note = is_approved, note
    version.save(update_fields=["reviewed_by", "reviewed_at", "is_approved", "review_note"])
    return version


def _mark_change() -> None:
    IndexMark.objects.get_or_create(id=1)
    IndexMark.objects.filter(id=1).update(changes=F("changes") + 1)
