"""Start and stop the clocks of one owner together: as few statements as one clock takes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.clocks.actions.opened import set_limit
from civicloop.apps.clocks.actions.running import ClockAlreadyRunsError, calendar_to_count_by
from civicloop.apps.clocks.counting import recount
from civicloop.apps.clocks.limits import SourcedLimit
from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.places.models import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A clock to start: the city's limit or a statute's, and whose it is."""

    name: ClockName
    sourced: SourcedLimit
    unit: Unit | None = None


@transaction.atomic
def start_clocks(
    *,
    owner_type: str,
    owner_id: int,
    starts: Sequence[Start],
    started_at: datetime,
    actor: User | None,
    now: datetime,
) -> list[Clock]:
    """Start several clocks of one owner.

    Raises:
        ClockAlreadyRunsError: one of them runs already.
    """
    if not starts:
        return []
    running = Clock.objects.filter(owner_type=owner_type, owner_id=owner_id, stopped_at=None)
    there = set(running.values_list("name", "unit_id"))
    asked = {(str(start.name), start.unit.pk if start.unit else None) for start in starts}
    if there & asked:
        raise ClockAlreadyRunsError(f"{owner_type} {owner_id} {sorted(map(str, there & asked))}")
    clocks = count_clocks(owner_type=owner_type, starts=starts, started_at=started_at, now=now)
    keep_counted_clocks(clocks=clocks, owner_id=owner_id, actor=actor, now=now)
    return clocks


def count_clocks(
    *, owner_type: str, starts: Sequence[Start], started_at: datetime, now: datetime
) -> list[Clock]:
    """Clocks for an owner that is not kept yet: when they are due is known, nothing is written."""
    if not starts:
        return []
    calendar = calendar_to_count_by(now)
    clocks = []
    for start in starts:
        clock = Clock(
            owner_type=owner_type, name=start.name, unit=start.unit, started_at=started_at
        )
        set_limit(clock, start.sourced, now=now)
        recount(clock, calendar, now=now, is_new=True)
        clocks.append(clock)
    return clocks


@transaction.atomic(savepoint=False)
def keep_counted_clocks(
    *, clocks: Sequence[Clock], owner_id: int, actor: User | None, now: datetime
) -> None:
    """Keep counted clocks; one that has a stop already measured something done at once."""
    for clock in clocks:
        clock.owner_id = owner_id
    Clock.objects.bulk_create(clocks)
    stopped = [clock for clock in clocks if clock.stopped_at is not None]
    for action, some in (("start_clocks", clocks), ("stop_clocks", stopped)):
        if some:
            _record(action, some[0].owner_type, owner_id, actor, now, some)


@transaction.atomic
def stop_clocks(
    *,
    owner_type: str,
    owner_id: int,
    actor: User | None,
    now: datetime,
    names: Collection[ClockName] | None = None,
    unit_id: int | None = None,
) -> list[Clock]:
    """Stop the running clocks of one owner, or those of some names or one unit; late ones are marked."""
    running = Clock.objects.filter(owner_type=owner_type, owner_id=owner_id, stopped_at=None)
    if names is not None:
        running = running.filter(name__in=names)
    if unit_id is not None:
        running = running.filter(unit_id=unit_id)
    clocks = list(running.select_for_update(of=("self",)).order_by("id"))
    if not clocks:
        return []
    for clock in clocks:
        clock.stopped_at, clock.paused_at = now, None
        if clock.due_at is not None and now > clock.due_at and clock.overdue_at is None:
            clock.overdue_at = now
    Clock.objects.bulk_update(clocks, ["stopped_at", "paused_at", "overdue_at"])
    _record("stop_clocks", owner_type, owner_id, actor, now, clocks)
    return clocks


@transaction.atomic
def run_on(
    *,
    owner_type: str,
    owner_id: int,
    names: Collection[ClockName],
    unit_id: int,
    actor: User | None,
    now: datetime,
) -> list[Clock]:
    """What the last stopped clocks of a unit measured was not done after all: they run on.

    They are due when they would have been had they never stopped; nothing is gained by an answer
    that did not hold.
    """
    stopped = Clock.objects.filter(
        owner_type=owner_type,
        owner_id=owner_id,
        name__in=names,
        unit_id=unit_id,
        stopped_at__isnull=False,
    )
    latest = {clock.name: clock for clock in stopped.select_for_update().order_by("id")}
    clocks = list(latest.values())
    for clock in clocks:
        clock.stopped_at = None
    Clock.objects.bulk_update(clocks, ["stopped_at"])
    _record("run_clocks_on", owner_type, owner_id, actor, now, clocks)
    return clocks


def _record(
    action: str,
    owner_type: str,
    owner_id: int,
    actor: User | None,
    now: datetime,
    clocks: Sequence[Clock],
) -> None:
    told: list[Json] = [
        {
            "clock": clock.pk,
            "name": str(clock.name),
            "unit": clock.unit_id,
            "due_at": clock.due_at.isoformat() if clock.due_at else None,
        }
        for clock in clocks
    ]
    record_event(
        action=action,
        object_type=owner_type,
        object_id=owner_id,
        actor=actor,
        now=now,
        details={"clocks": told},
    )
