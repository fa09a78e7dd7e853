"""Read a year's special days from a table that a city or a notice brings along."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from civicloop.apps.clocks.calendars import CalendarEntry
from civicloop.apps.clocks.models import CalendarDayKind
from civicloop.apps.places.reference_files import (
    ReferenceCode,
    ReferenceProblem,
    ReferenceRow,
    read_reference_file,
    refuse,
)
from civicloop.connectors.spreadsheets import UnreadableFileError

DECEMBER, FIRST_WEEKEND_DAY = 12, 5
LONGEST_NAME = 40
COLUMNS = {
    "day": ("日期", "date"),
    "kind": ("类型", "类别"),
    "name": ("名称", "节日", "节假日", "holiday"),
}
KIND_WORDS = {
    "holiday": CalendarDayKind.HOLIDAY,
    "放假": CalendarDayKind.HOLIDAY,
    "休": CalendarDayKind.HOLIDAY,
    "休息": CalendarDayKind.HOLIDAY,
    "节假日": CalendarDayKind.HOLIDAY,
    "make_up": CalendarDayKind.MAKE_UP,
    "上班": CalendarDayKind.MAKE_UP,
    "班": CalendarDayKind.MAKE_UP,
    "调休": CalendarDayKind.MAKE_UP,
    "调休上班": CalendarDayKind.MAKE_UP,
    "补班": CalendarDayKind.MAKE_UP,
}


class NoTableError(ValueError):
    """The file is no table; the reason is the reader's."""

    def __init__(self, reason: UnreadableFileError) -> None:
        self.reason = reason
        super().__init__(str(reason))


def read_calendar_file(file: Path, *, day: date) -> tuple[int, list[CalendarEntry]]:
    """The year of the table and its days; one year, and days of the December before.

    Raises:
        ReferenceFileError: a row is wrong, or the table holds no row.
        NoTableError: it cannot be read.
    """
    required = ("day", "kind", "name")
    try:
        rows = read_reference_file(file, columns=COLUMNS, required=required, day=day)
    except UnreadableFileError as error:
        raise NoTableError(error) from None
    refuse(_problems(rows))
    entries = [
        CalendarEntry(_day_of(row), KIND_WORDS[row.values["kind"].lower()], row.values["name"])
        for row in rows
    ]
    return max(entry.day.year for entry in entries), entries


def is_needless(day: date, kind: CalendarDayKind) -> bool:
    """A make-up workday on a day that is worked anyway is a slip."""
    return kind == CalendarDayKind.MAKE_UP and day.weekday() < FIRST_WEEKEND_DAY


def belongs(day: date, year: int) -> bool:
    """Whether a year's notice may name this day: a New Year holiday can begin in December."""
    return day.year == year or (day.year == year - 1 and day.month == DECEMBER)


def _day_of(row: ReferenceRow) -> date:
    """The day of a row, written 2027-01-01, 2027/1/1, 2027年1月1日 or as a workbook's date."""
    text = row.values["day"].split(" ")[0].split("T")[0]
    for sign in ("年", "月", "/", "."):
        text = text.replace(sign, "-")
    year, month, number = text.rstrip("日").split("-")
    return date(int(year), int(month), int(number))


def _problems(rows: Sequence[ReferenceRow]) -> Iterator[ReferenceProblem]:
    if not rows:
        yield ReferenceProblem(code=ReferenceCode.EMPTY, row=2, column=COLUMNS["day"][0])
    days: dict[date, ReferenceRow] = {}
    for row in rows:
        try:
            day = _day_of(row)
        except ValueError:
            yield row.problem(ReferenceCode.WRONG_DAY, "day")
            continue
        if day in days:
            yield row.problem(ReferenceCode.TWICE, "day")
        days[day] = row
        yield from _problems_of(row, day)
    last_year = max((day.year for day in days), default=0)
    for day, row in days.items():
        if not belongs(day, last_year):
            yield row.problem(ReferenceCode.WRONG_DAY, "day")


def _problems_of(row: ReferenceRow, day: date) -> Iterator[ReferenceProblem]:
    kind = KIND_WORDS.get(row.values["kind"].lower())
    if kind is None:
        yield row.problem(ReferenceCode.UNKNOWN_DAY_KIND, "kind")
    elif is_needless(day, kind):
        yield row.problem(ReferenceCode.WRONG_DAY, "day")
    if len(row.values["name"]) > LONGEST_NAME:
        yield row.problem(ReferenceCode.TOO_LONG, "name")
