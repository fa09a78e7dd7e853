"""Read an answer in XML back into what its JSON says: names of lists tell how, all words are strings."""

from xml.etree.ElementTree import Element, fromstring

LISTS = {"services", "service_requests", "errors", "attributes", "values", "endpoints", "formats"}


def from_xml(content: bytes) -> object:
    return _value(fromstring(content))


def _value(element: Element) -> object:
    if element.tag in LISTS:
        return [_value(inner) for inner in element]
    if len(element):
        return {inner.tag: _value(inner) for inner in element}
    return element.text or ""


def in_words(value: object) -> object:
    """What JSON says, with every word as XML has it."""
    if isinstance(value, list):
        return [in_words(inner) for inner in value]
    if isinstance(value, dict):
        return {name: in_words(inner) for name, inner in value.items()}
    return str(value).lower() if isinstance(value, bool) else str(value)
