"""When a limit ends: the one calculation behind every due time.

Days (Civil Code 200-204): the first day is not counted unless the limit says so; the last day may
roll; it ends at 24:00 or at close of business. Extensions are counted on from the last day before
it rolled, so that a roll is given once, at the very end. Pauses give back whole days: the time
paused that would have counted, divided by the length of a day, rounded down. Hours run as they
pass; a pause gives back exactly its length.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from civicloop.engines.clocks.calendar import MINUTES_OF_A_DAY, WorkCalendar, moment_of
from civicloop.engines.clocks.days import ONE_DAY, count_on, roll, special_days
from civicloop.engines.clocks.spans import (
    Span,
    closed_spans,
    counted_time,
    in_utc,
    next_opening,
    run_on,
)
from civicloop.engines.clocks.values import (
    SECONDS_OF,
    DayEnd,
    Deadline,
    Extension,
    InvalidLimitError,
    Limit,
    Pause,
    StartRule,
    Step,
    StepKind,
    TimeUnit,
    is_running,
)


def deadline(
    limit: Limit,
    started_at: datetime,
    calendar: WorkCalendar,
    *,
    zone: tzinfo,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Deadline:
    """When the limit ends, and by which facts.

    Args:
        limit: how long.
        started_at: the event that starts it; aware.
        calendar: the worked days and hours.
        zone: the zone whose days are counted.
        pauses: times that do not count, in any order; one without an end gives nothing back yet.
        extensions: what was granted, in order; days lengthen days, hours lengthen hours.

    Raises:
        InvalidLimitError: a moment has no zone, or an extension does not suit the limit.
        MissingCalendarYearError: a year whose days must be known is not.
    """
    if any(is_running(more.n, more.unit) != limit.is_running for more in extensions):
        raise InvalidLimitError("days are lengthened by days, hours by hours")
    begin = _begin(limit, started_at, calendar, zone)
    count = _Count(limit=limit, begin=begin, calendar=calendar, zone=zone, extensions=extensions)
    if in_utc(begin) != in_utc(started_at):
        count.steps.append(Step(kind=StepKind.OPENED, at=begin))
    due_at = count.hours(pauses) if limit.is_running else count.days(pauses)
    standing = [pause for pause in pauses if pause.to_at is None]
    count.steps += [Step(kind=StepKind.STANDING, at=pause.from_at) for pause in standing]
    last_day = (in_utc(due_at) - timedelta(microseconds=1)).astimezone(zone).date()
    count.steps.append(Step(kind=StepKind.ENDS, at=due_at, to_day=last_day))
    return Deadline(
        due_at=due_at,
        counted_from=begin,
        last_day=last_day,
        steps=tuple(count.steps),
        calendar_version=calendar.version,
    )


def _begin(limit: Limit, started_at: datetime, calendar: WorkCalendar, zone: tzinfo) -> datetime:
    """The moment that counts as the event's."""
    local = in_utc(started_at).astimezone(zone)
    if limit.start == StartRule.NEXT_OPENING:
        return next_opening(local, calendar, zone).astimezone(zone)
    is_day_one = limit.start == StartRule.SAME_DAY and limit.day_end == DayEnd.CLOSE
    if is_day_one and calendar.is_worked(local.date()):
        close = moment_of(local.date(), calendar.close_of(local.date()), zone)
        if in_utc(local) >= in_utc(close):  # day one is over: tomorrow is day one
            return moment_of(local.date(), MINUTES_OF_A_DAY, zone)
    return local


@dataclass(kw_only=True)
class _Count:
    """One calculation under way, with the steps told so far."""

    limit: Limit
    begin: datetime
    calendar: WorkCalendar
    zone: tzinfo
    extensions: Sequence[Extension]
    steps: list[Step] = field(default_factory=list)

    def hours(self, pauses: Sequence[Pause]) -> datetime:
        """Let the limit and its extensions run."""
        stops = closed_spans(pauses)
        due_at = self._run(self.begin, self.limit.n, self.limit.unit, stops)
        self._tell_count(self.begin.date(), due_at.astimezone(self.zone).date())
        for more in self.extensions:
            due_at = self._run(due_at, more.n, more.unit, stops)
            self._tell_extension(more, due_at.astimezone(self.zone).date())
        for stop in stops:
            if stop.from_at >= due_at:
                self._tell_pause(StepKind.PAUSED_LATE, stop)
                continue
            self._tell_pause(StepKind.PAUSED, stop)
        return due_at.astimezone(self.zone)

    def _run(
        self, from_at: datetime, n: Decimal, unit: TimeUnit, stops: Sequence[Span]
    ) -> datetime:
        one = SECONDS_OF.get(unit, self.calendar.hours.minutes * 60)
        length = timedelta(seconds=int(n * one))
        return run_on(from_at, length, self.calendar, zone=self.zone, unit=unit, pauses=stops)

    def days(self, pauses: Sequence[Pause]) -> datetime:
        """Count the days of the limit and its extensions, then give back the days paused."""
        first = self.begin.date()
        is_day_one = self.limit.start == StartRule.SAME_DAY
        last = first - ONE_DAY if is_day_one else first
        counted_from = moment_of(last + ONE_DAY, 0, self.zone)
        last = count_on(last, int(self.limit.n), self.limit.unit, self.calendar)
        self._tell_count(first, last)
        for more in self.extensions:
            last = count_on(last, int(more.n), more.unit, self.calendar)
            self._tell_extension(more, last)
        last = self._give_back(last, counted_from, pauses)
        self._tell_special_days(counted_from.date(), last)
        end = roll(last, self.limit.roll, self.calendar)
        if end != last:
            name = self.calendar.name_of(last)
            self.steps.append(Step(kind=StepKind.ROLLED, from_day=last, to_day=end, name=name))
        return self._end_of(end)

    def _give_back(self, last: date, counted_from: datetime, pauses: Sequence[Pause]) -> date:
        due_at = self._end_of(roll(last, self.limit.roll, self.calendar))
        unpaused, paused = last, timedelta(0)
        for stop in closed_spans(pauses):
            if stop.from_at >= in_utc(due_at):
                self._tell_pause(StepKind.PAUSED_LATE, stop)
                continue
            before = paused // self._day
            paused += self._counted(max(stop.from_at, in_utc(counted_from)), stop.to_at)
            given = paused // self._day
            last = count_on(unpaused, given, self._unit_of_days, self.calendar)
            due_at = self._end_of(roll(last, self.limit.roll, self.calendar))
            self._tell_pause(StepKind.PAUSED, stop, given - before)
        return last

    @property
    def _unit_of_days(self) -> TimeUnit:
        is_worked = self.limit.unit.needs_worked_days
        return TimeUnit.WORKING_DAY if is_worked else TimeUnit.CALENDAR_DAY

    @property
    def _day(self) -> timedelta:
        """As much counted time as makes a day."""
        is_worked = self.limit.unit.needs_worked_days
        return timedelta(minutes=self.calendar.hours.minutes if is_worked else MINUTES_OF_A_DAY)

    def _counted(self, from_at: datetime, to_at: datetime) -> timedelta:
        is_worked = self.limit.unit.needs_worked_days
        return counted_time(from_at, to_at, self.calendar, zone=self.zone, is_worked=is_worked)

    def _end_of(self, day: date) -> datetime:
        at_close = self.limit.day_end == DayEnd.CLOSE
        return moment_of(
            day, self.calendar.close_of(day) if at_close else MINUTES_OF_A_DAY, self.zone
        )

    def _tell_count(self, first: date, last: date) -> None:
        self.steps.append(
            Step(
                kind=StepKind.COUNTED,
                n=self.limit.n,
                unit=self.limit.unit,
                from_day=first,
                to_day=last,
                at=self.begin if self.limit.is_running else None,
            )
        )
        if self.limit.is_running:
            self._tell_special_days(first, last)

    def _tell_special_days(self, first: date, last: date) -> None:
        if self.limit.unit.needs_worked_days and last >= first:
            self.steps.extend(special_days(first, last, self.calendar))

    def _tell_extension(self, more: Extension, last: date) -> None:
        self.steps.append(Step(kind=StepKind.EXTENDED, n=more.n, unit=more.unit, to_day=last))

    def _tell_pause(self, kind: StepKind, stop: Span, days: int | None = None) -> None:
        from_at = stop.from_at.astimezone(self.zone)
        seconds = int(stop.length.total_seconds())
        n = None if days is None else Decimal(days)
        self.steps.append(Step(kind=kind, n=n, at=from_at, seconds=seconds))
