"""Bring a text into plain characters, one for one, so that places stay.

Full-width letters and digits become plain, and so do Chinese numerals, digits in circles, in bold and
of other scripts where numbers are looked for.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

BLOT = "\x01"
_FULL_WIDTH = 0xFEE0  # from a plain character to its full-width form
_LATIN = {code + _FULL_WIDTH: code for code in range(0x21, 0x7F)}
_WITH_DIGITS = (  # blocks of signs that are digits: of other scripts, in circles and brackets, bold
    (0x0660, 0x066A), (0x06F0, 0x06FA), (0x0966, 0x0970), (0x2460, 0x2500), (0x2776, 0x2794),
    (0x3220, 0x322A), (0x3280, 0x328A), (0x1D7CE, 0x1D800),
)  # fmt: skip


def _digits() -> Iterator[tuple[int, int]]:
    for first, end in _WITH_DIGITS:
        for code in range(first, end):
            value = unicodedata.numeric(chr(code), -1)
            if value in range(10):
                yield code, ord("0") + int(value)


NUMERALS = "〇零○一幺二三四五六七八九壹贰叁肆伍陆柒捌玖"
_NUMERAL_OF_A_WORD = re.compile(  # …四五一直关机, 老三一三八…
    "一(?=[直再般定律起旦切样边共个次天]|分钱|毛钱)|(?<=[老小阿])[二三四五六七八九]"
)
_TO_DIGITS = {**dict(_digits()), **str.maketrans(NUMERALS, "0001123456789123456789")}


@dataclass(frozen=True, slots=True)
class Plain:
    """A text of the same length: ``words`` in plain width, ``digits`` with numerals as digits too."""

    words: str
    digits: str


def plain(text: str, *, blotted: re.Pattern[str] | None = None) -> Plain:
    """The plain forms of a text; what is blotted stands there as signs that belong to nothing."""
    if blotted is not None:
        text = blotted.sub(lambda found: BLOT * len(found[0]), text)
    words = text.translate(_LATIN)
    return Plain(words=words, digits=_NUMERAL_OF_A_WORD.sub(BLOT, words).translate(_TO_DIGITS))
