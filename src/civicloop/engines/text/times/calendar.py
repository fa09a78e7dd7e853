"""Tell which stretch of the calendar a phrase means, from its pieces.

Source: own work.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from civicloop.engines.text.numbers import number_in
from civicloop.engines.text.times.words import PARTS_OF_MONTH, SEASON_MONTHS

_WEEKDAYS = {sign: day for day, sign in enumerate("一二三四五六日")} | {"天": 6}
_AMOUNT_UNITS = (("年", 365), ("月", 30), ("周", 7), ("星期", 7), ("礼拜", 7), ("天", 1), ("日", 1))
_EARLIEST_YEAR = 1949
_FARTHEST_YEARS, _FARTHEST_PROMISED = 5, 40  # a permit holds so long
_VAGUE_DAYS = {"前几天": 10, "前些天": 10, "前两天": 3, "这几天": 5, "这两天": 2}
_FEW = 3.0  # "几天前"
_VAGUE_WEEKS = 60  # "最近", "前段时间"
_NEAR = "本这下次"
_LONG_GONE = 9  # months: a promise for January, made in December, is for the next one

Words = Mapping[str, str]
Stretch = tuple[datetime, datetime, str]


def stretch_of(words: Words, now: datetime, *, looks_ahead: bool = False) -> Stretch:
    """Give the days that a phrase means, without its hours: first, until (excluded), granularity.

    Args:
        words: the pieces of the phrase by their kind.
        now: the moment from which relative times are counted.
        looks_ahead: a time without a year is one to come rather than one that was.

    Raises:
        ValueError: no calendar holds it.
        OverflowError: it lies too far away.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if "ago" in words:
        return _ago(words["ago"], now)
    for kind, read in (("iso", _iso), ("relative", _relative), ("week", _week)):
        if kind in words and not words[kind].startswith(("周", "星", "礼")):
            return read(words[kind], today)
    if words.keys() & {"year", "month", "day", "season", "quarter", "part_of_year"}:
        return _calendar(words, today, looks_ahead=looks_ahead)
    return today, today + timedelta(days=1), "day"


def _iso(word: str, today: datetime) -> Stretch:
    numbers = [int(part) for part in re.split(r"[-/.]", word)]
    if len(numbers) == 2:
        return _months(today, numbers[0], numbers[1], 1, "month")
    day = today.replace(year=numbers[0], month=numbers[1], day=numbers[2])
    return day, day + timedelta(days=1), "day"


def _ago(word: str, now: datetime) -> Stretch:
    amount = float(number_in(word) or 0)
    if "半" in word:
        amount += 0.5
    amount = amount or _FEW
    if "小时" in word or "钟头" in word or "分钟" in word:
        back = timedelta(minutes=amount) if "分钟" in word else timedelta(hours=amount)
        first = (now - back).replace(second=0, microsecond=0)
        return first, first + timedelta(hours=1), "hour"
    unit, days = next((unit, days) for unit, days in _AMOUNT_UNITS if unit in word)
    if "月" in word:
        unit, days = "月", 30
    day = (now - timedelta(days=amount * days)).replace(hour=0, minute=0, second=0, microsecond=0)
    granularity = {"年": "year", "月": "month", "天": "day", "日": "day"}.get(unit, "week")
    return day, day + timedelta(days=days), granularity


def _relative(word: str, today: datetime) -> Stretch:
    day = timedelta(days=1)
    if word in _VAGUE_DAYS:
        return today - _VAGUE_DAYS[word] * day, today + day, "vague"
    shifts = (("大前", -3), ("前天", -2), ("前日", -2), ("昨", -1), ("今", 0), ("明", 1), ("后", 2))
    shift = next((days for start, days in shifts if word.startswith(start)), None)
    if shift is None:
        return today - _VAGUE_WEEKS * day, today + day, "vague"
    first = today + shift * day
    if word.endswith(("晚", "夜")):
        return first.replace(hour=18), first + day, "hour"
    if word.endswith(("早", "晨")):
        return first.replace(hour=5), first.replace(hour=9), "hour"
    return first, first + day, "day"


def _week(word: str, today: datetime) -> Stretch:
    weeks = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1}
    back = next(value for start, value in weeks.items() if word.startswith(start))
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=back)
    weekday = _WEEKDAYS.get(word[-1])
    if word.endswith("末"):
        return monday + timedelta(days=5), monday + timedelta(days=7), "day"
    if weekday is None or word.endswith(("周", "星期", "礼拜")):
        return monday, monday + timedelta(days=7), "week"
    day = monday + timedelta(days=weekday)
    return day, day + timedelta(days=1), "day"


def _calendar(words: Words, today: datetime, *, looks_ahead: bool) -> Stretch:
    """Year, quarter, month, day and season in any mixture."""
    farthest = _FARTHEST_PROMISED if looks_ahead else _FARTHEST_YEARS
    year = _year(words.get("year", ""), today, farthest)
    if "month" in words:
        return _in_month(words, year, today, looks_ahead=looks_ahead)
    if "quarter" in words:
        return _quarter(words["quarter"], year, today)
    if season := words.get("season") or _part_of_year(words):
        name = next(name for name in SEASON_MONTHS if season.startswith(name))
        month, length = SEASON_MONTHS[name]
        if "year" not in words and month > today.month and not looks_ahead:
            year -= 1
        return _months(today, year, month, length, "season" if length > 1 else "month")
    if "day" in words:
        day = today.replace(day=number_in(words["day"]) or 0)
        return day, day + timedelta(days=1), "day"
    return _months(today, year, 1, 12, "year")


def _part_of_year(words: Words) -> str:
    return f"年{words['part_of_year']}" if "part_of_year" in words else ""


def _quarter(word: str, year: int, today: datetime) -> Stretch:
    if word[0] in _NEAR:
        quarter = (today.month - 1) // 3 + (word[0] in "下次")
    else:
        quarter = (number_in(word) or 0) - 1
    return _months(today, year + quarter // 4, 3 * (quarter % 4) + 1, 3, "season")


def _in_month(words: Words, year: int, today: datetime, *, looks_ahead: bool) -> Stretch:
    word = words["month"]
    if word[0] in f"{_NEAR}上":
        shift = {"上上": -2, "上": -1, "下": 1, "次": 1}
        months = next((n for start, n in shift.items() if word.startswith(start)), 0)
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        month += 1
    else:
        month = number_in(word) or 0
        if "year" not in words:
            year += _other_year(month, today, looks_ahead=looks_ahead)
    if "day" not in words:
        return _part_of_month(word, *_months(today, year, month, 1, "month"))
    day = today.replace(year=year, month=month, day=number_in(words["day"]) or 0)
    return day, day + timedelta(days=1), "day"


def _other_year(month: int, today: datetime, *, looks_ahead: bool) -> int:
    """A month far to come is last year's; in a promise, one long gone is next year's."""
    if looks_ahead:
        return int(today.month - month > _LONG_GONE)
    return -int(month > today.month + 1)


def _part_of_month(word: str, first: datetime, until: datetime, granularity: str) -> Stretch:
    for part, (begins, ends) in PARTS_OF_MONTH.items():
        if word.endswith(part):
            last = first + timedelta(days=ends) if ends else until
            return first + timedelta(days=begins - 1), last, "week"
    return first, until, granularity


def _year(word: str, today: datetime, farthest: int) -> int:
    shifts = {"去": -1, "今": 0, "本": 0, "明": 1, "次": 1, "后": 2, "前": -2, "大": -3}
    if not word:
        return today.year
    if word[0] in shifts:
        return today.year + shifts[word[0]]
    number = number_in(word) or 0
    year = number if number > 100 else 2000 + number
    if not _EARLIEST_YEAR <= year <= today.year + farthest:
        raise ValueError(word)
    return year


def _months(today: datetime, year: int, month: int, length: int, granularity: str) -> Stretch:
    first = today.replace(year=year, month=month, day=1)
    years, last = divmod(month - 1 + length, 12)
    return first, first.replace(year=year + years, month=last + 1), granularity
