"""Find the times a message speaks of, and which stretch of the calendar each one means.

A phrase such as "去年10月5号晚上11点" is put together from pieces that stand side by side. What is
relative is counted from the moment the message was received. "自…起" makes it the beginning of
something that lasts, "每天…" something that comes back.

Source: own work; intervals and recurrences are written as in ISO 8601-1:2019.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from civicloop.engines.text.numbers import number_in
from civicloop.engines.text.readings.time_words import (
    JOINS,
    PART_HOURS,
    PIECES,
    RANGE_JOINS,
    SEASON_MONTHS,
    SINCE_AFTER,
    SINCE_BEFORE,
)

_LONGEST_JOIN = 4
_WEEKDAYS = {sign: day for day, sign in enumerate("一二三四五六日")} | {"天": 6}
_AMOUNT_UNITS = (("年", 365), ("月", 30), ("周", 7), ("星期", 7), ("礼拜", 7), ("天", 1), ("日", 1))
_CLOCK = re.compile("[:：点时]")
_LATE = ("下午", "傍晚", "晚上", "晚间", "夜里", "夜间", "夜晚", "半夜", "大半夜", "深夜", "午夜")
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45}
_EARLIEST_YEAR = 1949
_VAGUE_DAYS = {"前几天": 10, "前些天": 10, "前两天": 3, "这几天": 5, "这两天": 2}
_FEW = 3.0  # "几天前"
_VAGUE_WEEKS = 60  # "最近", "前段时间"

Piece = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePhrase:
    """A time in a text; ``text[start:end]`` is its surface.

    ``first`` and ``until`` bound it (``until`` excluded), in the zone of the moment of receipt;
    of what recurs or names no day only the hours count, and both are None where there are none.
    """

    start: int
    end: int
    form: str  # point, since, recurring, or clock: an hour of a day that is not named
    granularity: str  # minute, hour, day, week, month, season, year or vague
    first: datetime | None
    until: datetime | None
    recurrence: str = ""  # ISO 8601 repeating rule, such as R/P1D or R/P1W

    @property
    def interval(self) -> str:
        """ISO 8601: a bounded interval, an open one for since, a repeating one, clock times."""
        pattern = "%Y-%m-%dT%H:%M" if self.form in ("point", "since") else "T%H:%M"
        span = "/".join(moment.strftime(pattern) for moment in (self.first, self.until) if moment)
        if self.form == "since" and self.first:
            return f"{self.first:%Y-%m-%dT%H:%M}/.."
        return "/".join(part for part in (self.recurrence, span) if part)


def find_times(text: str, received_at: datetime) -> list[TimePhrase]:
    """Return the times of a text in order, none overlapping.

    Args:
        text: any text.
        received_at: local moment from which relative times are counted.
    """
    found = (_meaning(text, *phrase, received_at) for phrase in _phrases(text))
    return [phrase for phrase in found if phrase is not None]


def _phrases(text: str) -> Iterator[tuple[int, int, list[Piece]]]:
    """Join the pieces that stand side by side."""
    start, end, pieces = 0, 0, list[Piece]()
    for match in PIECES.finditer(text):
        piece = (match.lastgroup or "", match.group())
        if pieces and _belongs(text[end : match.start()], pieces, piece):
            pieces.append(piece)
        else:
            if pieces:
                yield start, end, pieces
            start, pieces = match.start(), [piece]
        end = match.end()
    if pieces:
        yield start, end, pieces


def _belongs(gap: str, pieces: list[Piece], piece: Piece) -> bool:
    if len(gap) > _LONGEST_JOIN:
        return False
    kinds = {kind for kind, _ in pieces}
    if RANGE_JOINS.match(gap):
        return piece[0] in ("clock", "part", "day", "month") and bool(
            kinds & {"clock", "part", "day", "month"}
        )
    if piece[0] == "clock" and not gap and pieces[-1][0] == "part":
        return True
    if piece[0] in kinds and piece[0] != "part":
        return False
    return bool(JOINS.match(gap)) and (not gap or piece[0] in ("part", "clock", "season", "month"))


def _meaning(
    text: str, start: int, end: int, pieces: list[Piece], received_at: datetime
) -> TimePhrase | None:
    """Give a phrase its place in the calendar; None where it is no time after all."""
    if not _stands_alone(pieces):
        return None
    words = dict(reversed(pieces))  # the first of a kind counts
    try:
        first, until, granularity = _day_stretch(words, received_at)
        if granularity in ("day", "hour") and "ago" not in words:
            first, until, granularity = _hours(words, pieces, first, until, granularity)
    except (ValueError, OverflowError):
        return None
    form = _form(text, start, end, words)
    has_stretch = form != "recurring" or bool(words.keys() & {"clock", "part"})
    return TimePhrase(
        start=start,
        end=end,
        form=form,
        granularity=granularity,
        first=first if has_stretch else None,
        until=until if has_stretch else None,
        recurrence=_recurrence(words) if form == "recurring" else "",
    )


def _stands_alone(pieces: list[Piece]) -> bool:
    """A day without its month, or a number before 点, is mostly something else."""
    kinds = [kind for kind, _ in pieces]
    if kinds == ["day"]:
        return pieces[0][1].endswith("日") and number_in(pieces[0][1]) is not None
    if kinds == ["clock"]:
        word = pieces[0][1]
        return ":" in word or "：" in word or word.endswith(("钟", "半", "多", "整", "左右"))
    return True


def _has_date(words: dict[str, str]) -> bool:
    return any(kind not in ("part", "clock", "every") for kind in words)


def _form(text: str, start: int, end: int, words: dict[str, str]) -> str:
    if "every" in words or words.get("week", "")[:1] in ("周", "星", "礼"):
        return "recurring"
    if not _has_date(words):
        return "clock"
    is_since = SINCE_AFTER.match(text, end) or (
        SINCE_BEFORE.search(text[max(start - 2, 0) : start])
        and not RANGE_JOINS.match(text[end : end + 1])
    )
    return "since" if is_since else "point"


def _recurrence(words: dict[str, str]) -> str:
    every = words.get("every", "") + words.get("week", "")
    if any(sign in every for sign in ("周", "星期", "礼拜")):
        return "R/P1W"
    if "月" in every:
        return "R/P1M"
    return "R/P1Y" if "年" in every or "season" in words else "R/P1D"


def _day_stretch(words: dict[str, str], now: datetime) -> tuple[datetime, datetime, str]:
    """The days a phrase means, without its hours."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if "ago" in words:
        return _ago(words["ago"], now)
    for kind, read in (("iso", _iso), ("relative", _relative), ("week", _week)):
        if kind in words and not words[kind].startswith(("周", "星", "礼")):
            return read(words[kind], today)
    if words.keys() & {"year", "month", "day", "season"}:
        return _calendar(words, today)
    return today, today + timedelta(days=1), "day"


def _iso(word: str, today: datetime) -> tuple[datetime, datetime, str]:
    numbers = [int(part) for part in re.split(r"[-/.]", word)]
    if len(numbers) == 2:
        return _months(today, numbers[0], numbers[1], 1, "month")
    day = today.replace(year=numbers[0], month=numbers[1], day=numbers[2])
    return day, day + timedelta(days=1), "day"


def _ago(word: str, now: datetime) -> tuple[datetime, datetime, str]:
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


def _relative(word: str, today: datetime) -> tuple[datetime, datetime, str]:
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


def _week(word: str, today: datetime) -> tuple[datetime, datetime, str]:
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


def _calendar(words: dict[str, str], today: datetime) -> tuple[datetime, datetime, str]:
    """Year, month, day and season in any mixture; a month far to come is last year's."""
    year = _year(words.get("year", ""), today)
    if "month" in words:
        return _in_month(words, year, today)
    if "season" in words:
        name = next(name for name in SEASON_MONTHS if words["season"].startswith(name))
        month, length = SEASON_MONTHS[name]
        if "year" not in words and month > today.month:
            year -= 1
        return _months(today, year, month, length, "season" if length > 1 else "month")
    if "day" in words:
        day = today.replace(day=number_in(words["day"]) or 0)
        return day, day + timedelta(days=1), "day"
    return _months(today, year, 1, 12, "year")


def _in_month(words: dict[str, str], year: int, today: datetime) -> tuple[datetime, datetime, str]:
    word = words["month"]
    if word[0] in "上下本这":
        shift = {"上上": -2, "上": -1, "下": 1}
        months = next((n for start, n in shift.items() if word.startswith(start)), 0)
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        month += 1
    else:
        month = number_in(word) or 0
        if "year" not in words and month > today.month + 1:
            year -= 1
    if "day" not in words:
        return _months(today, year, month, 1, "month")
    day = today.replace(year=year, month=month, day=number_in(words["day"]) or 0)
    return day, day + timedelta(days=1), "day"


def _year(word: str, today: datetime) -> int:
    shifts = {"去": -1, "今": 0, "明": 1, "前": -2, "大": -3}
    if not word:
        return today.year
    if word[0] in shifts:
        return today.year + shifts[word[0]]
    number = number_in(word) or 0
    year = number if number > 100 else 2000 + number
    if not _EARLIEST_YEAR <= year <= today.year + 5:
        raise ValueError(word)
    return year


def _months(
    today: datetime, year: int, month: int, length: int, granularity: str
) -> tuple[datetime, datetime, str]:
    first = today.replace(year=year, month=month, day=1)
    years, last = divmod(month - 1 + length, 12)
    return first, first.replace(year=year + years, month=last + 1), granularity


def _hours(
    words: dict[str, str],
    pieces: list[Piece],
    first: datetime,
    until: datetime,
    granularity: str,
) -> tuple[datetime, datetime, str]:
    """Narrow a day down to its part, to its clock time or to a span of clock times."""
    part = words.get("part", "")
    if words.get("every", "").endswith(("晚", "夜")):
        part = part or "晚上"
    elif words.get("relative", "").endswith(("晚", "夜", "早", "晨")):
        part = part or ("晚上" if words["relative"][-1] in "晚夜" else "早上")
    clocks = [word for kind, word in pieces if kind == "clock"]
    midnight = first.replace(hour=0, minute=0)
    if not clocks:
        if part not in PART_HOURS:
            return first, until, granularity
        begin, end = PART_HOURS[part]
        return midnight + timedelta(hours=begin), midnight + timedelta(hours=end), "hour"
    begins = midnight + _clock(clocks[0], part)
    if len(clocks) == 1:
        return begins, begins + timedelta(hours=1), "hour"
    parts = [word for kind, word in pieces if kind == "part"]
    ends = midnight + _clock(clocks[-1], parts[-1] if parts else "")
    return begins, ends if ends > begins else ends + timedelta(days=1), "hour"


def _clock(word: str, part: str) -> timedelta:
    hours, minutes, *_seconds = _CLOCK.split(word)
    hour = number_in(hours) or 0
    part_of_hour = next((n for sign, n in _MINUTES.items() if minutes.startswith(sign)), None)
    minute = (number_in(minutes) or 0) if part_of_hour is None else part_of_hour
    is_late = part in _LATE
    if part in ("半夜", "大半夜", "深夜", "夜里", "午夜") and (hour <= 5 or hour == 12):
        return timedelta(days=1, hours=hour % 12, minutes=minute)
    if (is_late and 1 <= hour < 12) or (part in ("中午", "午后") and 1 <= hour <= 3):
        hour += 12
    if hour > 24 or minute > 59:
        raise ValueError(word)
    return timedelta(hours=hour, minutes=minute)
