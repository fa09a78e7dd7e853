from dataclasses import dataclass

from django.conf import settings

from civicloop.apps.accounts.models import User
from civicloop.apps.jobs.outbox import SENDERS
from civicloop.apps.notices.models import Notice, NoticePreference
from civicloop.apps.notices.senders import EMAIL, SMS

COUNTED_TO = 100  # more are told as "99+"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage:
    """A page of notices, newest first."""

    notices: list[Notice]
    older_than: int | None  # where the next page begins


def unread_count(user: User) -> int:
    """How many unread notices the person has; counts no further than COUNTED_TO."""
    return Notice.objects.filter(user=user, read_at=None)[:COUNTED_TO].count()


def notice_page(user: User, *, is_unread_only: bool, before: int | None, size: int) -> NoticePage:
    """The notices before a number, or the newest."""
    wanted = Notice.objects.filter(user=user)
    if is_unread_only:
        wanted = wanted.filter(read_at=None)
    if before is not None:
        wanted = wanted.filter(id__lt=before)
    found = list(wanted.order_by("-id")[: size + 1])
    more = found[size - 1].pk if len(found) > size else None
    return NoticePage(notices=found[:size], older_than=more)


def preference_of(user: User) -> NoticePreference:
    """The person's wishes; without any, an unsaved row that wishes nothing."""
    wish = NoticePreference.objects.filter(user=user).first()
    return wish or NoticePreference(user=user, language=settings.LANGUAGE_CODE)


def open_ways() -> dict[str, bool]:
    """Which ways out of the house this installation has."""
    return {EMAIL: EMAIL in SENDERS, SMS: SMS in SENDERS}
