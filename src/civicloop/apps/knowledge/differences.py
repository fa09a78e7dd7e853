"""What changed from one version of an article to another, sentence by sentence."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.knowledge.models import ArticleVersion

_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]|[^。；！？\n]+")
FIELD_NAMES: dict[str, str | Promise] = {
    "title": _("title"),
    "questions": _("forms of the question"),
    "answer": _("answer"),
    "steps": _("steps"),
    "legal_basis": _("legal basis"),
    "source_name": _("source"),
    "source_url": _("address of the source"),
    "valid_from": _("valid from"),
    "valid_to": _("valid to"),
    "unit": _("owner"),
    "topic": _("topic"),
    "area": _("area"),
    "audience": _("audience"),
}


class Piece(NamedTuple):
    """Some text that stayed, was taken out or was put in."""

    kind: str  # "same", "out" or "in"
    text: str


class FieldDifference(NamedTuple):
    """One part of the article that reads differently now."""

    name: str
    pieces: list[Piece]


def differences(before: ArticleVersion, after: ArticleVersion) -> list[FieldDifference]:
    """The parts that differ, each with what stayed, went and came."""
    return [
        FieldDifference(str(words), list(_pieces(old, new)))
        for name, words in FIELD_NAMES.items()
        if (old := _text(before, name)) != (new := _text(after, name))
    ]


def _text(version: ArticleVersion, name: str) -> str:
    if name == "audience":
        return version.get_audience_display()
    value = getattr(version, name)
    return "" if value is None else str(value).replace("\r\n", "\n")


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[start:end]))
            continue
        if start < end:
            yield Piece("out", "".join(old[start:end]))
        if first < last:
            yield Piece("in", "".join(new[first:last]))
