"""Keep out of the audit, which is never changed, what tells who somebody is."""

import re
import unicodedata
from collections.abc import Mapping

from civicloop.apps.audit.keys import commitment
from civicloop.engines.pii import STRUCTURED, find_pii

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

_CODE = re.compile("[a-z_][a-z0-9_:.-]*|[0-9a-f]{32,}")  # a state, a name of a column, a hash
_SIGN = re.compile(
    "[0-9A-Za-z@\uff10-\uff19\u3007零○一幺二三四五六七八九]"
)  # also full-width digits
_FEWEST_SIGNS = 5  # of the shortest number or address; most words of staff have fewer
_SEPARATOR = re.compile("[\\s\\-\u2010-\u2015]")


def without_numbers(details: Mapping[str, Json]) -> dict[str, Json]:
    """The details with a keyed commitment in the place of each personal number.

    Whoever has the key and a number can tell whether it was that number; nobody can read it back.
    """
    return {name: _without(value) for name, value in details.items()}


def _without(value: Json) -> Json:
    if isinstance(value, str):
        return _text_without(value)
    if isinstance(value, list):
        return [_without(one) for one in value]
    if isinstance(value, dict):
        return without_numbers(value)
    return value


def _text_without(text: str) -> str:
    if _CODE.fullmatch(text) or len(_SIGN.findall(text)) < _FEWEST_SIGNS:
        return text
    pieces: list[str] = []
    end = 0
    for span in find_pii(text, STRUCTURED):
        plain = _SEPARATOR.sub("", unicodedata.normalize("NFKC", text[span.start : span.end]))
        pieces += [text[end : span.start], f"[{commitment(plain, purpose=span.kind)}]"]
        end = span.end
    return "".join([*pieces, text[end:]])
