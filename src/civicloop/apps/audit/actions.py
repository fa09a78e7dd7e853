from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.models import AuditEvent

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class AuditOutsideTransactionError(RuntimeError):
    """A change and its audit event must stand or fall together."""


def record_event(
    *,
    action: str,
    object_type: str,
    object_id: int | str,
    actor: User | None,
    now: datetime,
    details: Mapping[str, Json] | None = None,
) -> AuditEvent:
    """Write the event of a change, inside the change's own transaction."""
    [event] = record_events(
        action=action,
        object_type=object_type,
        details={object_id: details or {}},
        actor=actor,
        now=now,
    )
    return event


def record_events(
    *,
    action: str,
    object_type: str,
    details: Mapping[int | str, Mapping[str, Json]],
    actor: User | None,
    now: datetime,
) -> list[AuditEvent]:
    """Write the events of one change to many records; `details` by the record's number."""
    if not connection.in_atomic_block:
        raise AuditOutsideTransactionError(action)
    return AuditEvent.objects.bulk_create(
        AuditEvent(
            at=now,
            actor=actor,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            details=dict(about),
        )
        for object_id, about in details.items()
    )
