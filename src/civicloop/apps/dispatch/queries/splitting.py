"""What a message holds, for whoever cuts it: a report of a wrong beside a complaint, several problems."""

import re

from civicloop.apps.dispatch.queries.desk import kind_of
from civicloop.apps.intake.models import Kind
from civicloop.engines.routing.accusations import accuses_office
from civicloop.engines.text.readings.problems import split_problems

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]?")


def complaint_in(text: str) -> str:
    """The sentences that do not read like a report of a wrong."""
    sentences = [one for one in _SENTENCE.findall(text) if one.strip()]
    return "".join(one for one in sentences if not reads_like_a_report(one)).strip()


def reads_like_a_report(text: str) -> bool:
    """Whether a text reports a wrong, or accuses somebody in office without saying so."""
    return accuses_office(text) or kind_of(text) == Kind.REPORT


def holds_both(text: str) -> bool:
    """Whether a message seems to complain and to report a wrong."""
    complaint = complaint_in(text)
    return bool(complaint) and complaint != text.strip()


def problems_in(text: str) -> list[str]:
    """The problems that a message seems to tell of, in its words and their order."""
    return [text[part.start : part.end] for part in split_problems(text)]
