"""Numbers of persons: identity documents, bank cards, telephones.

Digits may be full-width, written out (幺三八), and parted by a blank, a hyphen or a dot; where a check or
the usual groups bear it out, by the end of a line or any other sign.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from civicloop.engines.pii.plain import NUMERALS, Plain
from civicloop.engines.pii.values import PiiKind, Taken

_GAP_SIGNS = " \u3000\u00a0\u200b-\u200d\u2060\ufeff\ufe0f\u20e3.·_\u2010-\u2015\\-"
_GAP = f"[{_GAP_SIGNS}]{{0,2}}"
_WIDE_GAP = rf"[{_GAP_SIGNS}\t\r\n]{{0,3}}"
_PARTED = rf"(?:[{_GAP_SIGNS}\t\r\n,，、/\\|~:;*+=()\[\]]{{1,3}}|&nbsp;)"
_BROKEN = r"[ \t]?\r?[\t\n][ \t]?"  # by the end of a line, or a cell
_NO_DIGIT_BEFORE = r"(?<![0-9])(?<![0-9][.])"  # 3.14 is one number
_COLON = r"(?:号码?|证号?|为|是|No\.?|[:;,，、（(\[ ]){0,4}"
_CHECK = "[0-9Xx×ΧХх叉]"  # the tenth is written with whatever looks or sounds like it
_DISABILITY = "(?:[1-7][1-4](?:B[0-9])?)?"  # a card's kind and degree behind the number
_IDENTITY = re.compile(
    rf"(?<![0-9])[1-9](?:{_WIDE_GAP}[0-9]){{16}}{_WIDE_GAP}{_CHECK}{_DISABILITY}(?![0-9A-Za-z])"
)
_HALF_IDENTITY = re.compile(  # its writer hid the end alone
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{6}[*Xx×]{3,4}(?![0-9A-Za-z])"
)
_OLD_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-8][0-9]{14}(?![0-9A-Za-z])")
_CALLED_IDENTITY = re.compile(
    rf"(?:身份证|证件号|证件){_COLON}([1-9](?:{_WIDE_GAP}[0-9]){{13,16}}{_WIDE_GAP}{_CHECK})(?![0-9A-Za-z])"
)
_PASSPORT = re.compile(
    rf"(?:护照|通行证|回乡证|台胞证){_COLON}([A-Za-z]{{1,2}} ?[0-9]{{7,9}}|[0-9]{{8}})(?![0-9])"
)
_RESIDENCE = re.compile(rf"(?:居留证|居留身份证|绿卡){_COLON}([A-Za-z]{{3}} ?[0-9]{{12}})(?![0-9])")
_OF_SOLDIER = re.compile(
    rf"(?:军官|警官|士兵|军士|文职)证{_COLON}([\u4e00-\u9fff]{{1,2}}字?第?[0-9]{{6,8}}号?)(?![0-9])"
)
_CARD = re.compile(rf"(?<![0-9A-Za-z])6{_WIDE_GAP}2(?:{_WIDE_GAP}[0-9]){{14,17}}(?![0-9A-Za-z])")
_CALLED_CARD = re.compile(
    r"(?:卡号|银行卡|储蓄卡|信用卡|借记卡|工资卡|社保卡|一卡通|存折|账号|账户|帐号|[Vv][Ii][Ss][Aa]卡?|万事达卡?)"
    rf"{_COLON}([0-9](?:{_WIDE_GAP}[0-9]){{11,18}})(?![0-9])"
)
_MOBILE = re.compile(
    rf"(?:(?<![0-9A-Za-z])\+?(?:00)?86{_GAP}|{_NO_DIGIT_BEFORE})"
    rf"(?<![A-Za-z])1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?![0-9])(?!\.[0-9])"
)
_MOBILE_IN_PARTS = re.compile(
    rf"(?<![0-9A-Za-z.])(?:1[3-9][0-9](?:{_PARTED}[0-9]{{4}}{_PARTED}[0-9]{{4}}"
    rf"|{_BROKEN}[0-9]{{8}}|[0-9]{{4}}{_BROKEN}[0-9]{{4}})"
    rf"|[(\[]1[3-9][0-9][)\]]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}})(?![0-9{NUMERALS}])(?!\.[0-9])"
)
_CALLED_MOBILE = re.compile(  # 手机138035212346月起停用
    rf"(?:(?:电话|手机|号码|手机号|联系方式){_COLON}(?=[0-9]{{12,15}}[年月日点])"
    r"|(?<![A-Za-z])(?:[Tt][Ee][Ll]|[Pp]hone|[Mm]obile)(?![0-9]{12}))(1[3-9][0-9]{9})"
)
_MOBILE_WITH_LETTERS = re.compile("(?<![0-9A-Za-z.])[1Il][3-9][0-9OoIl]{9}(?![0-9A-Za-z])")
_AREA = "0(?:10|2[0-57-9]|[3-9][0-9]{2})"
_SUBSCRIBER = "[2-8](?:[ -]?[0-9]){6,7}(?: ?(?:-|转|分机){1,2} ?[0-9]{1,5})?(?![0-9])"
_LOCAL = rf"{_SUBSCRIBER}(?:[/、,或和] ?[2-8][0-9]{{6,7}}(?![0-9元万吨.])){{0,3}}"
_LANDLINE = re.compile(
    rf"(?<![0-9A-Za-z./-])(?:\({_AREA}\)[ -]{{0,2}}|{_AREA}[ ./\u2010-\u2015-]{{1,2}}){_LOCAL}"
)
_LANDLINE_IN_ONE = re.compile(
    rf"(?<![0-9A-Za-z./-])(?<![号码表单户])(?<![号码][:是为 ]){_AREA}[2-8][0-9]{{6,7}}(?![0-9A-Za-z.-])"
)
_LANDLINE_FROM_ABROAD = re.compile(
    rf"(?<![0-9A-Za-z])(?:\+|00)86[ -]?(?:10|2[0-57-9]|[3-9][0-9]{{2}})[ -]?{_LOCAL}"
)
_CALLED_LANDLINE = re.compile(
    rf"(?:电话|座机|固话|宅电|致电|拨打|联系方式){_COLON}"
    rf"({_AREA}{_LOCAL}|(?![48]00)[2-8][0-9]{{2,3}}[ -]?[0-9]{{4}}(?![0-9]))"
)
_DIALLED_LANDLINE = re.compile(rf"(?:[拨打]|传真|来电){_COLON}({_AREA}{_LOCAL})")
_PARTS_OF_NUMBER = re.compile(  # a longitude; a computer of a house's own network
    r"1[0-9]{2}\.[0-9]{8}|192\.168(?:\.[0-9]{1,3}){2}|172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]{1,3}){2}"
)
_NUMERAL_BESIDE_DIGIT = re.compile(f"[{NUMERALS}][+(]?[0-9]|[0-9][{NUMERALS}]")
_NOT_DIGITS = re.compile(r"[^0-9X]")
_TENTH = str.maketrans("×ΧХ叉", "XXXX")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46"
    " 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)
_PROVINCES = frozenset(_CODES.split())
_FIRST_YEAR = 1900
_LEAST_DIGITS = 6  # of a text in which a number is worth looking for
_WITH_AREA = 11
_LEAST_OF_MOBILE = 7  # the others may be letters that look like 0 and 1


def find_numbers(text: Plain, taken: Taken) -> None:
    """Take the numbers; what passes a check comes before what only looks like a number."""
    if not _may_hold_numbers(text.digits):
        return
    forms = [text.digits]
    if _NUMERAL_BESIDE_DIGIT.search(text.words):  # 李四13803521234: the name's numeral is no digit
        forms.append(text.words)
    for kind, pattern, is_sound in (
        (PiiKind.IDENTITY, _IDENTITY, _is_identity),
        (PiiKind.IDENTITY, _HALF_IDENTITY, _begins_with_birth),
        (PiiKind.IDENTITY, _CALLED_IDENTITY, _anything),
        (PiiKind.IDENTITY, _PASSPORT, _anything),
        (PiiKind.IDENTITY, _RESIDENCE, _anything),
        (PiiKind.IDENTITY, _OF_SOLDIER, _anything),
        (PiiKind.CARD, _CARD, _passes_luhn),
        (PiiKind.CARD, _CALLED_CARD, _anything),
        (PiiKind.MOBILE, _MOBILE, _is_no_decimal),
        (PiiKind.MOBILE, _MOBILE_IN_PARTS, _anything),
        (PiiKind.MOBILE, _CALLED_MOBILE, _anything),
        (PiiKind.MOBILE, _MOBILE_WITH_LETTERS, _is_mostly_digits),
        (PiiKind.IDENTITY, _OLD_IDENTITY, _is_old_identity),
        (PiiKind.LANDLINE, _LANDLINE, _anything),
        (PiiKind.LANDLINE, _LANDLINE_IN_ONE, _is_whole_landline),
        (PiiKind.LANDLINE, _LANDLINE_FROM_ABROAD, _anything),
        (PiiKind.LANDLINE, _CALLED_LANDLINE, _anything),
        (PiiKind.LANDLINE, _DIALLED_LANDLINE, _anything),
    ):
        for start, end in _matches(forms, pattern, is_sound):
            taken.take(kind, start, end)


def _matches(
    forms: Sequence[str], pattern: re.Pattern[str], is_sound: Callable[[str], bool]
) -> Sequence[tuple[int, int]]:
    """Where the pattern stands in one form of the text or another, the longest first."""
    spans = []
    for form in forms:
        for match in pattern.finditer(form):
            group = match.lastindex or 0
            if is_sound(match[group]):
                spans.append(match.span(group))
    return sorted(spans, key=_length, reverse=True) if len(forms) > 1 else spans


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def _may_hold_numbers(digits: str) -> bool:
    return sum(map(digits.count, "0123456789")) >= _LEAST_DIGITS


def _bare(number: str) -> str:
    """Without what parts its digits."""
    return _NOT_DIGITS.sub("", number.upper().translate(_TENTH))


def _anything(_number: str) -> bool:
    return True


def _is_no_decimal(number: str) -> bool:
    return not _PARTS_OF_NUMBER.fullmatch(number)


def _is_whole_landline(number: str) -> bool:
    """010 and 02x stand before eight digits, the others before seven or eight."""
    return len(number) == _WITH_AREA or number[1] in "3456789"


def _is_mostly_digits(number: str) -> bool:
    return len(_bare(number)) >= _LEAST_OF_MOBILE


def _is_identity(number: str) -> bool:
    digits = _bare(number)
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return _is_day(digits[6:14]) and digits[17] == _CHECKS[total % 11]


def _begins_with_birth(number: str) -> bool:
    return number[:2] in _PROVINCES and _is_day(number[6:14])


def _is_old_identity(digits: str) -> bool:
    """Of before 1999: no check character, so the province and the day of birth must be real."""
    return digits[:2] in _PROVINCES and _is_day("19" + digits[6:12])


def _is_day(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return day.year >= _FIRST_YEAR


def _passes_luhn(number: str) -> bool:
    digits = reversed(_bare(number))
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
