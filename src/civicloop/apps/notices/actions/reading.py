"""What a person has read; their own affair, so no audit event tells of it."""

from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.notices.models import Notice


@transaction.atomic
def mark_read(*, user: User, notice_id: int, now: datetime) -> Notice | None:
    """Mark one of this person's notices as read; None when it is none of theirs."""
    mine = Notice.objects.filter(user=user, id=notice_id)
    mine.filter(read_at=None).update(read_at=now)
    return mine.first()


@transaction.atomic
def mark_all_read(*, user: User, until_id: int, now: datetime) -> int:
    """Mark as read what this person has seen in the list: the notices up to this number."""
    unread = Notice.objects.filter(user=user, read_at=None, id__lte=until_id)
    return unread.update(read_at=now)


@transaction.atomic
def mark_unread(*, user: User, read_at: datetime) -> int:
    """Take back that notices were marked as read at this moment."""
    return Notice.objects.filter(user=user, read_at=read_at).update(read_at=None)
