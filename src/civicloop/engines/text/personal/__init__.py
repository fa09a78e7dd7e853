"""Find numbers that point at one person: mobile telephones, identity cards, bank cards.

Source: GB 11643-1999 (18 digits with a check character, ISO 7064 MOD 11-2); mobile numbers of the
Chinese numbering plan (11 digits that begin with 13 to 19); bank cards of UnionPay with the Luhn
check of ISO/IEC 7812-1. Own arrangement of the spellings met in appeals: full-width digits, blanks
and hyphens between the digits, digits written out as 幺三八.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_FULL_WIDTH = 0xFEE0  # from a plain character to its full-width form
_DIGITS = {
    **{chr(ord(plain) + _FULL_WIDTH): plain for plain in "0123456789X"},
    **dict(zip("〇零○一幺二三四五六七八九", "0001123456789", strict=True)),
}
_PLAIN = str.maketrans(_DIGITS)  # one character for one, so places stay
_GAP = "[ \u3000\u2010-\u2015\\-]?"
_MOBILE = re.compile(rf"(?<![0-9])1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?![0-9])")
_IDENTITY = re.compile(rf"(?<![0-9])[1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx](?![0-9])")
_CARD = re.compile(rf"(?<![0-9])6{_GAP}2(?:{_GAP}[0-9]){{14,17}}(?![0-9])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_FIRST_YEAR = 1900
_KEPT_FIRST, _KEPT_LAST = 3, 2
_NO_DIGITS = re.compile(r"[^0-9X]")


class NumberKind(StrEnum):
    """What a number is."""

    MOBILE = "mobile"
    IDENTITY = "identity"
    CARD = "card"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalNumber:
    """A number found; ``start`` and ``end`` count characters of the text."""

    kind: NumberKind
    start: int
    end: int
    digits: str  # as plain digits, X for the last of an identity number

    @property
    def masked(self) -> str:
        """Enough to know it again, too little to use: 138******78."""
        hidden = "*" * (len(self.digits) - _KEPT_FIRST - _KEPT_LAST)
        return f"{self.digits[:_KEPT_FIRST]}{hidden}{self.digits[-_KEPT_LAST:]}"


_PATTERNS = {
    NumberKind.IDENTITY: _IDENTITY,
    NumberKind.CARD: _CARD,
    NumberKind.MOBILE: _MOBILE,
}


def find_personal_numbers(text: str) -> list[PersonalNumber]:
    """The personal numbers in a text, in the order in which they stand.

    Args:
        text: Any text; the time needed grows with its length alone.
    """
    plain = text.translate(_PLAIN)
    found: list[PersonalNumber] = []
    for kind, pattern in _PATTERNS.items():

        def note(match: re.Match[str], kind: NumberKind = kind) -> str:
            digits = _NO_DIGITS.sub("", match[0].upper())
            if not _is_sound(kind, digits):
                return match[0]
            start, end = match.span()
            found.append(PersonalNumber(kind=kind, start=start, end=end, digits=digits))
            return " " * len(match[0])  # no number is found twice

        plain = pattern.sub(note, plain)
    return sorted(found, key=lambda number: number.start)


def mask_personal_numbers(text: str) -> str:
    """The text with the middle of every personal number hidden."""
    pieces: list[str] = []
    end = 0
    for number in find_personal_numbers(text):
        pieces += [text[end : number.start], number.masked]
        end = number.end
    return "".join([*pieces, text[end:]])


def _is_sound(kind: NumberKind, digits: str) -> bool:
    if kind == NumberKind.IDENTITY:
        return _is_identity(digits)
    return kind == NumberKind.MOBILE or _passes_luhn(digits)


def _is_identity(digits: str) -> bool:
    year, month, day = int(digits[6:10]), int(digits[10:12]), int(digits[12:14])
    try:
        date(year, month, day)
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return year >= _FIRST_YEAR and digits[17] == _CHECKS[total % 11]


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
