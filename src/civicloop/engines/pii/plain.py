"""Bring a text into plain characters, one for one, so that places stay.

Full-width letters and digits become plain, and so do Chinese numerals where numbers are looked for.
"""

import re
from dataclasses import dataclass

BLOT = "\x01"
_FULL_WIDTH = 0xFEE0  # from a plain character to its full-width form
_LATIN = {code + _FULL_WIDTH: code for code in range(0x21, 0x7F)}
_NUMERALS = str.maketrans(
    "〇零○一幺二三四五六七八九壹贰叁肆伍陆柒捌玖①②③④⑤⑥⑦⑧⑨",
    "0001123456789123456789123456789",
)


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
    return Plain(words=words, digits=words.translate(_NUMERALS))
