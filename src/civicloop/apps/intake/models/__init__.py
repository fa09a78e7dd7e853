"""HEAR: appeals from every channel, who registered them, and the files they came in."""

from civicloop.apps.intake.models.appeals import (
    MASKED_COLUMNS,
    STALLED_AFTER,
    Appeal,
    Channel,
    ImportRun,
    ImportState,
    Kind,
    LimitCase,
    OnError,
    OnExisting,
    SearchMark,
    Topic,
    TopicBasis,
    TopicTree,
)
from civicloop.apps.intake.models.clients import ApiAction, ApiClient, SentAppeal
from civicloop.apps.intake.models.looks import Look, LookState
from civicloop.apps.intake.models.nuisance import NuisanceMark, NuisanceReason, NuisanceState
from civicloop.apps.intake.models.redactions import Redaction
from civicloop.apps.intake.models.registrations import (
    AppealPhoto,
    Contact,
    Element,
    Receipt,
    RecordedOn,
    Registration,
    Tally,
    Urgency,
)
from civicloop.apps.intake.models.rows import LaterRow, OriginalRow, RejectedRow
from civicloop.apps.intake.models.sealed_notes import HoldsNotes, SealedNote, create_notes
from civicloop.apps.intake.models.sealed_words import SPOKEN, SealedWords
from civicloop.apps.intake.models.splits import SplitOff

__all__ = [
    "MASKED_COLUMNS",
    "SPOKEN",
    "STALLED_AFTER",
    "ApiAction",
    "ApiClient",
    "Appeal",
    "AppealPhoto",
    "Channel",
    "Contact",
    "Element",
    "HoldsNotes",
    "ImportRun",
    "ImportState",
    "Kind",
    "LaterRow",
    "LimitCase",
    "Look",
    "LookState",
    "NuisanceMark",
    "NuisanceReason",
    "NuisanceState",
    "OnError",
    "OnExisting",
    "OriginalRow",
    "Receipt",
    "RecordedOn",
    "Redaction",
    "Registration",
    "RejectedRow",
    "SealedNote",
    "SealedWords",
    "SearchMark",
    "SentAppeal",
    "SplitOff",
    "Tally",
    "Topic",
    "TopicBasis",
    "TopicTree",
    "Urgency",
    "create_notes",
]
