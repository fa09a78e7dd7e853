"""Start a clock, stop it, hand it over to the next unit."""

from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.clocks.actions.calendars import seed_calendar
from civicloop.apps.clocks.actions.opened import open_clock, record_clock, set_limit
from civicloop.apps.clocks.calendars import NoCalendarError, calendar_in_use
from civicloop.apps.clocks.counting import recount
from civicloop.apps.clocks.limits import SourcedLimit
from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.places.models import Unit
from civicloop.engines.clocks import NoLimitError, WorkCalendar, effective_limit


class ClockAlreadyRunsError(ValueError):
    """The party has a running clock of this name already."""


@transaction.atomic
def start_clock(
    *,
    owner_type: str,
    owner_id: int,
    name: ClockName,
    preset: SourcedLimit | None,
    started_at: datetime,
    actor: User | None,
    now: datetime,
    unit: Unit | None = None,
    statute: SourcedLimit | None = None,
) -> Clock:
    """Start a party's clock by the city's limit or, where one is given, by the statute's.

    Where a year is missing from the calendar the clock starts all the same: it waits for the year
    (`waits_for_year`), is due at no guessed moment, and is counted when the year has been loaded.

    Raises:
        ClockAlreadyRunsError: the same clock of the same owner and unit runs already.
        NoLimitError: neither a preset nor a statute is given.
    """
    same = Clock.objects.filter(
        owner_type=owner_type, owner_id=owner_id, name=name, unit=unit, stopped_at=None
    )
    if same.exists():
        raise ClockAlreadyRunsError(f"{owner_type} {owner_id} {name}")
    chosen = statute or preset
    if chosen is None:
        raise NoLimitError(name)
    found = effective_limit(
        None if preset is None else preset.limit, None if statute is None else statute.limit
    )
    clock = Clock(
        owner_type=owner_type,
        owner_id=owner_id,
        name=name,
        unit=unit,
        started_at=started_at,
        must_tell_caller=found.must_tell_caller,
    )
    set_limit(clock, chosen, now=now)
    recount(clock, calendar_to_count_by(now), now=now, is_new=True)
    clock.save()
    record_clock("start_clock", clock, actor, now, {"source": clock.limit_source})
    return clock


def calendar_to_count_by(now: datetime) -> WorkCalendar:
    """The calendar in use; the very first clock finds none and loads the library's years."""
    try:
        return calendar_in_use()
    except NoCalendarError:
        with suppress(IntegrityError):  # another process loaded them at this moment
            seed_calendar(actor=None, now=now)
        return calendar_in_use()


@transaction.atomic
def stop_clock(*, clock: Clock, actor: User | None, now: datetime) -> Clock:
    """Stop a clock: what it measured is done. One that is late by now is marked so.

    Raises:
        ClockIsStoppedError: it was stopped before.
    """
    clock = open_clock(clock)
    clock.stopped_at = now
    if clock.paused_at is not None:
        clock.pauses.filter(to_at=None).update(to_at=now)
        clock.paused_at = None
        recount(clock, calendar_in_use(), now=now)
    if clock.due_at is not None and now > clock.due_at and clock.overdue_at is None:
        clock.overdue_at = now
    clock.save()
    record_clock("stop_clock", clock, actor, now, {"is_late": clock.overdue_at is not None})
    return clock


@transaction.atomic
def hand_over_clock(*, clock: Clock, unit: Unit, actor: User | None, now: datetime) -> Clock:
    """Stop a unit's clock and start the same for the next unit, with its own full time; gives the new.

    A leader's instruction was meant for the first unit's order as it stood and does not pass on.

    Raises:
        ClockIsStoppedError: the clock was stopped before.
        ClockAlreadyRunsError: the next unit has a running one already.
    """
    kept = stop_clock(clock=clock, actor=actor, now=now)
    same = Clock.objects.filter(
        owner_type=kept.owner_type, owner_id=kept.owner_id, name=kept.name, unit=unit
    )
    if same.filter(stopped_at=None).exists():
        raise ClockAlreadyRunsError(f"{kept.owner_type} {kept.owner_id} {kept.name}")
    clock = Clock(
        owner_type=kept.owner_type,
        owner_id=kept.owner_id,
        name=kept.name,
        unit=unit,
        started_at=now,
        limit=kept.limit,
        limit_basis=kept.limit_basis,
        limit_source=kept.limit_source,
        limit_set_at=now,
        extension_rules=kept.extension_rules,
        must_tell_caller=kept.must_tell_caller,
        caller_told_at=kept.caller_told_at,
    )
    recount(clock, calendar_in_use(), now=now, is_new=True)
    clock.save()
    record_clock("hand_over_clock", clock, actor, now, {"from_clock": kept.pk})
    return clock
