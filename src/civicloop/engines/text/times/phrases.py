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
from civicloop.engines.text.times.calendar import stretch_of
from civicloop.engines.text.times.words import (
    JOINS,
    PART_HOURS,
    PIECES,
    RANGE_JOINS,
    SINCE_AFTER,
    SINCE_BEFORE,
)

_LONGEST_JOIN = 4
_CLOCK = re.compile("[:：点时]")
_LATE = ("下午", "傍晚", "晚上", "晚间", "夜里", "夜间", "夜晚", "半夜", "大半夜", "深夜", "午夜")
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45}

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
    found = (_meaning(text, *phrase, received_at) for phrase in phrases_in(text))
    return [phrase for phrase in found if phrase is not None]


def phrases_in(text: str) -> Iterator[tuple[int, int, list[Piece]]]:
    """Join the pieces that stand side by side; give where each phrase starts and ends, and its pieces."""
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
    if not gap and (pieces[-1][0], piece[0]) in (("part", "clock"), ("month", "day")):
        return True
    if (piece[0] in kinds and piece[0] != "part") or (piece[0] == "month" and "day" in kinds):
        return False
    return bool(JOINS.match(gap)) and (not gap or piece[0] in ("part", "clock", "season", "month"))


def _meaning(
    text: str, start: int, end: int, pieces: list[Piece], received_at: datetime
) -> TimePhrase | None:
    """Give a phrase its place in the calendar; None where it is no time after all."""
    if not stands_alone(pieces):
        return None
    words = dict(reversed(pieces))  # the first of a kind counts
    try:
        first, until, granularity = stretch_of(words, received_at)
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


def stands_alone(pieces: list[Piece]) -> bool:
    """A day without its month, or a number before 点, is mostly something else."""
    kinds = [kind for kind, _ in pieces]
    if kinds == ["part_of_year"]:
        return False
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
