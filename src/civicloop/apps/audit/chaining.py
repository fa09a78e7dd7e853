"""Link events to a chain in the transaction that writes them.

There are as many chains as transactions ever wrote at once: each takes one whose head is free, holds
it until it ends, and nobody waits for another. The head that a transaction has reached is kept among
its on-commit functions: Django drops it when the transaction, or the savepoint that wrote it, is
rolled back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import connection, transaction

from civicloop.apps.audit.keys import audit_keys
from civicloop.apps.audit.models import AuditChain, AuditEvent
from civicloop.engines.audit import GENESIS, canonical, mac_of

_TAKE = "SELECT number, position, mac FROM audit_auditchain ORDER BY number LIMIT 1"
_ONLY_A_FREE_ONE = " FOR UPDATE SKIP LOCKED"
_KEEP = "UPDATE audit_auditchain SET position = %s, mac = %s WHERE number = %s"
_MOVE = (
    "UPDATE audit_auditchain SET position = %s, mac = %s"
    " WHERE number = %s AND position = %s AND mac = %s RETURNING number"
)
_TRIES = 5  # with a head that somebody else has moved meanwhile
_FIELDS = [field for field in AuditEvent._meta.concrete_fields if not field.primary_key]  # noqa: SLF001
_COLUMNS = ", ".join(str(field.column) for field in _FIELDS)
_PLACES = ", ".join(["%s"] * len(_FIELDS))
_INSERT = f"INSERT INTO audit_auditevent ({_COLUMNS}) VALUES ({_PLACES}) RETURNING id"  # noqa: S608
_INSERT_IF_MOVED = (
    f"INSERT INTO audit_auditevent ({_COLUMNS})"  # noqa: S608
    f" SELECT {_PLACES} FROM moved RETURNING id"
)


class ChainGoneError(RuntimeError):
    """Somebody took a chain out of the database: nothing may be written as if it were whole."""


@dataclass(slots=True)
class _Reached:
    """The head of this transaction's chain; called at the commit, it has nothing more to do."""

    chain: int
    position: int
    mac: bytes

    def __call__(self) -> None:
        return


def write_events(events: Sequence[AuditEvent]) -> None:
    """Keep events behind the transaction's chain, and move the chain's head."""
    if not events:
        return
    head = _head()
    _link(events, head)
    if len(events) == 1 and connection.vendor == "postgresql":
        _write_one(events[0], head)
        return
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [head.position, head.mac, head.chain])
        _refuse_gone(head, is_gone=cursor.rowcount != 1)
    AuditEvent.objects.bulk_create(events)


def write_alone(event: AuditEvent) -> None:
    """Keep an event that belongs to no change, behind a chain that is free.

    On PostgreSQL in two statements, without a transaction around them: the second moves the head only if nobody has
    moved it since the first, and keeps the event only if it moved.
    """
    if not connection.in_atomic_block and connection.vendor == "postgresql":
        for _ in range(_TRIES):
            if _has_moved(event):
                return
    with transaction.atomic(savepoint=False):
        write_events([event])


def _has_moved(event: AuditEvent) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE + _ONLY_A_FREE_ONE)
        row = cursor.fetchone()
        if row is None:
            return False
        before = (row[1], bytes(row[2]))
        head = _Reached(row[0], *before)
        _link([event], head)
        cursor.execute(
            f"WITH moved AS ({_MOVE}) {_INSERT_IF_MOVED}",
            [head.position, head.mac, head.chain, *before, *_values_of(event)],
        )
        kept = cursor.fetchone()
    if kept is None:
        return False
    event.pk = kept[0]
    event._state.adding = False  # noqa: SLF001 -- as after bulk_create
    return True


def _values_of(event: AuditEvent) -> list[Any]:
    return [field.get_db_prep_save(getattr(event, field.attname), connection) for field in _FIELDS]


def _write_one(event: AuditEvent, head: _Reached) -> None:
    """Most pages leave one event: it and the head take one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH kept AS ({_INSERT}) {_KEEP} RETURNING (SELECT id FROM kept)",  # noqa: S608 -- of this module
            [*_values_of(event), head.position, head.mac, head.chain],
        )
        row = cursor.fetchone()
    _refuse_gone(head, is_gone=row is None)
    event.pk = row[0]
    event._state.adding = False  # noqa: SLF001 -- as after bulk_create


def _refuse_gone(head: _Reached, *, is_gone: bool) -> None:
    if is_gone:
        raise ChainGoneError(head.chain)


def _link(events: Sequence[AuditEvent], head: _Reached) -> None:
    """Give events their places and codes."""
    key_id, key = next(iter(audit_keys().items()))
    for event in events:
        head.position += 1
        event.chain, event.position, event.key_id = head.chain, head.position, key_id
        event.mac = head.mac = mac_of(content_of(event), after=head.mac, key=key)


def content_of(event: AuditEvent) -> bytes:
    """What the code of an event vouches for."""
    return canonical(
        {
            "chain": event.chain,
            "at": event.at.astimezone(UTC).isoformat(),
            "actor": event.actor_id,
            "action": event.action,
            "object_type": event.object_type,
            "object_id": event.object_id,
            "details": event.details,
        }
    )


def _head() -> _Reached:
    """The head to write behind, held until the transaction ends."""
    within = {name for name in connection.savepoint_ids if name}
    for noted in reversed(connection.run_on_commit):
        savepoints, function = noted[0], noted[1]
        if isinstance(function, _Reached):
            if {name for name in savepoints if name} == within:
                return function
            return _noted(_Reached(function.chain, function.position, function.mac))
    return _noted(_taken())


def _noted(head: _Reached) -> _Reached:
    transaction.on_commit(head)
    return head


def _taken() -> _Reached:
    """A chain that no other transaction holds; a new one where all are held."""
    is_shared = connection.features.has_select_for_update_skip_locked
    with connection.cursor() as cursor:
        cursor.execute(_TAKE + (_ONLY_A_FREE_ONE if is_shared else ""))
        row = cursor.fetchone()
    if row is None:
        made = AuditChain.objects.create(position=0, mac=GENESIS)
        return _Reached(made.number, 0, GENESIS)
    return _Reached(row[0], row[1], bytes(row[2]))
