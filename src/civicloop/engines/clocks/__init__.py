"""Deadlines: limits, the calendar of worked days, pauses, extensions and what is left.

Everything here is a function of its arguments; days are those of the zone that is given.
"""

from civicloop.engines.clocks.calendar import (
    ROUND_THE_CLOCK,
    BusinessHours,
    DayKind,
    InvalidHoursError,
    MissingCalendarYearError,
    SpecialDay,
    WorkCalendar,
)
from civicloop.engines.clocks.deadline import deadline
from civicloop.engines.clocks.effective import (
    Binding,
    EffectiveLimit,
    Instruction,
    LeaderMayOnlyShortenError,
    NoLimitError,
    binding_limit,
    effective_limit,
    refuse_longer,
)
from civicloop.engines.clocks.extensions import (
    ExtensionAfterDueError,
    ExtensionRefusedError,
    ExtensionRule,
    ExtensionTooLongError,
    ExtensionUnitError,
    LongCycleExceededError,
    TooManyExtensionsError,
    check_extension,
)
from civicloop.engines.clocks.remaining import reminder_at, time_left
from civicloop.engines.clocks.values import (
    DayEnd,
    Deadline,
    Extension,
    InvalidLimitError,
    Limit,
    Pause,
    RollRule,
    StartRule,
    Step,
    StepKind,
    TimeUnit,
)

__all__ = [
    "ROUND_THE_CLOCK",
    "Binding",
    "BusinessHours",
    "DayEnd",
    "DayKind",
    "Deadline",
    "EffectiveLimit",
    "Extension",
    "ExtensionAfterDueError",
    "ExtensionRefusedError",
    "ExtensionRule",
    "ExtensionTooLongError",
    "ExtensionUnitError",
    "Instruction",
    "InvalidHoursError",
    "InvalidLimitError",
    "LeaderMayOnlyShortenError",
    "Limit",
    "LongCycleExceededError",
    "MissingCalendarYearError",
    "NoLimitError",
    "Pause",
    "RollRule",
    "SpecialDay",
    "StartRule",
    "Step",
    "StepKind",
    "TimeUnit",
    "TooManyExtensionsError",
    "WorkCalendar",
    "binding_limit",
    "check_extension",
    "deadline",
    "effective_limit",
    "refuse_longer",
    "reminder_at",
    "time_left",
]
