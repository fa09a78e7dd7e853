"""Hours, days and periods as files write them: the clock on the wall, whatever zone stands behind it."""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

_TIME = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:\s*[（(]?(?:星期|周|礼拜)[一二三四五六日天][）)]?)?"
    r"(?:[T\s]*(?P<hour>\d{1,2})\s*(?:[:时]\s*(?P<minute>\d{1,2})?\s*[:分]?\s*(?P<second>\d{1,2})?"
    r"(?:\.0+)?)?)?"
    r"(?:Z|[+-]\d\d:?\d\d)?"
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:[T\s]?(?P<hour>\d\d)(?::?(?P<minute>\d\d)(?::?(?P<second>\d\d))?)?)?"
)
_WHOLE_DAYS = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)"),
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"),
)
_MONTH_FIRST = re.compile(r"(?:\d{1,2}\D{1,3})?(\d{1,2})\s*[-/.月]\s*((?:19|20)\d\d)年?")
_MONTHS_FROM = re.compile(r"(\d{4})-(\d{1,2})(?:-0?1)?/p(\d{1,2})([my])")  # SDMX: 2023-01/P10M
_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS_ZH = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_HALVES = {"h1": 6, "h2": 12, "上半年": 6, "下半年": 12}


class NoFullHourError(ValueError):
    """A time lies within an hour."""


class NoHourNamedError(ValueError):
    """A day stands where an hour is asked for."""


@lru_cache(maxsize=1 << 17)
def hour_of_text(text: str) -> int:
    """Return the whole hours from 1970-01-01 00:00 to a local time; 24:00 is the next day's 00:00.

    Raises:
        NoHourNamedError: the text is a day alone.
        NoFullHourError: minutes or seconds are not 0.
        ValueError: the text is no time.
    """
    found = _parts(text)
    if found["hour"] is None:
        raise NoHourNamedError(text)
    if int(found.get("minute") or 0) or int(found.get("second") or 0):
        raise NoFullHourError(text)
    return hours(day_of_text(text), int(found["hour"]))


@lru_cache(maxsize=1 << 15)
def day_of_text(text: str) -> date:
    """Return the day of a date or time.

    Raises:
        ValueError: the text is none.
    """
    found = _parts(text)
    return date(*(int(found[name] or 0) for name in ("year", "month", "day")))


def is_within_day(text: str) -> bool:
    """Whether a date or time names an hour, and not the beginning of the day.

    Raises:
        ValueError: the text is neither.
    """
    found = _parts(text)
    return any(int(found.get(name) or 0) for name in ("hour", "minute", "second"))


def hours(day: date, hour: int) -> int:
    """Return the whole hours from 1970-01-01 00:00 to an hour of a day, 0 to 24.

    Raises:
        ValueError: the hour is none.
    """
    if not 0 <= hour <= 24:
        raise ValueError(str(hour))
    return (day.toordinal() - _EPOCH) * 24 + hour


def end_of_period(text: str) -> date:
    """Return the last day of a period: 2023, 2023-08, 2023年1-8月, 2023Q3, 2023-01-01/2023-08-31.

    Also 2023-01/P8M, 20230101-20230831 and 08/2023.

    Raises:
        ValueError: the text names no period.
    """
    plain = text.strip().casefold()
    if counted := _MONTHS_FROM.fullmatch(plain):
        return _after_months(*counted.groups())
    if month_first := _MONTH_FIRST.fullmatch(plain):
        return _end_of_month(int(month_first[2]), int(month_first[1]))
    if days := [each for pattern in _WHOLE_DAYS for each in pattern.findall(plain)]:
        year, month, day = (int(part) for part in days[-1])
        return date(year, month, day)
    years = re.findall(r"(?:19|20)\d\d", plain)
    if not years:
        raise ValueError(text)
    year = int(years[-1])
    if named := re.findall(rf"({'|'.join(_MONTHS)})", plain):
        return _end_of_month(year, _MONTHS.index(named[-1]) + 1)
    rest = plain[plain.rindex(years[-1]) + 4 :]
    return _end_of_month(year, _last_month(rest))


def _after_months(year: str, month: str, count: str, unit: str) -> date:
    months = int(count) * (12 if unit == "y" else 1)
    if not months:
        raise ValueError(count)
    last = int(year) * 12 + int(month) - 1 + months - 1
    return _end_of_month(last // 12, last % 12 + 1)


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _last_month(rest: str) -> int:
    for word, month in _HALVES.items():
        if word in rest:
            return month
    if quarter := re.search(r"q([1-4])|([1-4一二三四])季", rest):
        return 3 * (
            "一二三四".find(quarter[2]) + 1 or int(quarter[2]) if quarter[2] else int(quarter[1])
        )
    if written := re.findall(r"(十[一二]?|[一二三四五六七八九])月", rest):
        return _MONTHS_ZH.index(written[-1]) + 1
    numbers = [int(each) for each in re.findall(r"\d{1,2}", rest)]
    if not numbers:
        return 12
    if not 1 <= numbers[-1] <= 12:
        raise ValueError(rest)
    return numbers[-1]


def _parts(text: str) -> dict[str, str | None]:
    found = _TIME.fullmatch(text.strip()) or _COMPACT.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    return found.groupdict()
