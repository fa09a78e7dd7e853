"""The ways out of the house that this installation has, as its settings say."""

import smtplib
import time
from contextlib import suppress
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation

from civicloop.apps.jobs.models import OutboxEntry
from civicloop.apps.jobs.outbox import register_sender
from civicloop.apps.notices.kinds import label_of
from civicloop.connectors.notify import (
    Gateway,
    Message,
    NotDeliveredError,
    robot_of,
    sms_gateway_of,
)

EMAIL, SMS = "email", "sms"
REFUSALS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)


def robot_channels() -> list[str]:
    """The channels of the group robots, in the order of the settings."""
    return [f"robot-{number}" for number in range(1, len(settings.ROBOT_URLS) + 1)]


def register_senders() -> None:
    """Register what is configured; a way that is not has no channel."""
    if settings.EMAIL_HOST:
        register_sender(EMAIL, send_email)
    if settings.SMS_URL:
        register_sender(SMS, partial(_send, sms_gateway_of(settings.SMS_URL)))
    for channel, url in zip(robot_channels(), settings.ROBOT_URLS, strict=True):
        register_sender(channel, partial(_send, robot_of(url, clock=time.time)))


def _send(gateway: Gateway, entry: OutboxEntry) -> None:
    gateway.send(_message(entry), to=entry.payload["to"])


def _message(entry: OutboxEntry) -> Message:
    told = entry.payload
    with translation.override(told["language"]):
        return Message(
            message_id=entry.message_id,
            kind=label_of(told["kind"]),
            reference=told["reference"],
            link=settings.SITE_URL + told["link"],
        )


def send_email(entry: OutboxEntry) -> None:
    """Send one e-mail.

    Raises:
        NotDeliveredError: the server was not reached, or refused.
    """
    deliver_email(_message(entry), to=entry.payload["to"])


def deliver_email(message: Message, *, to: str) -> None:
    """Hand one message to the mail server.

    Raises:
        NotDeliveredError: the server was not reached, or refused.
    """
    mail = EmailMessage(
        subject=f"{message.kind} {message.reference}".strip(),
        body=f"{message.kind} {message.reference}\n\n{message.link}\n",
        to=[to],
        headers={"Message-ID": f"<{message.message_id}@{settings.EMAIL_DOMAIN}>"},
    )
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotDeliveredError(str(error)) from error
    mail.connection = connection
    try:
        mail.send()
    except REFUSALS as error:
        raise NotDeliveredError(str(error)) from error
    finally:
        with suppress(OSError, smtplib.SMTPException):  # it is out by now, or known not to be
            connection.close()
