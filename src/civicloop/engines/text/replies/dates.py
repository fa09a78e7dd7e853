"""Find the days that a reply names and bring them to the calendar.

A period ("10月底", "明年上半年", "15个工作日内") stands for its last day, since that is when a
promise falls due. Years that are not said are taken from the day of the reply.

Source: own work; working days are Monday to Friday, public holidays are not known here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from civicloop.engines.text.numbers import number_in

LAST_DAY_OF_PART = {"上旬": 10, "初": 10, "中旬": 20, "中": 20}
LONGEST_TERM = 3_660  # days; a longer one is a slip of the pen
BACK_DAYS = 92  # a month named without a year lies at most so far back when it is promised


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """A day or the last day of a period; start and end count characters of the reply."""

    start: int
    end: int
    words: str
    day: date
    is_term: bool  # counted from the reply: 15个工作日内, 下月, 年底前


_N = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
_PART = r"(上旬|中旬|下旬|初|中(?![\u4e00-\u9fff])|底|末)?"
_FULL = re.compile(
    r"((?:19|20)\d\d)\s?(?:年|[.\-/](?=\s?\d{1,2}[.\-/]))\s?(\d{1,2})\s?[月.\-/]\s?(?:份)?(?:(\d{1,2})(?:日|号|(?!\d)))?"
    + _PART
)
_YEAR = re.compile(
    r"((?:19|20)\d\d)年(上半年|下半年|第?([一二三四1-4])季度|[年]?(?:底|末|内|初|中))?"
)
_MONTH = re.compile(
    r"(今年|明年|去年|本年|次年)?(?<!\d)(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d{0,2}个)(?:份)?(?:(\d{1,2})[日号])?"
    + _PART
)
_RELATIVE = re.compile(
    r"(今年|明年|后年|本年度?|年)(上半年|下半年|第?([一二三四1-4])季度|年?(?:底|末|内)|初)"
    r"|(本|下|这个|下个|次)(周|月|季度|星期)(?:底|末|内|初)?"
)
_TERM = re.compile(
    _N + r"(?:个)?(工作日|日|天|周|星期|月|小时|年)(?:之?内|左右)|(半个?月|半年)(?:之?内|左右)"
)


def find_days(text: str, *, replied_on: date) -> list[NamedDay]:
    """Return the days that a text names, in order, none inside another.

    Args:
        text: any string.
        replied_on: day of the reply, to which "下月" and a date without a year refer.

    Returns:
        Named days; impossible ones (2月30日) are passed over.
    """
    found = [*_full(text), *_years(text), *_months(text, replied_on), *_relative(text, replied_on)]
    found.extend(_terms(text, replied_on))
    days: list[NamedDay] = []
    for named in sorted(found, key=lambda one: (one.start, -one.end)):
        if not days or named.start >= days[-1].end:
            days.append(named)
    return days


def _named(found: re.Match[str], day: date | None, *, is_term: bool = False) -> Iterator[NamedDay]:
    if day:
        yield NamedDay(
            start=found.start(), end=found.end(), words=found[0].strip(), day=day, is_term=is_term
        )


def _full(text: str) -> Iterator[NamedDay]:
    for found in _FULL.finditer(text):
        year, month, day, part = found.groups()
        yield from _named(found, _day(int(year), int(month), day, part))


def _years(text: str) -> Iterator[NamedDay]:
    for found in _YEAR.finditer(text):
        year, part, quarter = found.groups()
        if part:
            yield from _named(found, _end_of_part(int(year), part, quarter))


def _months(text: str, replied_on: date) -> Iterator[NamedDay]:
    for found in _MONTH.finditer(text):
        which, month_words, day, part = found.groups()
        month = number_in(month_words) or 0
        years = {"明年": 1, "次年": 1, "去年": -1}
        year = replied_on.year + years.get(which or "", 0)
        named = _day(year, month, day, part)
        if named and not which and (replied_on - named).days > BACK_DAYS + 180:
            named = _day(year + 1, month, day, part)
        yield from _named(found, named)


def _relative(text: str, replied_on: date) -> Iterator[NamedDay]:
    years = {"明年": 1, "后年": 2}
    for found in _RELATIVE.finditer(text):
        which, part, quarter, near, unit = found.groups()
        if which:
            due = _end_of_part(replied_on.year + years.get(which, 0), part, quarter)
        else:
            due = _end_of_near(unit, replied_on, is_next=near in ("下", "下个", "次"))
        yield from _named(found, due, is_term=True)


def _terms(text: str, replied_on: date) -> Iterator[NamedDay]:
    for found in _TERM.finditer(text):
        words, unit, half = found.groups()
        if half:
            days = 15 if "月" in half else 183
        else:
            number = number_in(words) or 0
            days = _term_days(number, unit, replied_on)
        if days <= LONGEST_TERM:
            yield from _named(found, replied_on + timedelta(days=days), is_term=True)


def _term_days(number: int, unit: str, start: date) -> int:
    if unit == "工作日":
        weeks, rest = divmod(number, 5)
        later = start + timedelta(days=7 * weeks)
        while rest or later.weekday() >= 5:
            later += timedelta(days=1)
            if later.weekday() < 5 and rest:
                rest -= 1
        return (later - start).days
    lengths = {
        "日": 1.0,
        "天": 1.0,
        "周": 7.0,
        "星期": 7.0,
        "月": 30.5,
        "小时": 1 / 24,
        "年": 365.25,
    }
    return round(number * lengths[unit])


def _day(year: int, month: int, day: str | None, part: str | None) -> date | None:
    if not 1 <= month <= 12 or not 1900 <= year <= 2199:
        return None
    last = _last_of_month(year, month)
    number = int(day) if day else LAST_DAY_OF_PART.get(part or "", last.day)
    return date(year, month, number) if 1 <= number <= last.day else None


def _last_of_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _end_of_part(year: int, part: str, quarter: str | None) -> date:
    if quarter:
        return _last_of_month(year, 3 * (number_in(quarter) or 0))
    months = {"上半年": 6, "初": 3, "年初": 3, "中": 6, "年中": 6}
    return _last_of_month(year, months.get(part, 12))


def _end_of_near(unit: str, replied_on: date, *, is_next: bool) -> date:
    if unit in ("周", "星期"):
        return replied_on + timedelta(days=6 - replied_on.weekday() + 7 * is_next)
    if unit == "月":
        months = replied_on.month - 1 + is_next
        return _last_of_month(replied_on.year + months // 12, months % 12 + 1)
    quarter = (replied_on.month - 1) // 3 + is_next
    return _last_of_month(replied_on.year + quarter // 4, 3 * (quarter % 4) + 3)
