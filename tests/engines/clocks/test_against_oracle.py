"""The engine against walking minute by minute, over calendars that never were."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from civicloop.engines.clocks import (
    BusinessHours,
    DayEnd,
    DayKind,
    Extension,
    Limit,
    Pause,
    RollRule,
    SpecialDay,
    StartRule,
    StepKind,
    TimeUnit,
    WorkCalendar,
    deadline,
    reminder_at,
    time_left,
)
from tests.engines.clocks.calendars import SHANGHAI
from tests.engines.clocks.oracle import slow_due_at

FIRST = date(2023, 1, 1)
EACH = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
HOURS = [
    BusinessHours(spans=((510, 720), (870, 1080))),
    BusinessHours(spans=((0, 1440),)),
    BusinessHours(spans=((540, 541), (541, 603), (1439, 1440))),
    BusinessHours(spans=((0, 1), (600, 663))),
]


@some.composite
def calendars(draw) -> WorkCalendar:
    days: dict[date, SpecialDay] = {}
    for _ in range(draw(some.integers(0, 6))):
        first = FIRST + timedelta(days=draw(some.integers(0, 150)))
        kind = draw(some.sampled_from([DayKind.HOLIDAY, DayKind.MAKE_UP]))
        for k in range(draw(some.integers(1, 9))):
            days[first + timedelta(days=k)] = SpecialDay(kind=kind, name="节")
    return WorkCalendar(
        years=frozenset({2023, 2024, 2025}),
        days=days,
        version=1,
        hours=draw(some.sampled_from(HOURS)),
        weekdays=draw(some.frozensets(some.integers(0, 6), min_size=2)),
    )


def moments(first: int = 0, last: int = 100 * 1440):
    begin = datetime(2023, 1, 1, tzinfo=SHANGHAI)
    return some.integers(first, last).map(lambda minute: begin + timedelta(minutes=minute))


@some.composite
def day_limits(draw) -> Limit:
    unit = draw(
        some.sampled_from([TimeUnit.CALENDAR_DAY, TimeUnit.WORKING_DAY, TimeUnit.CALENDAR_MONTH])
    )
    starts = [StartRule.NEXT_DAY, StartRule.NEXT_OPENING, StartRule.SAME_DAY]
    is_month = unit == TimeUnit.CALENDAR_MONTH
    return Limit(
        n=Decimal(draw(some.integers(1, 2 if is_month else 12))),
        unit=unit,
        start=draw(some.sampled_from(starts[:2] if is_month else starts)),
        roll=draw(some.sampled_from(RollRule)),
        day_end=draw(some.sampled_from(DayEnd)),
    )


@some.composite
def hour_limits(draw) -> Limit:
    units = [TimeUnit.MINUTE, TimeUnit.HOUR, TimeUnit.WORKING_HOUR, TimeUnit.WORKING_DAY]
    unit = draw(some.sampled_from(units))
    if unit == TimeUnit.WORKING_DAY:
        n = draw(some.sampled_from([Decimal("0.5"), Decimal("0.25")]))
    else:
        n = Decimal(draw(some.integers(1, 24))) / (1 if unit == TimeUnit.MINUTE else 4)
    start = draw(some.sampled_from([StartRule.FROM_EVENT, StartRule.NEXT_OPENING]))
    return Limit(n=n, unit=unit, start=start)


@some.composite
def pauses(draw) -> list[Pause]:
    found = []
    for _ in range(draw(some.integers(0, 3))):
        from_at = draw(moments(0, 108 * 1440))
        length = timedelta(minutes=draw(some.integers(0, 4 * 1440)))
        found.append(Pause(from_at=from_at, to_at=from_at + length, evidence="依据"))
    return found


@some.composite
def near_pauses(draw, started_at: datetime) -> list[Pause]:
    """Pauses that have something to do with a clock started here."""
    found = []
    for _ in range(draw(some.integers(0, 3))):
        from_at = started_at + timedelta(minutes=draw(some.integers(-1440, 10 * 1440)))
        length = timedelta(minutes=draw(some.integers(0, 4 * 1440)))
        found.append(Pause(from_at=from_at, to_at=from_at + length, evidence="依据"))
    return found


def is_in_business(moment: datetime, calendar: WorkCalendar) -> bool:
    number = moment.hour * 60 + moment.minute
    spans = calendar.hours.spans
    return calendar.is_worked(moment.date()) and any(a <= number <= b for a, b in spans)


@EACH
@given(some.data(), calendars(), moments(), day_limits())
def test_day_limits_end_where_walking_ends(data, calendar, started_at, limit):
    stops = data.draw(near_pauses(started_at))
    units = some.sampled_from([TimeUnit.CALENDAR_DAY, TimeUnit.WORKING_DAY])
    lengths = some.integers(1, 5).map(Decimal)
    extensions = data.draw(some.lists(some.builds(Extension, n=lengths, unit=units), max_size=2))

    found = deadline(
        limit, started_at, calendar, zone=SHANGHAI, pauses=stops, extensions=extensions
    )

    assert found.due_at == slow_due_at(limit, started_at, calendar, stops, extensions)


@EACH
@given(some.data(), calendars(), moments(), hour_limits())
def test_hour_limits_end_where_walking_ends(data, calendar, started_at, limit):
    stops = data.draw(near_pauses(started_at))
    units = some.sampled_from([TimeUnit.HOUR, TimeUnit.WORKING_HOUR])
    lengths = some.sampled_from([Decimal("0.5"), Decimal(3)])
    extensions = data.draw(some.lists(some.builds(Extension, n=lengths, unit=units), max_size=2))

    found = deadline(
        limit, started_at, calendar, zone=SHANGHAI, pauses=stops, extensions=extensions
    )

    assert found.due_at == slow_due_at(limit, started_at, calendar, stops, extensions)


@EACH
@given(calendars(), moments(), day_limits(), pauses(), moments())
def test_a_pause_never_brings_the_end_nearer(calendar, started_at, limit, stops, from_at):
    length = timedelta(minutes=1000)
    new = Pause(from_at=from_at, to_at=from_at + length, evidence="依据")

    before = deadline(limit, started_at, calendar, zone=SHANGHAI, pauses=stops)
    after = deadline(limit, started_at, calendar, zone=SHANGHAI, pauses=[*stops, new])

    assert after.due_at >= before.due_at


@EACH
@given(calendars(), moments(), some.one_of(day_limits(), hour_limits()), some.integers(1, 3000))
def test_who_starts_later_does_not_end_earlier(calendar, started_at, limit, minutes):
    later = started_at + timedelta(minutes=minutes)

    first = deadline(limit, started_at, calendar, zone=SHANGHAI)
    second = deadline(limit, later, calendar, zone=SHANGHAI)

    assert second.due_at >= first.due_at
    assert first.due_at > started_at


@EACH
@given(calendars(), moments(), some.one_of(day_limits(), hour_limits()), pauses())
def test_a_reminder_comes_within_the_limit_and_in_business_hours(
    calendar, started_at, limit, stops
):
    found = deadline(limit, started_at, calendar, zone=SHANGHAI, pauses=stops)

    reminder = reminder_at(limit.unit, found, calendar, zone=SHANGHAI, pauses=stops)

    assert found.counted_from <= reminder <= found.due_at
    left = time_left(limit.unit, reminder, found.due_at, calendar, zone=SHANGHAI)
    assert left >= timedelta(0)
    if limit.unit in {TimeUnit.WORKING_DAY, TimeUnit.WORKING_HOUR}:
        assert is_in_business(reminder, calendar)


@EACH
@given(calendars(), moments(), day_limits())
def test_the_words_name_every_holiday_and_make_up_day_between(calendar, started_at, limit):
    assume(limit.unit == TimeUnit.WORKING_DAY)

    found = deadline(limit, started_at, calendar, zone=SHANGHAI)

    off = sum(step.n for step in found.steps if step.kind == StepKind.HOLIDAY)
    worked = sum(step.kind == StepKind.MAKE_UP for step in found.steps)
    first = found.counted_from.date()
    if limit.start != StartRule.SAME_DAY:
        first += timedelta(days=1)
    between = [first + timedelta(days=k) for k in range((found.last_day - first).days + 1)]
    assert off == sum(calendar.kind_of(day) == DayKind.HOLIDAY for day in between)
    assert worked == sum(calendar.kind_of(day) == DayKind.MAKE_UP for day in between)
