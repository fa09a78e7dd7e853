"""Tell those who follow a public case where it stands, by SMS; a telephone is opened to be written to."""

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
from civicloop.apps.vault.sealing import SealBrokenError
from civicloop.connectors.notify import Gateway, Message, NotDeliveredError, sms_gateway_of

CHANNEL = "follower"


def register_way_to_followers() -> None:
    """Followers leave a number and nothing else: without an SMS gateway nobody is told."""
    if settings.SMS_URL:
        register_sender(CHANNEL, partial(_send, sms_gateway_of(settings.SMS_URL)))


def are_followers_told() -> bool:
    """Whether this installation has a way to them."""
    return CHANNEL in SENDERS


@job()
def tell_followers(now: datetime, case_id: int, state: str) -> None:
    """Let a message go to each follower who left a number, unless the case has moved on meanwhile."""
    case = PublicCase.objects.get(pk=case_id)
    if case.state != state or case.withdrawn_at is not None:
        return
    told = [one.pk for one in case.followers.order_by("pk") if _phone_of(one)]
    for follower in told:
        write_outbox(
            channel=CHANNEL,
            key=f"case {case_id} {state} {now.isoformat()} follower {follower}",
            payload={"follower": follower, "state": state},  # no number: the outbox is not sealed
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


def _phone_of(follower: Follower) -> str:
    """The number; "" where none was left, or its key is gone."""
    try:
        return follower.opened()["phone"]
    except SealBrokenError:
        return ""


def _send(gateway: Gateway, entry: OutboxEntry) -> None:
    follower = Follower.objects.get(pk=entry.payload["follower"])
    phone = _phone_of(follower)
    if not phone:
        raise NotDeliveredError(CHANNEL)
    with translation.override(settings.LANGUAGE_CODE):
        state = PublicState(entry.payload["state"]).label
        message = Message(
            message_id=entry.message_id,
            kind=_("The matter that you follow is now: %(state)s.") % {"state": state},
            reference="",
            link=settings.SITE_URL + reverse("citizen:case", args=[follower.case_id]),
        )
    gateway.send(message, to=phone)
