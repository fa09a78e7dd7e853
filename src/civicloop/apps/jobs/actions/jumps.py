"""After the machine's clock was ahead and went back: nothing waits for the time that it told.

Whatever is due later than anything can be was written under a clock that was wrong. A job that is
done twice for it changes nothing twice, see leases.py.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from civicloop.apps.jobs.actions.leases import LONGEST_PAUSE
from civicloop.apps.jobs.declaring import Periodic
from civicloop.apps.jobs.library import TaskResultStatus, TaskRow
from civicloop.apps.jobs.models import JobState, PeriodicSlot

LONGEST_WAIT = 2 * LONGEST_PAUSE  # no job is put off for longer
LONGEST_LEASE = timedelta(minutes=10)


def undo_jumps(*, table: Sequence[Periodic], now: datetime) -> int:
    """Bring near what lies impossibly far ahead; gives how much there was."""
    if not (_late(now).exists() or _held(now).exists() or _slots(table, now)):
        return 0  # asking takes no lock
    with transaction.atomic():
        found = _late(now).update(run_after=now)
        found += _held(now).update(lease_until=now)  # given back when it is over
        slots = _slots(table, now)
        for slot, entry in slots:
            slot.next_at = entry.slot_before(now) + entry.every
            slot.save(update_fields=["next_at"])
    return found + len(slots)


def _late(now: datetime) -> QuerySet[Any]:
    return TaskRow.objects.filter(
        status=TaskResultStatus.READY, run_after__gt=now + LONGEST_WAIT, state__isnull=False
    )


def _held(now: datetime) -> QuerySet[JobState]:
    return JobState.objects.filter(lease_until__gt=now + LONGEST_LEASE)


def _slots(table: Sequence[Periodic], now: datetime) -> list[tuple[PeriodicSlot, Periodic]]:
    entries = {entry.name: entry for entry in table}
    far = Q()
    for name, entry in entries.items():
        far |= Q(name=name, next_at__gt=now + 2 * entry.every)
    return [(slot, entries[slot.name]) for slot in PeriodicSlot.objects.filter(far)] if far else []
