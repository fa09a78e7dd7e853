"""Put periodic jobs in the queue, one run for each slot however many workers look."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from civicloop.apps.jobs.actions.enqueueing import enqueue
from civicloop.apps.jobs.declaring import Periodic
from civicloop.apps.jobs.models import PeriodicSlot


@transaction.atomic
def declare_periodic(*, table: Sequence[Periodic], now: datetime) -> None:
    """Bring the stored slots in line with the table that this version of the program has."""
    PeriodicSlot.objects.exclude(name__in=[entry.name for entry in table]).delete()
    for entry in table:
        next_at = entry.slot_before(now) + entry.every
        slot, is_new = PeriodicSlot.objects.select_for_update().get_or_create(
            name=entry.name, defaults={"every": entry.every, "next_at": next_at}
        )
        if (
            not is_new and slot.next_at - entry.slot_before(slot.next_at)
        ) or slot.every != entry.every:
            slot.every, slot.next_at = entry.every, next_at
            slot.save()


def start_due(*, table: Sequence[Periodic], now: datetime) -> int:
    """Put in the queue what is due; of slots that went by without a worker, the newest alone."""
    due = set(PeriodicSlot.objects.filter(next_at__lte=now).values_list("name", flat=True))
    return sum(_start(entry, now) for entry in table if entry.name in due)


@transaction.atomic
def _start(entry: Periodic, now: datetime) -> bool:
    slot = PeriodicSlot.objects.select_for_update().filter(name=entry.name).first()
    if slot is None or slot.next_at > now:  # another worker was quicker
        return False
    slot.last_at = entry.slot_before(now)
    slot.next_at = slot.last_at + entry.every
    slot.save()
    enqueue(entry.job, now=now, key=f"{entry.name}@{slot.last_at:%Y-%m-%dT%H:%M:%S%z}")
    return True
