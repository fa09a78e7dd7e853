"""Stretches of time that count: all of it or business hours, without the pauses."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from civicloop.engines.clocks.calendar import WorkCalendar, moment_of
from civicloop.engines.clocks.values import InvalidLimitError, Pause, TimeUnit

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a moment to a later one, in UTC: lengths are then true in every zone."""

    from_at: datetime
    to_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.to_at - self.from_at


def closed_spans(pauses: Iterable[Pause]) -> list[Span]:
    """The pauses that have ended as spans in order, those that touch or overlap made one."""
    ended = sorted(
        (in_utc(pause.from_at), in_utc(pause.to_at)) for pause in pauses if pause.to_at is not None
    )
    merged: list[Span] = []
    for from_at, to_at in ended:
        if merged and from_at <= merged[-1].to_at:
            last = merged.pop()
            merged.append(Span(from_at=last.from_at, to_at=max(last.to_at, to_at)))
        else:
            merged.append(Span(from_at=from_at, to_at=to_at))
    return merged


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC.

    Raises:
        InvalidLimitError: it has no zone.
    """
    if moment.tzinfo is None:
        raise InvalidLimitError(f"{moment} has no zone")
    return moment.astimezone(UTC)


def business_spans(from_at: datetime, calendar: WorkCalendar, zone: tzinfo) -> Iterator[Span]:
    """The business hours from a moment on, for ever, the first one cut where the moment lies in it.

    Raises:
        MissingCalendarYearError: a year is reached whose days are not known.
    """
    day = from_at.astimezone(zone).date()
    begin = in_utc(from_at)
    while True:
        if calendar.is_worked(day):
            for first, last in calendar.hours.spans:
                opens = in_utc(moment_of(day, first, zone))
                closes = in_utc(moment_of(day, last, zone))
                if closes > begin:
                    yield Span(from_at=max(opens, begin), to_at=closes)
        day += timedelta(days=1)


def next_opening(from_at: datetime, calendar: WorkCalendar, zone: tzinfo) -> datetime:
    """The moment itself inside business hours, else the next opening; raises as `business_spans`."""
    return next(business_spans(from_at, calendar, zone)).from_at


def counted_time(
    from_at: datetime, to_at: datetime, calendar: WorkCalendar, *, zone: tzinfo, is_worked: bool
) -> timedelta:
    """How much of the time between two moments counts.

    Args:
        from_at: the beginning.
        to_at: the end; before the beginning gives nothing.
        calendar: the worked days and hours.
        zone: where the days are.
        is_worked: business hours only, else all of it.

    Raises:
        MissingCalendarYearError: a year in between is not known and business hours are asked.
    """
    begin, end = in_utc(from_at), in_utc(to_at)
    if end <= begin:
        return NOTHING
    if not is_worked:
        return end - begin
    total, day = NOTHING, begin.astimezone(zone).date()
    while in_utc(moment_of(day, 0, zone)) < end:
        if calendar.is_worked(day):
            for first, last in calendar.hours.spans:
                opens = max(in_utc(moment_of(day, first, zone)), begin)
                closes = min(in_utc(moment_of(day, last, zone)), end)
                total += max(closes - opens, NOTHING)
        day += timedelta(days=1)
    return total


def run_on(
    from_at: datetime,
    length: timedelta,
    calendar: WorkCalendar,
    *,
    zone: tzinfo,
    unit: TimeUnit,
    pauses: Sequence[Span] = (),
) -> datetime:
    """The first moment at which so much time has passed that counts, outside the pauses, in UTC.

    Raises:
        MissingCalendarYearError: a year is reached whose days are not known.
    """
    left = length
    for free in _without(_flow(in_utc(from_at), unit, calendar, zone), pauses):
        if free.length >= left:
            return free.from_at + left
        left -= free.length
    raise AssertionError("time does not end")  # pragma: no cover


def _flow(begin: datetime, unit: TimeUnit, calendar: WorkCalendar, zone: tzinfo) -> Iterator[Span]:
    if unit.needs_worked_days:
        yield from business_spans(begin, calendar, zone)
    else:
        yield Span(from_at=begin, to_at=datetime.max.replace(tzinfo=UTC))


def _without(flow: Iterable[Span], pauses: Sequence[Span]) -> Iterator[Span]:
    """The flow with the pauses cut out of it; the pauses are in order and apart."""
    for span in flow:
        begin = span.from_at
        for pause in pauses:
            if pause.to_at <= begin or pause.from_at >= span.to_at:
                continue
            if pause.from_at > begin:
                yield Span(from_at=begin, to_at=pause.from_at)
            begin = min(pause.to_at, span.to_at)
        if begin < span.to_at:
            yield Span(from_at=begin, to_at=span.to_at)
