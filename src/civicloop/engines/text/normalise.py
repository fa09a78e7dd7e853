"""Bring citizens' texts into the plain form that similarity is measured on.

Width, case and decoration are removed, sentence breaks are kept as one break sign, so that no
character sequence reaches over two sentences.

Source: own work; Unicode NFKC is Unicode Standard Annex #15.
"""

import re
import unicodedata

BREAK = "\n"

_GLUE = re.compile(r"[\s·・.．\-—_~“”\"'‘’《》〈〉<>【】\[\]「」『』*#]+")
_NOT_TEXT = re.compile(
    r"[^0-9a-z\u3400-\u4dbf\u4e00-\u9fff]+"
)  # only the basic plane: one UTF-16 unit each


def plain(text: str) -> str:
    """Give the text in half width and lower case, words glued, sentences parted by ``BREAK``.

    Args:
        text: any string, of any length; may be empty or hold no word at all.

    Returns:
        Only digits, a-z, Han characters and ``BREAK``; neither begins nor ends with ``BREAK``.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    return _NOT_TEXT.sub(BREAK, _GLUE.sub("", folded)).strip(BREAK)
