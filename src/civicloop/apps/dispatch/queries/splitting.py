"""Which sentences of a message report a wrong, and which only complain: a proposal for whoever cuts."""

import re

from civicloop.apps.dispatch.queries.desk import kind_of
from civicloop.apps.intake.models import Kind

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]?")


def complaint_in(text: str) -> str:
    """The sentences that do not read like a report of a wrong."""
    sentences = [one for one in _SENTENCE.findall(text) if one.strip()]
    return "".join(one for one in sentences if kind_of(one) != Kind.REPORT).strip()


def holds_both(text: str) -> bool:
    """Whether a message seems to complain and to report a wrong."""
    complaint = complaint_in(text)
    return bool(complaint) and complaint != text.strip()
