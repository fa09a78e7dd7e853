"""Find the clocks that are late, and those of which it is time to remind.

Batches go up the index of open clocks by (moment, id); each is marked in one transaction together
with what the callbacks write, so a sweep that is killed repeats nothing and forgets nothing.
Rows that somebody holds are passed over on the way and waited for at the end.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from civicloop.apps.audit.actions import record_event
from civicloop.apps.clocks.models import Clock

BATCH = 5_000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """How many rows were marked, and where the last of them stands in the index."""

    size: int
    last: tuple[datetime, int] | None


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
    """The sizes of the batches: up the index past the rows that are held, then those that were."""
    found = _mark_batch(mark, now, callback, batch, after=None, waits=False)
    while found.last is not None:
        yield found.size
        found = _mark_batch(mark, now, callback, batch, after=found.last, waits=False)
    while _to_mark(mark, now).exists():
        yield _mark_batch(mark, now, callback, batch, after=None, waits=True).size


def _to_mark(mark: _Mark, now: datetime) -> QuerySet[Clock]:
    passed = {f"{mark.moment}__lt": now, mark.seen: None}
    clocks = Clock.objects.running().filter(**passed)
    return clocks if mark is OVERDUE else clocks.filter(overdue_at=None)


@transaction.atomic
def _mark_batch(
    mark: _Mark,
    now: datetime,
    callback: Callback,
    batch: int,
    *,
    after: tuple[datetime, int] | None,
    waits: bool,
) -> _Batch:
    """Mark the next batch and tell it."""
    clocks = _to_mark(mark, now).order_by(mark.moment, "id")
    if after is not None:
        moment, number = after
        is_same = Q(**{mark.moment: moment}, id__gt=number)
        clocks = clocks.filter(Q(**{f"{mark.moment}__gt": moment}) | is_same)
    if connection.features.has_select_for_update_skip_locked:  # SQLite holds the whole file
        clocks = clocks.select_for_update(of=("self",), skip_locked=not waits)
    due = [DueClock(*row) for row in clocks.values_list(*DueClock._fields)[:batch]]
    if not due:
        return _Batch(size=0, last=None)
    numbers = [clock.id for clock in due]
    last = Clock.objects.values_list(mark.moment, "id").get(pk=numbers[-1])
    Clock.objects.filter(pk__in=numbers).update(**{mark.seen: now})
    callback(due)
    record_event(
        action=mark.action,
        object_type="clock",
        object_id="",
        actor=None,
        now=now,
        details={"clocks": list(numbers)},
    )
    return _Batch(size=len(due), last=last)
