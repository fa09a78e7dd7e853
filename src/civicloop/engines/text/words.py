"""Cut Chinese text into words.

Source: the segmentation is jieba's (dictionary and hidden Markov model), in its Rust port; the
folding is Unicode NFKC (Unicode Standard Annex 15) and own work.
"""

import re
import unicodedata

MAX_CHARACTERS = 10_000  # what stands behind adds nothing to the meaning, but costs time

_GAP = re.compile(r"\s+")
_DIGIT = re.compile(r"\d")


def fold(text: str) -> str:
    """Return the text as it is compared: half width, lower case, no gaps, digits as ``0``.

    Args:
        text: Any text. Only its first ``MAX_CHARACTERS`` characters are used.

    Returns:
        The folded text, possibly empty.
    """
    readable = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()
    folded = unicodedata.normalize("NFKC", readable).lower()
    return _DIGIT.sub("0", _GAP.sub("", folded.replace("\0", "")))


def cut_words(text: str) -> list[str]:
    """Return the words of a text in order; joined they are the text again.

    Args:
        text: Any text without lone surrogates, such as ``fold`` returns.

    Returns:
        The words, signs and numbers included; an empty list for an empty text.
    """
    import rjieba

    words: list[str] = rjieba.cut(text)
    return words
