"""Read the dates and times that people write in spreadsheets."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from civicloop.connectors.spreadsheets.problems import ProblemCode
from civicloop.connectors.spreadsheets.shape import DateOrder

_YEAR_FIRST = (
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
)
_COMPACT = r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
_YEAR_LAST = r"(?P<first>\d{1,2})\s*[-/.]\s*(?P<second>\d{1,2})\s*[-/.]\s*(?P<year>\d{4})"
_CLOCK = (
    r"(?:[\s,t]*(?P<half>[上下]午|凌晨|清晨|早上|早晨|中午|傍晚|晚上|am|pm|a\.m\.|p\.m\.)?\s*"
    r"(?P<hour>\d{1,2})\s*[:时時点]\s*(?:(?P<minute>\d{1,2})\s*[:分]?\s*)?"
    r"(?:(?P<seconds>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?\s*秒?\s*)?"
    r"(?P<suffix>am|pm|a\.m\.|p\.m\.)?\s*(?P<zone>z|utc|gmt|(?:utc|gmt)?[+-]\d{2}:?\d{2})?)?"
)
_COMPACT_CLOCK = r"(?:[\st]*(?P<hour>\d\d)(?P<minute>\d\d)(?P<seconds>\d\d)?)?"
_YEAR_FIRST_TIME = re.compile(_YEAR_FIRST + _CLOCK)
_COMPACT_TIMES = (re.compile(_COMPACT + _COMPACT_CLOCK), re.compile(_COMPACT + r"\s*" + _CLOCK))
_YEAR_LAST_TIME = re.compile(_YEAR_LAST + _CLOCK)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}(?:\s.*)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_WEEKDAY = re.compile(r"[(\s]*(?:星期|周|礼拜)[一二三四五六日天][)\s]*")
_LONGEST = 80  # characters; longer cells are no times and would keep the patterns busy for long
_AFTERNOON = frozenset({"下午", "中午", "傍晚", "晚上", "pm", "p.m."})
_MORNING = frozenset({"上午", "凌晨", "清晨", "早上", "早晨", "am", "a.m."})
_EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001  serial 61 is 1 March 1900
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001  files of old Mac versions


class UnreadableTimeError(ValueError):
    """A cell that holds no usable time; ``code`` says why."""

    def __init__(self, code: ProblemCode) -> None:
        self.code = code
        super().__init__(code.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRules:
    """How the times of one column are to be read."""

    zone: ZoneInfo  # of times without a zone
    first_day: date  # local days outside first_day to last_day are refused
    last_day: date
    order: DateOrder = DateOrder.UNKNOWN
    formats: tuple[str, ...] = ()  # further formats, in strptime's language, tried first
    dates_from_1904: bool = False


def parse_time(text: str, rules: TimeRules) -> datetime:
    """Return the moment that a cell names, in UTC.

    A local time that the clock skipped (summer time 1986 to 1991) is read with the offset before
    the change; of an hour that came twice the first is taken.

    Raises:
        UnreadableTimeError: The text is no date, could be two dates, or lies outside the days
            that ``rules`` allow.
    """
    moment = _iso_time(text) or _written_time(text, rules)
    try:
        local = moment if moment.tzinfo is None else moment.astimezone(rules.zone)
        is_in_range = rules.first_day <= local.date() <= rules.last_day
    except OverflowError:  # the first or last day that a computer knows
        is_in_range = False
    if not is_in_range:
        raise UnreadableTimeError(ProblemCode.TIME_OUT_OF_RANGE)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=rules.zone)
    return moment.astimezone(UTC)


def shown_order(text: str) -> DateOrder:
    """Return the order that one value proves: 16/1/2019 is day first, 1/16/2019 month first."""
    match = _YEAR_LAST_TIME.fullmatch(_normal(text))
    if match is None:
        return DateOrder.UNKNOWN
    first, second = int(match["first"]), int(match["second"])
    if first > 12 >= second:
        return DateOrder.DAY_FIRST
    if second > 12 >= first:
        return DateOrder.MONTH_FIRST
    return DateOrder.UNKNOWN


def is_year_last(text: str) -> bool:
    """Whether the value ends in the year, so that its order matters."""
    return _YEAR_LAST_TIME.fullmatch(_normal(text)) is not None


def _iso_time(text: str) -> datetime | None:
    """Read ``2019-01-16 09:05:14``, by far the most common form, fast."""
    if len(text) != 19 or text[4] != "-" or text[13] != ":":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _written_time(text: str, rules: TimeRules) -> datetime:
    if len(text) > _LONGEST:
        raise UnreadableTimeError(ProblemCode.UNREADABLE_TIME)
    for form in rules.formats:
        try:
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007  local by contract
        except ValueError:
            continue
    plain = _normal(text)
    try:
        moment = _year_first_time(plain) or _year_last_time(plain, rules) or _serial(plain, rules)
    except (ValueError, OverflowError) as error:
        if isinstance(error, UnreadableTimeError):
            raise
        raise UnreadableTimeError(ProblemCode.UNREADABLE_TIME) from error
    if moment is not None:
        return moment
    is_short = _SHORT_YEAR.fullmatch(plain) is not None
    raise UnreadableTimeError(
        ProblemCode.AMBIGUOUS_TIME if is_short else ProblemCode.UNREADABLE_TIME
    )


def _normal(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    return _WEEKDAY.sub(" ", plain).strip()


def _year_first_time(plain: str) -> datetime | None:
    match = _YEAR_FIRST_TIME.fullmatch(plain)
    for pattern in _COMPACT_TIMES:
        match = match or pattern.fullmatch(plain)
    if match is None:
        return None
    return _moment(match, month=int(match["month"]), day=int(match["day"]))


def _year_last_time(plain: str, rules: TimeRules) -> datetime | None:
    match = _YEAR_LAST_TIME.fullmatch(plain)
    if match is None:
        return None
    first, second = int(match["first"]), int(match["second"])
    order = shown_order(plain) or rules.order
    if order is DateOrder.UNKNOWN and first != second:
        raise UnreadableTimeError(ProblemCode.AMBIGUOUS_TIME)
    day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
    return _moment(match, month=month, day=day)


def _moment(match: re.Match[str], *, month: int, day: int) -> datetime:
    parts = match.groupdict(default="")
    return datetime(
        int(parts["year"]),
        month,
        day,
        _hour(parts),
        int(parts["minute"] or 0),
        int(parts["seconds"] or 0),
        int(parts.get("fraction", "").ljust(6, "0")[:6]),
        tzinfo=_zone(parts.get("zone", "")),
    )


def _hour(parts: dict[str, str]) -> int:
    hour = int(parts["hour"] or 0)
    half = parts.get("half") or parts.get("suffix") or ""
    if half in _AFTERNOON and hour < 12 and not (half == "中午" and hour == 11):
        return hour + 12
    if half in _MORNING and hour == 12:
        return 0
    return hour


def _zone(text: str) -> timezone | None:
    if not text:
        return None
    digits = text.removeprefix("utc").removeprefix("gmt").replace(":", "")
    if digits in {"", "z"}:
        return UTC
    minutes = int(digits[1:3]) * 60 + int(digits[3:5])
    return timezone(timedelta(minutes=-minutes if digits[0] == "-" else minutes))


def _serial(plain: str, rules: TimeRules) -> datetime | None:
    """Read a spreadsheet's day number, to the second: 43481.37863 is 2019-01-16 09:05:14."""
    if not _SERIAL.fullmatch(plain):
        return None
    epoch = _EPOCH_1904 if rules.dates_from_1904 else _EPOCH_1900
    return epoch + timedelta(seconds=round(float(plain) * 86_400))
