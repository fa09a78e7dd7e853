"""Words that tell of a route which the law prescribes instead of the hotline.

The hotline tells the citizen that route; whether it holds is for a person to say, so a word is
enough to ask one. Source: own words for the matters that the
State Council's circular no. 53 of 2020 keeps out of hotlines.
"""

import re
from collections.abc import Mapping
from enum import StrEnum


class LegalRoute(StrEnum):
    """The routes."""

    LITIGATION = "litigation"
    ARBITRATION = "arbitration"
    REVIEW = "review"  # administrative reconsideration
    DISCIPLINE = "discipline"  # discipline inspection and supervision
    DISCLOSURE = "disclosure"  # government information
    PETITION = "petition"


WORDS: Mapping[LegalRoute, re.Pattern[str]] = {
    LegalRoute.LITIGATION: re.compile(
        r"(?:法院|已经?)(?:起诉|立案|判决|裁定|开庭)|强制执行申请|判决书|上诉"
    ),
    LegalRoute.ARBITRATION: re.compile(r"仲裁(?:委|裁决|庭|中)|(?:申请|正在)[^。，]{0,6}仲裁"),
    LegalRoute.REVIEW: re.compile(r"行政复议"),
    LegalRoute.DISCIPLINE: re.compile(r"纪委|监委|纪检监察"),
    LegalRoute.DISCLOSURE: re.compile(r"(?:政府)?信息公开申请|申请(?:政府)?信息公开|依申请公开"),
    LegalRoute.PETITION: re.compile(r"信访(?:事项|复查|复核|件)|已[^。，]{0,6}信访"),
}


def find_legal_route(text: str) -> tuple[LegalRoute, str] | None:
    """Return the first route that a text speaks of, with the words; None where it does not."""
    for route, words in WORDS.items():
        if found := words.search(text):
            return route, found.group()
    return None
