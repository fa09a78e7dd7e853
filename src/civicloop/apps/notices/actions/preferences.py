from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.notices.models import NoticePreference


@transaction.atomic
def set_preference(
    *,
    user: User,
    email: str,
    mobile: str,
    language: str,
    by_email: Sequence[str],
    by_sms: Sequence[str],
    now: datetime,
) -> NoticePreference:
    """Keep by which ways a person wants to be told of which kinds; addresses stay out of the log."""
    user.email = email
    user.save(update_fields=["email"])
    wish, _ = NoticePreference.objects.update_or_create(
        user=user,
        defaults={
            "mobile": mobile,
            "language": language,
            "by_email": list(by_email),
            "by_sms": list(by_sms),
        },
    )
    record_event(
        action="set_notice_preference",
        object_type="user",
        object_id=user.pk,
        actor=user,
        now=now,
        details={"by_email": list(by_email), "by_sms": list(by_sms)},
    )
    return wish
