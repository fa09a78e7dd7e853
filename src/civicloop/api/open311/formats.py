"""Write an answer as XML or as JSON; both say the same.

Source: GeoReport v2, "Format Support"; the JSON of lists leaves out the root and the wrappers (Spark convention).
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpResponse, JsonResponse

Value: TypeAlias = "str | bool | int | Mapping[str, Value] | Sequence[Value]"
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, Char
SINGULAR = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}


def answer(root: str, said: Value, notation: str, status: int = 200) -> HttpResponse:
    """What is said, under this name of the root, in the notation that the address ends with."""
    if notation == "json":
        return JsonResponse(
            said,
            status=status,
            safe=False,
            content_type="application/json; charset=utf-8",
            json_dumps_params={"ensure_ascii": False},
        )
    written = tostring(_element(root, said), encoding="utf-8", xml_declaration=True)
    return HttpResponse(written, "text/xml; charset=utf-8", status)


def _element(name: str, value: Value) -> Element:
    element = Element(name)
    _fill(element, value)
    return element


def _fill(element: Element, value: Value) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _fill(SubElement(element, name), inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _fill(SubElement(element, SINGULAR[element.tag]), inner)
    else:
        word = str(value).lower() if isinstance(value, bool) else str(value)
        element.text = NO_XML.sub("", word)
