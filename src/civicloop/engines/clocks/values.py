"""What a limit is, what interrupts and lengthens it, and what comes out.

Sources: Civil Code Art. 200-204 (how periods are counted), here applied to the limits of
administration by analogy; the switches are data of each limit, so a city can count otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class InvalidLimitError(ValueError):
    """A limit, a pause or an extension that cannot be counted."""


class TimeUnit(StrEnum):
    """What is counted."""

    MINUTE = "minute"  # round the clock, from the event
    HOUR = "hour"  # round the clock, from the event
    WORKING_HOUR = "working_hour"  # business hours only
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    CALENDAR_MONTH = "calendar_month"  # to the same number of a later month, or its last day

    @property
    def needs_worked_days(self) -> bool:
        """Whether counting asks the calendar at every step."""
        return self in {TimeUnit.WORKING_HOUR, TimeUnit.WORKING_DAY}


SECONDS_OF = {TimeUnit.MINUTE: 60, TimeUnit.HOUR: 3600, TimeUnit.WORKING_HOUR: 3600}


class StartRule(StrEnum):
    """Where counting begins."""

    FROM_EVENT = "from_event"  # hours run at once: Civil Code Art. 201 (2)
    NEXT_DAY = "next_day"  # the first day is not counted: Art. 201 (1)
    SAME_DAY = "same_day"  # the first day is day one ("done today")
    NEXT_OPENING = "next_opening"  # what comes after close has come at the next opening


class RollRule(StrEnum):
    """What happens when the last day is not worked: Art. 203 (1)."""

    NONE = "none"
    AFTER_HOLIDAY = "after_holiday"  # only days off by the yearly notice move the end
    AFTER_REST_DAY = "after_rest_day"  # weekends move it too: common practice


class DayEnd(StrEnum):
    """When the last day ends: Art. 203 (2)."""

    MIDNIGHT = "midnight"  # 24:00
    CLOSE = "close"  # when business closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long something may take.

    `n` is a whole number of days or months, any number of hours or minutes in whole seconds, or a
    part of one working day: 0.5 working day is half the business hours of a day, counted as they pass.

    Raises:
        InvalidLimitError: `n` is not positive or does not suit the unit, or the start rule does not.
    """

    n: Decimal
    unit: TimeUnit
    start: StartRule
    roll: RollRule = RollRule.NONE
    day_end: DayEnd = DayEnd.MIDNIGHT

    def __post_init__(self) -> None:
        _refuse_wrong_count(self.n, self.unit)
        if self.is_running and self.start not in {StartRule.FROM_EVENT, StartRule.NEXT_OPENING}:
            raise InvalidLimitError(f"hours cannot start by the rule {self.start}")
        if not self.is_running and self.start == StartRule.FROM_EVENT:
            raise InvalidLimitError("days do not run from the moment of the event")
        if self.unit == TimeUnit.CALENDAR_MONTH and self.start == StartRule.SAME_DAY:
            raise InvalidLimitError("months are counted from the day after the event")

    @property
    def is_running(self) -> bool:
        """Whether time is counted as it passes, not by whole days."""
        return is_running(self.n, self.unit)


def is_running(n: Decimal, unit: TimeUnit) -> bool:
    """Whether so much of this unit is counted as it passes, not by whole days."""
    return unit in SECONDS_OF or (unit == TimeUnit.WORKING_DAY and n < 1)


def _refuse_wrong_count(n: Decimal, unit: TimeUnit) -> None:
    if n <= 0:
        raise InvalidLimitError(f"{n} is not more than nothing")
    if is_running(n, unit):
        if n * SECONDS_OF.get(unit, 3600) % 1:
            raise InvalidLimitError(f"{n} {unit} is not a whole number of seconds")
    elif n % 1:
        raise InvalidLimitError(f"{n} is not a whole number of {unit}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time that does not count, with what proves that it must not (a hearing, a test …)."""

    from_at: datetime
    to_at: datetime | None  # none: the clock still stands
    evidence: str

    def __post_init__(self) -> None:
        if not self.evidence.strip():
            raise InvalidLimitError("a pause needs its evidence")
        if self.to_at is not None and self.to_at < self.from_at:
            raise InvalidLimitError("a pause ends before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time, as granted: counted on from the last day of the limit before it rolled."""

    n: Decimal
    unit: TimeUnit

    def __post_init__(self) -> None:
        _refuse_wrong_count(self.n, self.unit)


class StepKind(StrEnum):
    """One fact in the explanation of a deadline."""

    COUNTED = "counted"  # n units from from_day (hours: from `at`) to to_day
    OPENED = "opened"  # it came outside business hours; counting began at `at`
    HOLIDAY = "holiday"  # `name`: n days off, from_day to to_day
    MAKE_UP = "make_up"  # `name`: from_day was worked
    EXTENDED = "extended"  # n units more, now to to_day
    PAUSED = "paused"  # from `at` for `seconds`; gave n days back (no n: all of it)
    PAUSED_LATE = "paused_late"  # from `at`, when the limit had run out: gives nothing back
    STANDING = "standing"  # paused at `at` and not resumed yet
    ROLLED = "rolled"  # from_day is not worked (`name`, "" for a weekend): to_day
    SHORTENED = "shortened"  # without a leader's instruction it would end at `at`
    ENDS = "ends"  # at the end of to_day, or at the moment `at`


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One fact of the explanation; which fields are filled is told at its kind."""

    kind: StepKind
    n: Decimal | None = None
    unit: TimeUnit | None = None
    from_day: date | None = None
    to_day: date | None = None
    at: datetime | None = None
    name: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a limit ends, and why.

    What is done at `due_at` is in time, what is done after it is late. The end of a day (24:00) is
    the next day's 00:00.
    """

    due_at: datetime
    counted_from: datetime
    last_day: date  # the local day on which it ends
    steps: Sequence[Step]
    calendar_version: int
