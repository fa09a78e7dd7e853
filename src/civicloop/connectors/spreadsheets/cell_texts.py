"""Write what workbook cells hold as the text that the spreadsheet program shows."""

import re
from datetime import datetime, timedelta

_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_DIGITS = 1e15  # spreadsheet programs keep 15 digits; what is longer is already destroyed
_LAST_SERIAL = 2_958_466  # 1 January 10000


def date_styles(formats: list[int], codes: dict[int, str]) -> list[bool]:
    """Return for each number format whether it shows a date, by its number or its code."""
    return [
        is_date_code(codes[number]) if number in codes else number in _DATE_FORMATS
        for number in formats
    ]


def is_date_code(code: str) -> bool:
    """Whether a number format such as ``yyyy/m/d`` shows numbers as dates."""
    bare = _NOT_LETTERS.sub("", code.split(";", 1)[0])
    return bare.lower() != "general" and bool(_DATE_LETTERS.search(bare))


def number_text(text: str) -> str:
    """Return ``188006`` for ``188006.0``, and ``4.2E+17`` for numbers beyond 15 digits."""
    if text.isdecimal() and len(text) <= 15:
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if not -_MOST_DIGITS < number < _MOST_DIGITS:
        return f"{number:.15G}"
    return str(int(number)) if number.is_integer() else f"{number:.15g}"


def date_text(text: str, *, dates_from_1904: bool) -> str:
    """Return the date that a day number means, as ``2019-01-16`` or ``2019-01-16 09:05:14``."""
    try:
        serial = float(text)
    except ValueError:
        return text
    if not 1 <= serial < _LAST_SERIAL:
        return number_text(text)
    epoch = datetime(1904, 1, 1) if dates_from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
    moment = epoch + timedelta(seconds=round(serial * 86_400))
    return moment.isoformat(" ") if serial % 1 else moment.date().isoformat()


def unescaped(text: str) -> str:
    """Undo the writing of control characters as ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
