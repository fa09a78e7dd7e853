"""Note who was shown what of citizens, and who took a file along."""

from collections.abc import Mapping
from datetime import datetime

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.visibility import Seen
from civicloop.apps.audit.actions import Json, record_look

SEEN, TAKEN = "words_seen", "file_taken"
APPEALS = "intake_appeal"
APPEAL_WORDS, PAGE = "words_of_appeal", "page"
MOST_NAMED = 500  # of a longer list its page and its size tell which they were


def note_words_seen(*, seen: Seen, page: str, actor: User, now: datetime) -> None:
    """Leave one event for a page on which persons or homes may have stood.

    It names the appeals, and of everything else the tables.
    """
    appeals = sorted(seen.get(APPEALS, ()))
    is_one = len(appeals) == 1
    record_look(
        action=SEEN,
        object_type=APPEAL_WORDS if is_one else PAGE,
        object_id=appeals[0] if is_one else page[:40],
        actor=actor,
        now=now,
        details={"page": page, **_named(appeals), "tables": list[Json](sorted(seen))},
    )


def _named(appeals: list[int]) -> Mapping[str, Json]:
    if not appeals:
        return {}
    more = {"appeal_count": len(appeals)} if len(appeals) > MOST_NAMED else {}
    return {"appeals": list[Json](appeals[:MOST_NAMED]), **more}


def note_file_taken(*, page: str, address: str, actor: User, now: datetime) -> None:
    """Leave an event for a file that is sent to be kept, before its first byte goes."""
    record_look(
        action=TAKEN,
        object_type="file",
        object_id=page[:40],
        actor=actor,
        now=now,
        details={"page": page, "address": address},
    )
