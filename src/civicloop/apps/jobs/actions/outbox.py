"""What must go out: written with the change it tells of, delivered by a job.

Between sending and noting it a process can die. Nobody here can then know whether the message is
out, so it is not sent again by itself: the entry is in doubt, and a person decides.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.jobs.models import OutboxEntry, OutboxState


class OutboxOutsideTransactionError(RuntimeError):
    """A change and what goes out about it must stand or fall together."""


class EntryNotInDoubtError(RuntimeError):
    """Only a message that is in doubt can be sent again."""


def note_outgoing(
    *, channel: str, key: str, payload: Mapping[str, Json], now: datetime
) -> tuple[OutboxEntry, bool]:
    """Keep what must go out; gives the entry and whether it is new."""
    if not connection.in_atomic_block:
        raise OutboxOutsideTransactionError(key)
    return OutboxEntry.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel,
            "payload": dict(payload),
            "message_id": str(uuid4()),
            "created_at": now,
            "changed_at": now,
        },
    )


@transaction.atomic
def begin_sending(*, entry_id: int, now: datetime) -> OutboxEntry | None:
    """Take an entry to send; None when there is nothing to send (any more).

    One that is being sent already was left so by a sender that died: it is in doubt from now on.
    """
    entry = OutboxEntry.objects.select_for_update().filter(id=entry_id).first()
    if entry is None or entry.state in {OutboxState.SENT, OutboxState.IN_DOUBT}:
        return None
    is_left_behind = entry.state == OutboxState.SENDING
    entry.state = OutboxState.IN_DOUBT if is_left_behind else OutboxState.SENDING
    entry.changed_at = now
    entry.save(update_fields=["state", "changed_at"])
    return None if is_left_behind else entry


def note_delivery(*, entry: OutboxEntry, state: OutboxState, now: datetime) -> None:
    """Keep what became of a message; one that is known to be out stays so."""
    open_entry = OutboxEntry.objects.filter(id=entry.id).exclude(state=OutboxState.SENT)
    open_entry.update(state=state, changed_at=now)


@transaction.atomic
def release_entry(*, entry: OutboxEntry, actor: User, now: datetime) -> None:
    """Let a message that is in doubt be sent again, under its old message id.

    Raises:
        EntryNotInDoubtError: it is not in doubt (any more).
    """
    in_doubt = OutboxEntry.objects.filter(id=entry.id, state=OutboxState.IN_DOUBT)
    if not in_doubt.update(state=OutboxState.WAITING, changed_at=now):
        raise EntryNotInDoubtError(entry.key)
    record_event(
        action="send_again", object_type="outbox", object_id=entry.id, actor=actor, now=now
    )
