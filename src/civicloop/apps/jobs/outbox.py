"""`write_outbox` for whoever has something to tell, and the job that delivers it."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json
from civicloop.apps.jobs.actions.enqueueing import enqueue
from civicloop.apps.jobs.actions.outbox import (
    begin_sending,
    note_delivery,
    note_outgoing,
    release_entry,
)
from civicloop.apps.jobs.declaring import job
from civicloop.apps.jobs.models import OutboxEntry, OutboxState
from civicloop.connectors.notify import NotDeliveredError

logger = logging.getLogger(__name__)
Sender = Callable[[OutboxEntry], None]
SENDERS: dict[str, Sender] = {}  # by channel; filled when the apps that know a way out are ready


class UnknownChannelError(KeyError):
    """No app has said how to send by this channel."""


def register_sender(channel: str, sender: Sender) -> None:
    """Say how messages of a channel are sent.

    The sender raises NotDeliveredError when it is sure that nothing went out; after any other
    error the message is in doubt.
    """
    SENDERS[channel] = sender


def write_outbox(
    *, channel: str, key: str, payload: Mapping[str, Json], now: datetime
) -> OutboxEntry:
    """Let something go out once this transaction is committed, once for each key.

    Raises:
        OutboxOutsideTransactionError: no transaction is open.
        UnknownChannelError: nothing sends by this channel.
    """
    if channel not in SENDERS:
        raise UnknownChannelError(channel)
    entry, is_new = note_outgoing(channel=channel, key=key, payload=payload, now=now)
    if is_new:
        enqueue(deliver, entry.id, now=now, key=f"{entry.id}")
    return entry


@job(is_atomic=False, tries=8)
def deliver(now: datetime, entry_id: int) -> None:
    """Send one message of the outbox."""
    entry = begin_sending(entry_id=entry_id, now=now)
    if entry is None:
        return
    try:
        SENDERS[entry.channel](entry)
    except NotDeliveredError:
        note_delivery(entry=entry, state=OutboxState.WAITING, now=now)
        raise
    except Exception:
        logger.exception("Message %s is in doubt", entry.key)
        note_delivery(entry=entry, state=OutboxState.IN_DOUBT, now=now)
        return
    note_delivery(entry=entry, state=OutboxState.SENT, now=now)


@transaction.atomic
def send_again(*, entry: OutboxEntry, actor: User, now: datetime) -> None:
    """Send a message again that is in doubt.

    Raises:
        EntryNotInDoubtError: it is not in doubt (any more).
    """
    release_entry(entry=entry, actor=actor, now=now)
    enqueue(deliver, entry.id, now=now, key=f"{entry.id} again {now.isoformat()}")
