from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TypeAlias

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection

from civicloop.apps.audit import personal
from civicloop.apps.audit.chaining import write_alone, write_events
from civicloop.apps.audit.models import AuditEvent

Json: TypeAlias = personal.Json
_GATHERED: ContextVar[list[AuditEvent] | None] = ContextVar("gathered events", default=None)


class AuditOutsideTransactionError(RuntimeError):
    """A change and its audit event must stand or fall together."""


def record_event(
    *,
    action: str,
    object_type: str,
    object_id: int | str,
    actor: AbstractBaseUser | None,
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
    actor: AbstractBaseUser | None,
    now: datetime,
) -> list[AuditEvent]:
    """Write the events of one change to many records; `details` by the record's number."""
    if not connection.in_atomic_block:
        raise AuditOutsideTransactionError(action)
    events = [
        _event(action, object_type, object_id, actor, now, about)
        for object_id, about in details.items()
    ]
    gathered = _GATHERED.get()
    if gathered is None:
        return _written(events)
    gathered.extend(events)
    return events


def record_look(
    *,
    action: str,
    object_type: str,
    object_id: int | str,
    actor: AbstractBaseUser,
    now: datetime,
    details: Mapping[str, Json],
) -> None:
    """Write the event of somebody's look, which changes nothing and needs no transaction."""
    write_alone(_event(action, object_type, object_id, actor, now, details))


def _event(
    action: str,
    object_type: str,
    object_id: int | str,
    actor: AbstractBaseUser | None,
    now: datetime,
    details: Mapping[str, Json],
) -> AuditEvent:
    return AuditEvent(
        at=now,
        actor_id=actor.pk if actor else None,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        details=personal.without_numbers(details),
    )


def _written(events: list[AuditEvent]) -> list[AuditEvent]:
    write_events(events)
    return events


@contextmanager
def written_together() -> Iterator[None]:
    """Write the events of a change of many parts by one statement, at its end.

    Use it inside the change's transaction: an exception leaves neither change nor events.
    """
    gathered: list[AuditEvent] = []
    token = _GATHERED.set(gathered)
    try:
        yield
    finally:
        _GATHERED.reset(token)
    _written(gathered)
