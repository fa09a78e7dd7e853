"""The State Council's days of 2023 and 2024, typed from the notices, and short ways to say things."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from civicloop.engines.clocks import (
    BusinessHours,
    DayEnd,
    DayKind,
    Limit,
    RollRule,
    SpecialDay,
    StartRule,
    TimeUnit,
    WorkCalendar,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = BusinessHours(spans=((510, 720), (870, 1080)))  # 08:30–12:00, 14:30–18:00: 7 hours

OFF = {  # first day, days, name
    2023: [
        ("2023-01-01", 2, "元旦"),  # 2022-12-31 belongs to it
        ("2023-01-21", 7, "春节"),
        ("2023-04-05", 1, "清明节"),
        ("2023-04-29", 5, "劳动节"),
        ("2023-06-22", 3, "端午节"),
        ("2023-09-29", 1, "中秋节"),
        ("2023-09-30", 7, "国庆节"),
        ("2023-12-30", 2, "元旦"),
    ],
    2024: [
        ("2024-01-01", 1, "元旦"),
        ("2024-02-10", 8, "春节"),
        ("2024-04-04", 3, "清明节"),
        ("2024-05-01", 5, "劳动节"),
        ("2024-06-10", 1, "端午节"),
        ("2024-09-15", 3, "中秋节"),
        ("2024-10-01", 7, "国庆节"),
    ],
}
WORKED = {
    "春节": ["2023-01-28", "2023-01-29", "2024-02-04", "2024-02-18"],
    "劳动节": ["2023-04-23", "2023-05-06", "2024-04-28", "2024-05-11"],
    "端午节": ["2023-06-25"],
    "国庆节": ["2023-10-07", "2023-10-08", "2024-09-29", "2024-10-12"],
    "清明节": ["2024-04-07"],
    "中秋节": ["2024-09-14"],
}


def special_days() -> dict[date, SpecialDay]:
    days = {
        date.fromisoformat(day): SpecialDay(kind=DayKind.MAKE_UP, name=name)
        for name, worked in WORKED.items()
        for day in worked
    }
    for runs in OFF.values():
        for first, count, name in runs:
            for k in range(count):
                day = date.fromisoformat(first) + timedelta(days=k)
                days[day] = SpecialDay(kind=DayKind.HOLIDAY, name=name)
    return days


def china(
    hours: BusinessHours = OFFICE, weekdays: frozenset[int] = frozenset(range(5))
) -> WorkCalendar:
    return WorkCalendar(
        years=frozenset(OFF), days=special_days(), version=7, hours=hours, weekdays=weekdays
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def working_days(
    n: str | int, start: StartRule = StartRule.NEXT_DAY, day_end: DayEnd = DayEnd.MIDNIGHT
) -> Limit:
    return Limit(n=Decimal(n), unit=TimeUnit.WORKING_DAY, start=start, day_end=day_end)


def part_of_a_day(n: str) -> Limit:
    return Limit(n=Decimal(n), unit=TimeUnit.WORKING_DAY, start=StartRule.FROM_EVENT)


def calendar_days(n: int, roll: RollRule = RollRule.AFTER_REST_DAY) -> Limit:
    return Limit(n=Decimal(n), unit=TimeUnit.CALENDAR_DAY, start=StartRule.NEXT_DAY, roll=roll)


def hours(n: str | int) -> Limit:
    return Limit(n=Decimal(n), unit=TimeUnit.HOUR, start=StartRule.FROM_EVENT)


def working_hours(n: str | int) -> Limit:
    return Limit(n=Decimal(n), unit=TimeUnit.WORKING_HOUR, start=StartRule.FROM_EVENT)
