"""Let the time stand, for a listed cause and with evidence, and let it run again."""

from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.clocks.actions.opened import open_clock, record_clock
from civicloop.apps.clocks.calendars import calendar_in_use
from civicloop.apps.clocks.counting import recount
from civicloop.apps.clocks.models import Clock, ClockPause, PauseReason
from civicloop.engines.pii import mask_pii


class ClockIsPausedError(ValueError):
    """The clock stands already."""


class ClockNotPausedError(ValueError):
    """The clock does not stand."""


class PauseOutsideClockError(ValueError):
    """The pause would begin before the clock did, in the future, or when it was due already."""


@transaction.atomic
def pause_clock(
    *,
    clock: Clock,
    reason: PauseReason,
    evidence: str,
    from_at: datetime,
    actor: User | None,
    now: datetime,
) -> Clock:
    """Let the clock stand from a moment on; it is neither late nor reminded of until it resumes.

    Raises:
        ClockIsStoppedError, ClockIsPausedError, PauseOutsideClockError: see each.
        InvalidLimitError: the evidence is empty.
    """
    evidence = mask_pii(evidence)  # of whom it tells stands with the order
    clock = open_clock(clock)
    if clock.paused_at is not None:
        raise ClockIsPausedError(str(clock))
    is_due = clock.due_at is not None and from_at >= clock.due_at
    overlaps = clock.pauses.filter(to_at__gt=from_at).exists()
    if not clock.started_at <= from_at <= now or is_due or overlaps:
        raise PauseOutsideClockError(f"{clock}: {from_at.isoformat()}")
    ClockPause.objects.create(
        clock=clock, reason=PauseReason(reason), evidence=evidence, from_at=from_at, actor=actor
    )
    clock.paused_at = from_at
    recount(clock, calendar_in_use(), now=now)
    clock.save()
    details = {"reason": str(reason), "evidence": evidence, "from_at": from_at.isoformat()}
    record_clock("pause_clock", clock, actor, now, dict(details))
    return clock


@transaction.atomic
def resume_clock(*, clock: Clock, actor: User | None, now: datetime) -> Clock:
    """Let the clock run again; the time it stood is given back.

    Raises:
        ClockIsStoppedError, ClockNotPausedError: see each.
    """
    clock = open_clock(clock)
    if clock.paused_at is None:
        raise ClockNotPausedError(str(clock))
    before = clock.due_at
    clock.pauses.filter(to_at=None).update(to_at=now)
    clock.paused_at = None
    recount(clock, calendar_in_use(), now=now)
    clock.save()
    was_due = before.isoformat() if before else None
    record_clock("resume_clock", clock, actor, now, {"was_due_at": was_due})
    return clock
