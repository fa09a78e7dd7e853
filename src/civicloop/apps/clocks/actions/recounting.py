"""Count clocks again after the calendar has changed: only when somebody asks, and told one by one."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.clocks.actions.opened import open_clock, record_clock
from civicloop.apps.clocks.calendars import calendar_in_use
from civicloop.apps.clocks.counting import recount
from civicloop.apps.clocks.models import Clock
from civicloop.apps.clocks.signals import clocks_recounted

AT_ONCE = 500


class Recounted(NamedTuple):
    """A clock whose end the calendar in use moves."""

    clock: Clock
    was_due_at: datetime | None
    due_at: datetime | None


def clocks_that_would_move(*, now: datetime) -> Iterator[Recounted]:
    """The open clocks whose end the calendar in use would move; nothing is written."""
    calendar = calendar_in_use()
    older = Clock.objects.filter(stopped_at=None, calendar_version__lt=calendar.version)
    related = older.prefetch_related("pauses", "extensions")
    for clock in related.order_by("id").iterator(chunk_size=AT_ONCE):
        before = clock.due_at
        recount(clock, calendar, now=now)
        if clock.due_at != before:
            yield Recounted(clock, before, clock.due_at)


@transaction.atomic
def recount_clocks(*, actor: User | None, now: datetime, reason: str) -> list[Recounted]:
    """Count again the open clocks that the calendar in use moves; gives each with before and after."""
    moved = list(clocks_that_would_move(now=now))
    return _recount_all([each.clock for each in moved], actor, now, reason)


@transaction.atomic
def recount_waiting_clocks(*, actor: User | None, now: datetime, reason: str) -> list[Recounted]:
    """Count the open clocks that wait for a year which is known by now."""
    calendar = calendar_in_use()
    waiting = Clock.objects.filter(stopped_at=None, waits_for_year__in=calendar.years)
    return _recount_all(waiting.order_by("id"), actor, now, reason)


def _recount_all(
    clocks: Iterable[Clock], actor: User | None, now: datetime, reason: str
) -> list[Recounted]:
    moved = [_recount(clock, actor, now, reason) for clock in clocks]
    if moved:
        clocks_recounted.send(sender=Clock, moved=moved, actor=actor, now=now)
    return moved


def _recount(clock: Clock, actor: User | None, now: datetime, reason: str) -> Recounted:
    clock = open_clock(clock)
    before = clock.due_at
    recount(clock, calendar_in_use(), now=now)
    clock.save()
    was_due = before.isoformat() if before else None
    record_clock("recount_clock", clock, actor, now, {"was_due_at": was_due, "reason": reason})
    return Recounted(clock, before, clock.due_at)
