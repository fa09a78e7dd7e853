"""The history of a record in words, for those who may see it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.words import words_now
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
    "appeal_masked": gettext_lazy("Persons and homes taken out, %(days)s days after the end"),
    "appeal_set_aside": gettext_lazy("Not sealed: what was sealed before does not open"),
    "appeal_forgotten": gettext_lazy("Contact removed, %(days)s days after the end"),
    "contact_asked_for": gettext_lazy("Asked to see the contact: %(reason)s"),
    "contact_allowed": gettext_lazy("Allowed to see the contact"),
    "contact_refused": gettext_lazy("Refused to show the contact"),
    "contact_revealed": gettext_lazy("Contact looked up: %(reason)s"),
    "photo_seen": gettext_lazy("Photograph shown"),
    "contact_seen_again": gettext_lazy("Contact shown"),
    "undone": gettext_lazy("Decision undone"),
    "meeting_called": gettext_lazy("Meeting called"),
    "meeting_agenda": gettext_lazy("Matter put on the agenda"),
    "meeting_held": gettext_lazy("Minutes written"),
    "meeting_cancelled": gettext_lazy("Meeting cancelled: %(reason)s"),
    "meeting_decided": gettext_lazy("Decision entered"),
    "decision_ended": gettext_lazy("Decision ended"),
    "mediation_proposed": gettext_lazy("Mediation offered"),
    "mediation_begun": gettext_lazy("All parties consented"),
    "mediation_agreed": gettext_lazy("Agreement entered"),
    "mediation_confirmation_asked": gettext_lazy("Court asked to confirm the agreement"),
    "mediation_performed": gettext_lazy("Agreement performed"),
    "mediation_ended": gettext_lazy("Ended without an agreement"),
    "petition_registered": gettext_lazy("Registered"),
    "petition_handed_over": gettext_lazy("Handed over to an organ"),
    "petition_objected": gettext_lazy("The organ objected"),
    "petition_objection_upheld": gettext_lazy("Objection upheld, the petition came back"),
    "petition_objection_rejected": gettext_lazy("Objection rejected"),
    "petition_accepted": gettext_lazy("Accepted by an organ"),
    "petition_answered": gettext_lazy("The organ gave its opinion"),
    "petition_rated": gettext_lazy("The petitioner gave a mark"),
    "petition_extended": gettext_lazy("Time extended by %(days)s days"),
    "petition_recounted": gettext_lazy("Time counted anew by the changed calendar"),
    "petition_paused": gettext_lazy("Time stands: a hearing is held"),
    "petition_resumed": gettext_lazy("Hearing over, time runs on"),
    "petition_recusal": gettext_lazy("Somebody recused"),
    "petition_leader": gettext_lazy("Given to a leader"),
    "reception_planned": gettext_lazy("Day planned"),
    "reception_swapped": gettext_lazy("Another leader takes the day"),
    "reception_held": gettext_lazy("Day held"),
    "reception_cancelled": gettext_lazy("Day cancelled"),
    "reception_case": gettext_lazy("Matter heard"),
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
    details = {key: _shown(value) for key, value in event.details.items()}
    return template % details if "%(" in template else template


def _shown(value: object) -> object:
    """A reason may name a citizen: whoever reads it sees of it what they see of words."""
    return words_now(value) or "–" if isinstance(value, str) else value or "–"
