"""The history of a record in words, for those who may see it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from civicloop.apps.audit.models import AuditEvent

ACTION_WORDS: Mapping[str, Promise] = {
    "topic_settled": gettext_lazy("Topic settled: %(after)s (before: %(before)s)"),
    "merge": gettext_lazy("Events merged"),
    "split": gettext_lazy("Appeals split off"),
    "confirm": gettext_lazy("Event confirmed as one matter"),
    "appeal_updated": gettext_lazy("Brought up to date by import no. %(import)s"),
    "update_taken_back": gettext_lazy("Update by import no. %(import)s taken back"),
    "article_written": gettext_lazy("Written"),
    "article_rewritten": gettext_lazy("Version %(version)s written"),
    "article_submitted": gettext_lazy("Version %(version)s handed in for a review"),
    "article_approved": gettext_lazy("Version %(version)s approved and published"),
    "article_returned": gettext_lazy("Version %(version)s returned to its author"),
    "article_restored": gettext_lazy("Version %(restored)s written again as version %(version)s"),
    "article_withdrawn": gettext_lazy("Withdrawn: %(reason)s"),
    "article_confirmed": gettext_lazy("Looked at: version %(version)s is still right"),
    "correction_requested": gettext_lazy("Correction no. %(correction)s asked for"),
    "correction_settled": gettext_lazy("Correction no. %(correction)s settled"),
    "appeal_registered": gettext_lazy("Registered"),
    "contact_revealed": gettext_lazy("Contact looked up: %(reason)s"),
    "undone": gettext_lazy("Decision undone"),
}


class HistoryEntry(NamedTuple):
    """One change and its words."""

    event: AuditEvent
    words: str


def history_words(events: Iterable[AuditEvent]) -> list[HistoryEntry]:
    """Each change in words; one that has no words yet is named by its code."""
    return [HistoryEntry(event, _words(event)) for event in events]


def _words(event: AuditEvent) -> str:
    template = str(ACTION_WORDS.get(event.action, event.action))
    details = {key: value or "–" for key, value in event.details.items()}
    return template % details if "%(" in template else template
