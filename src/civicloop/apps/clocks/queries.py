"""Questions about clocks and the years of the calendar."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from civicloop.apps.clocks.calendars import calendar_in_use
from civicloop.apps.clocks.limits import limit_from_json
from civicloop.apps.clocks.models import Clock, ClockBasis
from civicloop.engines.clocks import time_left


def open_clocks_of(owner_type: str, owner_id: int) -> QuerySet[Clock]:
    """The clocks of one owner that are not stopped, what is due first first."""
    clocks = Clock.objects.of_owner(owner_type, owner_id).filter(stopped_at=None)
    return clocks.select_related("unit").order_by("due_at", "id")


def time_left_of(clock: Clock, *, now: datetime) -> timedelta | None:
    """What is left in the time that its limit counts; below zero when late; none when not known."""
    if clock.due_at is None or clock.stopped_at is not None:
        return None
    is_leaders = clock.basis == ClockBasis.LEADER
    unit = limit_from_json((is_leaders and clock.leader_limit) or clock.limit).unit
    moment = clock.paused_at or now
    zone = timezone.get_default_timezone()
    return time_left(unit, moment, clock.due_at, calendar_in_use(), zone=zone)
