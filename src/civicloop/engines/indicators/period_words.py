"""Read periods as reports write them, beside the way SDMX does."""

import re

from civicloop.engines.indicators.periods import Period, read_period

_YEAR = r"(?P<year>\d{4})\s*年\s*"
_QUARTERS = "一二三四"
_FORMS = (
    (
        re.compile(_YEAR + r"(?:0?1月?\s*(?:[-—–~\uff5e]|至)+\s*)(?P<last>\d{1,2})\s*月份?"),
        "-01/P{last}M",
    ),
    (re.compile(_YEAR + r"(?P<month>\d{1,2})\s*月份?"), "-{month:02}"),
    (re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-0?1(?:[ T]00:00(?::00)?)?"), "-{month:02}"),
    (re.compile(r"(?P<year>\d{4})[/.](?P<month>\d{1,2})"), "-{month:02}"),
    (re.compile(_YEAR + r"第?(?P<quarter>[1-4一二三四])季度?"), "-Q{quarter}"),
    (re.compile(_YEAR + r"(?P<quarter>前三季度)"), "-01/P9M"),
    (re.compile(_YEAR + r"(?P<quarter>上半年)"), "-01/P6M"),
    (re.compile(_YEAR + "(?:全年|度)?"), ""),
)


def period_of_words(text: str) -> Period:
    """Read 2023-10 and the like, 2023年10月, 2023年1—10月, 2023年三季度, 2023年, the first day of a month.

    A workbook turns 2023-10 into the first of October; no report is of one day.

    Raises:
        NotAPeriodError: it is none of these.
    """
    for pattern, form in _FORMS:
        found = pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            quarter = parts.get("quarter") or ""
            written = form.format(
                last=int(parts.get("last") or 0),
                month=int(parts.get("month") or 0),
                quarter=_QUARTERS.index(quarter) + 1 if quarter in _QUARTERS else quarter,
            )
            return read_period(f"{parts['year']}{written}")
    return read_period(text)
