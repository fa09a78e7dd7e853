"""Tell those who follow a public case where it stands, by SMS or e-mail; what they left is opened to be written to."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from civicloop.apps.audit.actions import record_event
from civicloop.apps.dispatch.models import Follower, PublicCase, PublicState
from civicloop.apps.jobs.declaring import job
from civicloop.apps.jobs.models import OutboxEntry
from civicloop.apps.jobs.outbox import SENDERS, register_sender, write_outbox
from civicloop.apps.notices.senders import deliver_email
from civicloop.apps.vault.sealing import SealBrokenError
from civicloop.connectors.notify import Gateway, Message, NotDeliveredError, sms_gateway_of

SMS, EMAIL = "follower", "follower-email"
LEFT = {SMS: "phone", EMAIL: "email"}  # what a follower left for a way


def register_ways_to_followers() -> None:
    """Followers are told by the ways that the installation has, and by none where it has none."""
    if settings.SMS_URL:
        register_sender(SMS, partial(_send_sms, sms_gateway_of(settings.SMS_URL)))
    if settings.EMAIL_HOST:
        register_sender(EMAIL, _send_email)


def ways_to_followers() -> frozenset[str]:
    """What a follower may leave so as to be told: "phone", "email"."""
    return frozenset(left for way, left in LEFT.items() if way in SENDERS)


@job()
def tell_followers(now: datetime, case_id: int, state: str) -> None:
    """Let a message go to each follower whom a way leads to, unless the case has moved on meanwhile."""
    case = PublicCase.objects.get(pk=case_id)
    if case.state != state or case.withdrawn_at is not None:
        return
    told = [(one.pk, way) for one in case.followers.order_by("pk") if (way := _way_to(one))]
    for follower, way in told:
        write_outbox(
            channel=way,
            key=f"case {case_id} {state} {now.isoformat()} follower {follower}",
            payload={"follower": follower, "state": state},  # no address: the outbox is not sealed
            now=now,
        )
    record_event(
        action="case_followers_told",
        object_type="public_case",
        object_id=case_id,
        actor=None,
        now=now,
        details={"state": state, "followers": len(told)},
    )


def _way_to(follower: Follower) -> str:
    """The first way that leads to a follower; "" where none does."""
    return next((way for way in LEFT if way in SENDERS and _address_of(follower, way)), "")


def _address_of(follower: Follower, way: str) -> str:
    """The number or address; "" where none was left, or its key is gone."""
    try:
        return follower.opened()[LEFT[way]]
    except SealBrokenError:
        return ""


def _send_sms(gateway: Gateway, entry: OutboxEntry) -> None:
    message, to = _told(entry, SMS)
    gateway.send(message, to=to)


def _send_email(entry: OutboxEntry) -> None:
    message, to = _told(entry, EMAIL)
    deliver_email(message, to=to)


def _told(entry: OutboxEntry, way: str) -> tuple[Message, str]:
    follower = Follower.objects.get(pk=entry.payload["follower"])
    address = _address_of(follower, way)
    if not address:
        raise NotDeliveredError(way)
    with translation.override(settings.LANGUAGE_CODE):
        state = PublicState(entry.payload["state"]).label
        message = Message(
            message_id=entry.message_id,
            kind=_("The matter that you follow is now: %(state)s.") % {"state": state},
            reference="",
            link=settings.SITE_URL + reverse("citizen:case", args=[follower.case_id]),
        )
    return message, address
