"""Lengthen a clock, shorten it, put a statute's limit in place of the city's, tell the caller."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json
from civicloop.apps.clocks.actions.opened import open_clock, record_clock, set_limit
from civicloop.apps.clocks.calendars import calendar_in_use
from civicloop.apps.clocks.counting import last_day_of, pauses_of, recount
from civicloop.apps.clocks.limits import (
    LONG_CYCLE,
    USUAL,
    SourcedLimit,
    limit_as_json,
    limit_from_json,
    rule_from_json,
)
from civicloop.apps.clocks.models import Clock, ClockBasis, ClockExtension
from civicloop.engines.clocks import (
    Extension,
    Instruction,
    Limit,
    MissingCalendarYearError,
    TimeUnit,
    TooManyExtensionsError,
    check_extension,
    effective_limit,
    refuse_longer,
)
from civicloop.engines.pii import mask_pii


class ExtensionNotAllowedError(ValueError):
    """The limit allows no extension of this kind, or its end is not known yet."""


@transaction.atomic
def extend_clock(
    *,
    clock: Clock,
    n: Decimal,
    unit: TimeUnit,
    reason: str,
    approver: str,
    asked_at: datetime,
    actor: User | None,
    now: datetime,
    is_long_cycle: bool = False,
    caller_informed_at: datetime | None = None,
    centre_informed_at: datetime | None = None,
) -> Clock:
    """Grant more time on a request that came before due, as often and as much as the rule allows.

    A long-cycle matter has a rule of its own; what it was given is its last.

    Raises:
        ClockIsStoppedError, ExtensionNotAllowedError: see each.
        ExtensionRefusedError: asked after due, too many, too long, too long in all (subclasses).
        InvalidLimitError: days asked for hours, or hours for days.
        MissingCalendarYearError: the new end lies in a year that is not known.
    """
    reason = mask_pii(reason)  # of whom it tells stands with the order
    clock = open_clock(clock)
    before = clock.due_at
    rule_name = LONG_CYCLE if is_long_cycle else USUAL
    if rule_name not in clock.extension_rules or before is None:
        raise ExtensionNotAllowedError(f"{clock}: {rule_name}")
    kept = list(clock.extensions.filter(granted_at__gte=clock.limit_set_at))
    if not is_long_cycle and any(each.is_long_cycle for each in kept):
        raise TooManyExtensionsError("the time of a long-cycle matter has been granted")
    granted = [
        Extension(n=each.n, unit=TimeUnit(each.unit))
        for each in kept
        if each.is_long_cycle == is_long_cycle
    ]
    asked = Extension(n=n, unit=unit)
    ClockExtension.objects.create(
        clock=clock,
        seq=clock.extensions.count() + 1,
        n=n,
        unit=unit,
        is_long_cycle=is_long_cycle,
        reason=reason,
        approver=approver,
        asked_at=asked_at,
        granted_at=now,
        caller_informed_at=caller_informed_at,
        centre_informed_at=centre_informed_at,
    )
    recount(clock, calendar_in_use(), now=now)
    if clock.waits_for_year is not None or clock.due_at is None:
        raise MissingCalendarYearError(clock.waits_for_year or now.year)
    check_extension(
        asked,
        asked_at=asked_at,
        due_at=before,
        rule=rule_from_json(clock.extension_rules[rule_name]),
        granted=granted,
        started_day=timezone.localdate(clock.started_at),
        last_day=last_day_of(clock.due_at),
    )
    clock.save()
    details: Mapping[str, Json] = {"n": str(n), "unit": unit.value, "reason": reason}
    told = {
        "approver": approver,
        "asked_at": asked_at.isoformat(),
        "was_due_at": before.isoformat(),
    }
    record_clock("extend_clock", clock, actor, now, {**details, **told})
    return clock


@transaction.atomic
def shorten_clock(
    *,
    clock: Clock,
    limit: Limit,
    leader: str,
    given_at: datetime,
    actor: User | None,
    now: datetime,
) -> Clock:
    """Put a leader's instruction on the clock; it counts from the moment it was given.

    Raises:
        ClockIsStoppedError: see there.
        LeaderMayOnlyShortenError: it would end no earlier than what binds already.
    """
    clock = open_clock(clock)
    calendar = calendar_in_use()
    instruction = Instruction(limit=limit, given_at=given_at)
    was_due = clock.due_at.isoformat() if clock.due_at else None
    if clock.due_at is not None:
        refuse_longer(
            instruction,
            due_at=clock.due_at,
            calendar=calendar,
            zone=timezone.get_default_timezone(),
            pauses=pauses_of(clock),
        )
    clock.leader, clock.leader_given_at = leader, given_at
    clock.leader_limit = limit_as_json(limit)
    recount(clock, calendar, now=now)
    clock.save()
    details: dict[str, Json] = {"leader": leader, "limit": limit_as_json(limit)}
    record_clock("shorten_clock", clock, actor, now, {**details, "was_due_at": was_due})
    return clock


@transaction.atomic
def change_limit(*, clock: Clock, chosen: SourcedLimit, actor: User | None, now: datetime) -> Clock:
    """Put another of the city's own limits in place of the one the clock has; the start stays.

    Extensions granted for the old limit end with it.

    Raises:
        ClockIsStoppedError: see there.
    """
    clock = open_clock(clock)
    before = _limit_before(clock)
    set_limit(clock, chosen, now=now)
    recount(clock, calendar_in_use(), now=now)
    clock.save()
    record_clock("change_limit", clock, actor, now, {**before, "source": chosen.source})
    return clock


@transaction.atomic
def replace_limit(
    *, clock: Clock, statute: SourcedLimit, actor: User | None, now: datetime
) -> Clock:
    """Put a statute's limit in place of the one the clock has, longer or shorter.

    Extensions granted for the old limit end with it. The caller must be told the legal limit.

    Raises:
        ClockIsStoppedError: see there.
    """
    clock = open_clock(clock)
    before = _limit_before(clock)
    found = effective_limit(limit_from_json(clock.limit), statute.limit)
    set_limit(clock, statute, now=now)
    clock.limit_basis = ClockBasis.STATUTE
    if found.must_tell_caller:
        clock.must_tell_caller, clock.caller_told_at = True, None
    recount(clock, calendar_in_use(), now=now)
    clock.save()
    record_clock("replace_limit", clock, actor, now, {**before, "source": statute.source})
    return clock


def _limit_before(clock: Clock) -> dict[str, Json]:
    return {
        "was_due_at": clock.due_at.isoformat() if clock.due_at else None,
        "was_limit": clock.limit,
        "was_source": clock.limit_source,
    }


@transaction.atomic
def record_caller_told(*, clock: Clock, actor: User | None, now: datetime) -> Clock:
    """Keep that the caller has been told the limit of the statute."""
    clock = Clock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    clock.caller_told_at = now
    clock.save(update_fields=["caller_told_at"])
    record_clock("record_caller_told", clock, actor, now, {})
    return clock


@transaction.atomic
def record_extension_told(
    *,
    extension: ClockExtension,
    actor: User | None,
    now: datetime,
    caller_informed_at: datetime | None = None,
    centre_informed_at: datetime | None = None,
) -> ClockExtension:
    """Keep that the caller, or the centre, has been told of an extension and its reason."""
    extension.caller_informed_at = caller_informed_at or extension.caller_informed_at
    extension.centre_informed_at = centre_informed_at or extension.centre_informed_at
    extension.save(update_fields=["caller_informed_at", "centre_informed_at"])
    details: dict[str, Json] = {
        "seq": extension.seq,
        "caller": caller_informed_at.isoformat() if caller_informed_at else None,
        "centre": centre_informed_at.isoformat() if centre_informed_at else None,
    }
    record_clock("record_extension_told", extension.clock, actor, now, details)
    return extension
