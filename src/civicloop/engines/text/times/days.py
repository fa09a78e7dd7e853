"""Find the days that a reply names: what falls due, and when.

The phrases and the calendar are those of times in messages, but they look ahead: a period ("10月底",
"明年上半年") stands for its last day, since that is when a promise falls due, and a month without a
year is one to come. A term ("15个工作日内") is counted from the reply.

Source: own work; working days are Monday to Friday, public holidays are not known here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from civicloop.engines.text.numbers import number_in
from civicloop.engines.text.times.calendar import stretch_of
from civicloop.engines.text.times.phrases import Piece, phrases_in, stands_alone
from civicloop.engines.text.times.words import TERMS

LONGEST_TERM = 3_660  # days; a longer one is a slip of the pen
_TELLING = {
    "iso",
    "month",
    "season",
    "quarter",
    "part_of_year",
    "week",
}  # with a year, if there is one
_WITH = {"year", "day", "part", "clock"}
_PARTS_OF_YEARS = ("年初", "年中", "年底", "年末", "年内", "上半年", "下半年")
_NEAR = ("本", "这", "下")
_DAYS_OF = {
    "日": 1.0,
    "天": 1.0,
    "周": 7.0,
    "星期": 7.0,
    "月": 30.5,
    "小时": 1 / 24,
    "年": 365.25,
}
_DAYS_OF_HALF = {"月": 15, "年": 183}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """A day or the last day of a period; start and end count characters of the reply."""

    start: int
    end: int
    words: str
    day: date


def find_days(text: str, *, replied_on: date) -> list[NamedDay]:
    """Return the days that a text names, in order, none inside another.

    Args:
        text: any string.
        replied_on: day of the reply, to which "下月" and a date without a year refer.

    Returns:
        Named days; impossible ones (2月30日) are passed over.
    """
    found = [*_terms(text, replied_on), *_phrases(text, replied_on)]
    days: list[NamedDay] = []
    for named in sorted(found, key=lambda one: (one.start, -one.end)):
        if not days or named.start >= days[-1].end:
            days.append(named)
    return days


def _phrases(text: str, replied_on: date) -> Iterator[NamedDay]:
    moment = datetime.combine(replied_on, time())
    for start, end, pieces in phrases_in(text):
        if not _names_a_day(pieces):
            continue
        try:
            _, until, _ = stretch_of(dict(pieces), moment, looks_ahead=True)
        except (ValueError, OverflowError):
            continue
        day = (until - timedelta(days=1)).date()
        yield NamedDay(start=start, end=end, words=text[start:end].strip(), day=day)


def _names_a_day(pieces: list[Piece]) -> bool:
    """Whether a phrase names a day or a period that ends on one, and is no feast, habit or hour."""
    words = dict(pieces)
    if not stands_alone(pieces) or not words.keys() & _TELLING or words.keys() - _TELLING - _WITH:
        return False
    is_near = words.get("week", "本").startswith(_NEAR)
    return is_near and words.get("season", "年底").startswith(_PARTS_OF_YEARS)


def _terms(text: str, replied_on: date) -> Iterator[NamedDay]:
    for found in TERMS.finditer(text):
        days = _days_of(found, replied_on)
        if days <= LONGEST_TERM:
            day = replied_on + timedelta(days=days)
            yield NamedDay(start=found.start(), end=found.end(), words=found[0], day=day)


def _days_of(term: re.Match[str], start: date) -> int:
    if half := term["half"]:
        return _DAYS_OF_HALF[half[-1]]
    number = number_in(term["number"]) or 0
    if term["unit"] == "工作日":
        return _working_days(number, start)
    return round(number * _DAYS_OF[term["unit"]])


def _working_days(number: int, start: date) -> int:
    weeks, rest = divmod(number, 5)
    later = start + timedelta(days=7 * weeks)
    while rest or later.weekday() >= 5:
        later += timedelta(days=1)
        if later.weekday() < 5 and rest:
            rest -= 1
    return (later - start).days
