"""The same deadlines by walking: minute by minute, day by day, with nothing clever in it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from civicloop.engines.clocks import (
    DayEnd,
    DayKind,
    Extension,
    Limit,
    Pause,
    RollRule,
    StartRule,
    TimeUnit,
    WorkCalendar,
)
from tests.engines.clocks.calendars import SHANGHAI

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WORKED = {DayKind.WORKING, DayKind.MAKE_UP}


class Walk:
    def __init__(self, calendar: WorkCalendar, pauses: Sequence[Pause]) -> None:
        self.calendar = calendar
        self.pauses = pauses

    def is_open(self, minute: datetime) -> bool:
        """Whether the minute that begins here is one of business."""
        if self.calendar.kind_of(minute.date()) not in WORKED:
            return False
        number = minute.hour * 60 + minute.minute
        return any(first <= number < last for first, last in self.calendar.hours.spans)

    def is_paused(self, minute: datetime) -> bool:
        return any(p.from_at <= minute < p.to_at for p in self.pauses if p.to_at)

    def counts(self, minute: datetime, unit: TimeUnit) -> bool:
        worked = unit in {TimeUnit.WORKING_DAY, TimeUnit.WORKING_HOUR}
        return self.is_open(minute) if worked else True


def slow_due_at(
    limit: Limit,
    started_at: datetime,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
) -> datetime:
    walk = Walk(calendar, pauses)
    if limit.start == StartRule.NEXT_OPENING:
        while not walk.is_open(started_at):
            started_at += MINUTE
    if limit.unit in {TimeUnit.MINUTE, TimeUnit.HOUR, TimeUnit.WORKING_HOUR} or limit.n < 1:
        return _walk_minutes(walk, limit, started_at, extensions)
    return _walk_days(walk, limit, started_at, extensions)


def _walk_minutes(
    walk: Walk, limit: Limit, minute: datetime, extensions: Sequence[Extension]
) -> datetime:
    for part in [limit, *extensions]:
        minutes = part.n * (1 if part.unit == TimeUnit.MINUTE else 60)
        if part.unit == TimeUnit.WORKING_DAY:
            minutes = part.n * sum(last - first for first, last in walk.calendar.hours.spans)
        while minutes > 0:
            if walk.counts(minute, part.unit) and not walk.is_paused(minute):
                minutes -= 1
            minute += MINUTE
    return minute


def _walk_days(
    walk: Walk, limit: Limit, started_at: datetime, extensions: Sequence[Extension]
) -> datetime:
    day = started_at.date()
    if limit.start == StartRule.SAME_DAY:
        is_over = limit.day_end == DayEnd.CLOSE and started_at >= _end(walk, limit, day)
        day = day if is_over else day - DAY
    counted_from = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + DAY
    for part in [limit, *extensions]:
        day = _days_on(walk, day, int(part.n), part.unit)
    return _with_pauses(walk, limit, day, counted_from)


def _days_on(walk: Walk, day: date, n: int, unit: TimeUnit) -> date:
    if unit == TimeUnit.CALENDAR_MONTH:
        return _months_on(day, n)
    while n:
        day += DAY
        if unit == TimeUnit.CALENDAR_DAY or walk.calendar.kind_of(day) in WORKED:
            n -= 1
    return day


def _months_on(day: date, n: int) -> date:
    later = day
    while n:
        later += DAY
        if later.day == 1:
            n -= 1
    while later.day < day.day and (later + DAY).month == later.month:
        later += DAY
    return later


def _end(walk: Walk, limit: Limit, day: date) -> datetime:
    if limit.roll == RollRule.AFTER_REST_DAY:
        while walk.calendar.kind_of(day) not in WORKED:
            day += DAY
    if limit.roll == RollRule.AFTER_HOLIDAY:
        while walk.calendar.kind_of(day) == DayKind.HOLIDAY:
            day += DAY
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    if limit.day_end == DayEnd.CLOSE and walk.calendar.kind_of(day) in WORKED:
        return midnight + timedelta(minutes=walk.calendar.hours.spans[-1][1])
    return midnight + DAY


def _with_pauses(walk: Walk, limit: Limit, day: date, counted_from: datetime) -> datetime:
    """Look at every minute from the first to the last pause; a stretch that begins late is skipped."""
    due_at, last, lost = _end(walk, limit, day), day, 0
    length = 24 * 60
    if limit.unit == TimeUnit.WORKING_DAY:
        length = sum(end - begin for begin, end in walk.calendar.hours.spans)
    ended = [pause for pause in walk.pauses if pause.to_at]
    if not ended:
        return due_at
    minute = min(pause.from_at for pause in ended)
    end = max(pause.to_at for pause in ended)
    is_late, was_paused = False, False
    while minute <= end:
        is_paused = walk.is_paused(minute)
        if is_paused and not was_paused:
            is_late = minute >= due_at
        if is_paused and not is_late and minute >= counted_from:
            lost += walk.counts(minute, limit.unit)
        if was_paused and not is_paused:
            unit = limit.unit
            if unit == TimeUnit.CALENDAR_MONTH:
                unit = TimeUnit.CALENDAR_DAY
            due_at = _end(walk, limit, _days_on(walk, last, lost // length, unit))
        was_paused = is_paused
        minute += MINUTE
    return due_at
