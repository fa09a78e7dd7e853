"""Tell staff of something, in the transaction of the change it is about."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.jobs.outbox import SENDERS, write_outbox
from civicloop.apps.notices.kinds import NoticeKind
from civicloop.apps.notices.models import Notice, NoticePreference
from civicloop.apps.notices.senders import EMAIL, SMS, robot_channels


class ForeignLinkError(ValueError):
    """A notice leads to a page of this site."""


@transaction.atomic
def notify(
    users: Iterable[User],
    *,
    kind: NoticeKind,
    key: str,
    link: str,
    now: datetime,
    reference: str = "",
    params: Mapping[str, str | int] | None = None,
) -> None:
    """Tell each of these people once for this key, and outside of the site those who want it.

    Only the kind, the reference (an order's number) and the link leave the house; `params` stay
    in it. A key tried again tells nobody twice.

    Raises:
        ForeignLinkError: the link is not a path of this site.
    """
    if not link.startswith("/") or link.startswith("//"):
        raise ForeignLinkError(link)
    told = {user.pk: user for user in users if user.is_active}
    Notice.objects.bulk_create(
        [
            Notice(
                user=user,
                at=now,
                kind=kind.code,
                key=key,
                reference=reference,
                params=dict(params or {}),
                link=link,
            )
            for user in told.values()
        ],
        ignore_conflicts=True,
    )
    outside = {"kind": kind.code, "reference": reference, "link": link}
    _tell_outside(told, outside, key, now)
    if kind.is_for_robots:
        for channel in robot_channels():
            payload = {**outside, "to": "", "language": settings.LANGUAGE_CODE}
            write_outbox(channel=channel, key=f"{key}|{channel}", payload=payload, now=now)


def _tell_outside(
    users: Mapping[int, User], outside: Mapping[str, str], key: str, now: datetime
) -> None:
    for wish in NoticePreference.objects.filter(user__in=users):
        user = users[wish.user_id]
        ways = [(EMAIL, user.email, wish.by_email), (SMS, wish.mobile, wish.by_sms)]
        for channel, to, kinds in ways:
            if channel in SENDERS and to and outside["kind"] in kinds:
                payload = {**outside, "to": to, "language": wish.language}
                once = f"{key}|{channel}|{user.pk}"
                write_outbox(channel=channel, key=once, payload=payload, now=now)
