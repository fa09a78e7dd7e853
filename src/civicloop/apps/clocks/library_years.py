"""The years that the library chinesecalendar knows (MIT; it is renewed after each yearly notice).

Only its tables are read. Its functions raise for a year it does not know, and so does our table.
"""

from chinese_calendar.constants import Holiday, holidays, workdays

from civicloop.apps.clocks.calendars import CalendarEntry
from civicloop.apps.clocks.models import CalendarDayKind

FESTIVALS = {"清明", "端午", "中秋"}  # the library drops the last character of these


def library_years() -> dict[int, list[CalendarEntry]]:
    """The special days of each year, in order."""
    found = [(day, CalendarDayKind.HOLIDAY, name) for day, name in holidays.items()]
    found += [(day, CalendarDayKind.MAKE_UP, name) for day, name in workdays.items()]
    years: dict[int, list[CalendarEntry]] = {}
    for day, kind, english in sorted(found):
        chinese = Holiday(english).chinese
        name = f"{chinese}节" if chinese in FESTIVALS else chinese
        years.setdefault(day.year, []).append(CalendarEntry(day, kind, name))
    return years
