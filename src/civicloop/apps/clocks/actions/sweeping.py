"""Find the clocks that are late, and those of which it is time to remind.

Their numbers are read from the index of open clocks, then marked in batches in the order in which
the rows lie: in the order of their moments each row of a large backlog would lie on another page,
which the database would write whole. A batch is marked in one transaction together with what the
callbacks write, so a sweep that is killed repeats nothing and forgets nothing. Rows that somebody
holds are passed over on the way and waited for at the end.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from django.db import connection, transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from civicloop.apps.audit.actions import record_event
from civicloop.apps.clocks.models import Clock
from civicloop.apps.membership import among

BATCH = 5_000
NUMBERS_AT_ONCE = 50_000


class DueClock(NamedTuple):
    """What a callback learns of a clock: enough to act on its owner."""

    id: int
    owner_type: str
    owner_id: int
    name: str
    unit_id: int | None
    due_at: datetime


Callback = Callable[[Sequence[DueClock]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many clocks were marked, and how many cannot be because a calendar year is missing."""

    overdue: int
    near_due: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """Which moment has passed, and which field says that it was seen."""

    moment: str
    seen: str
    action: str


OVERDUE = _Mark(moment="due_at", seen="overdue_at", action="mark_overdue")
NEAR_DUE = _Mark(moment="near_due_at", seen="reminded_at", action="mark_near_due")


def sweep_clocks(
    *, now: datetime, on_overdue: Callback, on_near_due: Callback, batch: int = BATCH
) -> Swept:
    """Mark what is late at `now` and what is nearly due; each clock once.

    The callbacks run inside the transaction that marks their clocks: what they write stands or
    falls with the marks. A clock found late is not reminded of any more.
    """
    overdue = sum(_sweep(OVERDUE, now, on_overdue, batch))
    near_due = sum(_sweep(NEAR_DUE, now, on_near_due, batch))
    waiting = Clock.objects.filter(stopped_at=None).exclude(waits_for_year=None).count()
    return Swept(overdue=overdue, near_due=near_due, waiting=waiting)


def _sweep(mark: _Mark, now: datetime, callback: Callback, batch: int) -> Iterator[int]:
    """The sizes of the batches: all but the rows that are held, then those that were."""
    yield from _mark_all(mark, now, callback, batch, waits=False)
    while _to_mark(mark, now).exists():
        yield from _mark_all(mark, now, callback, batch, waits=True)


def _mark_all(
    mark: _Mark, now: datetime, callback: Callback, batch: int, *, waits: bool
) -> Iterator[int]:
    found = _to_mark(mark, now).values_list("id", flat=True).iterator(chunk_size=NUMBERS_AT_ONCE)
    numbers = np.sort(np.fromiter(found, np.int64))
    for first in range(0, len(numbers), batch):
        part = numbers[first : first + batch].tolist()
        yield _mark_batch(mark, now, callback, part, waits=waits)


def _to_mark(mark: _Mark, now: datetime) -> QuerySet[Clock]:
    passed = {f"{mark.moment}__lt": now, mark.seen: None}
    clocks = Clock.objects.running().filter(**passed)
    return clocks if mark is OVERDUE else clocks.filter(overdue_at=None)


def _among(numbers: Sequence[int]) -> RawSQL:
    """Thousands of parameters would take longer than the rows."""
    words, value = among(numbers)
    return RawSQL(f'"clocks_clock"."id" {words}', [value], output_field=BooleanField())  # noqa: S611


@transaction.atomic
def _mark_batch(
    mark: _Mark, now: datetime, callback: Callback, numbers: Sequence[int], *, waits: bool
) -> int:
    """Mark those of the clocks that still are to be, and tell them; returns how many."""
    clocks = _to_mark(mark, now).filter(_among(numbers)).order_by("id")
    if connection.features.has_select_for_update_skip_locked:  # SQLite holds the whole file
        clocks = clocks.select_for_update(of=("self",), skip_locked=not waits)
    due = [DueClock(*row) for row in clocks.values_list(*DueClock._fields)]
    if not due:
        return 0
    marked = [clock.id for clock in due]
    Clock.objects.filter(_among(marked)).update(**{mark.seen: now})
    callback(due)
    record_event(
        action=mark.action,
        object_type="clock",
        object_id="",
        actor=None,
        now=now,
        details={"clocks": list(marked)},
    )
    return len(due)
