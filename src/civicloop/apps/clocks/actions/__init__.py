"""Everything that changes clocks and the calendar they are counted by."""

from civicloop.apps.clocks.actions.calendars import (
    CalendarRefusedError,
    change_calendar_day,
    change_hours,
    import_calendar_file,
    save_calendar_year,
    seed_calendar,
)
from civicloop.apps.clocks.actions.limits import (
    ExtensionNotAllowedError,
    change_limit,
    extend_clock,
    record_caller_told,
    record_extension_told,
    replace_limit,
    shorten_clock,
)
from civicloop.apps.clocks.actions.opened import ClockIsStoppedError
from civicloop.apps.clocks.actions.pausing import (
    ClockIsPausedError,
    ClockNotPausedError,
    PauseOutsideClockError,
    pause_clock,
    resume_clock,
)
from civicloop.apps.clocks.actions.recounting import Recounted, recount_clocks
from civicloop.apps.clocks.actions.running import (
    ClockAlreadyRunsError,
    hand_over_clock,
    start_clock,
    stop_clock,
)
from civicloop.apps.clocks.actions.sweeping import Swept, sweep_clocks

__all__ = [
    "CalendarRefusedError",
    "ClockAlreadyRunsError",
    "ClockIsPausedError",
    "ClockIsStoppedError",
    "ClockNotPausedError",
    "ExtensionNotAllowedError",
    "PauseOutsideClockError",
    "Recounted",
    "Swept",
    "change_calendar_day",
    "change_hours",
    "change_limit",
    "extend_clock",
    "hand_over_clock",
    "import_calendar_file",
    "pause_clock",
    "record_caller_told",
    "record_extension_told",
    "recount_clocks",
    "replace_limit",
    "resume_clock",
    "save_calendar_year",
    "seed_calendar",
    "shorten_clock",
    "start_clock",
    "stop_clock",
    "sweep_clocks",
]
