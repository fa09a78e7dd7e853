"""A clock taken up for a change, and the change written down."""

from datetime import datetime

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.clocks.limits import SourcedLimit, limit_as_json, rules_as_json
from civicloop.apps.clocks.models import Clock, ClockBasis


class ClockIsStoppedError(ValueError):
    """A stopped clock stays as it is."""


def set_limit(clock: Clock, chosen: SourcedLimit, *, now: datetime) -> None:
    """Put the limit into the clock's fields; the caller counts and saves."""
    clock.limit = limit_as_json(chosen.limit)
    clock.limit_basis = ClockBasis(chosen.basis)
    clock.limit_source = chosen.source
    clock.limit_set_at = now
    clock.extension_rules = rules_as_json(chosen.extension_rules)


def open_clock(clock: Clock) -> Clock:
    """The clock as it is now, locked until the change is written.

    Raises:
        ClockIsStoppedError: it is stopped.
    """
    locked = Clock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    if locked.stopped_at is not None:
        raise ClockIsStoppedError(str(locked))
    return locked


def record_clock(
    action: str, clock: Clock, actor: User | None, now: datetime, details: dict[str, Json]
) -> None:
    """Write the audit event of a change to a clock, with when it is due now."""
    told: dict[str, Json] = {
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "basis": clock.basis,
        "calendar_version": clock.calendar_version_id,
    }
    record_event(
        action=action,
        object_type="clock",
        object_id=clock.pk,
        actor=actor,
        now=now,
        details=told | details,
    )
