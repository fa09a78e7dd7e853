"""Who may see what tells of a citizen: the one table, and who is reading just now.

Every page is made for a reader. What comes out of the database for a reader is what this table gives
them (`apps/accounts/words.py`), so that a page cannot show more by forgetting to ask. Jobs and
commands have no reader and see everything; a citizen without log-in reaches the own appeal alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User


class Protected(StrEnum):
    """What tells, or may tell, who a citizen is."""

    WORDS = "words"  # of citizens, and what staff write about them
    WORDS_OF_REPORT = "words_of_report"  # of a report of a wrong, or told in confidence
    REPLY = "reply"  # of a unit, to the citizen
    PHOTO = "photo"  # that a citizen sent along
    PHOTO_OF_REPORT = "photo_of_report"  # it may show from where it was taken
    CASE = "case"  # meetings, receptions, mediation, petitions
    CONTACT = "contact"  # name, telephone, home: sealed, opened by a look
    ORIGINAL_ROW = "original_row"  # of an imported file: sealed, opened by a look


class Sight(StrEnum):
    """How much a reader sees."""

    FULL = "full"
    PLACED = "placed"  # without persons, but with the place to the room: who acts must go there
    MASKED = "masked"  # without persons and homes
    NONE = "none"


CENTRE = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.REVIEWER, Role.CALLER_BACK})
REACHING = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.CALLER_BACK})  # they call citizens
OVERSIGHT = frozenset({Role.SUPERVISOR, Role.LEADER})
OF_CASES = frozenset({Role.PETITION_OFFICER, Role.MEETING_SECRETARY, Role.MEDIATOR})


def _row(
    *,
    full: Iterable[Role] = (),
    placed: Iterable[Role] = (),
    masked: Iterable[Role] = (),
) -> Mapping[str, Sight]:
    given = {
        **dict.fromkeys(masked, Sight.MASKED),
        **dict.fromkeys(placed, Sight.PLACED),
        **dict.fromkeys(full, Sight.FULL),
    }
    return {role: given.get(role, Sight.NONE) for role in Role}


# The three that run the installation stand in no row: they see nothing of a citizen.
MATRIX: Mapping[Protected, Mapping[str, Sight]] = {
    Protected.WORDS: _row(
        full=CENTRE, placed=OF_A_UNIT, masked=OVERSIGHT | OF_CASES | {Role.GUEST}
    ),
    Protected.WORDS_OF_REPORT: _row(
        full=CENTRE, masked=OF_A_UNIT | OVERSIGHT | OF_CASES | {Role.GUEST}
    ),
    Protected.REPLY: _row(
        full=CENTRE | OF_A_UNIT | OVERSIGHT | OF_CASES, masked={Role.GUEST}
    ),
    Protected.PHOTO: _row(full=CENTRE | OF_A_UNIT | OF_CASES | {Role.SUPERVISOR}),
    Protected.PHOTO_OF_REPORT: _row(full=CENTRE | {Role.SUPERVISOR}),
    Protected.CASE: _row(
        full=CENTRE | OF_CASES, placed=OF_A_UNIT, masked=OVERSIGHT | {Role.GUEST}
    ),
    Protected.CONTACT: _row(full=REACHING),
    Protected.ORIGINAL_ROW: _row(full=REACHING),
}  # fmt: skip


def sight_of(user: User | AnonymousUser, what: Protected) -> Sight:
    """How much the user sees of something."""
    if not isinstance(user, User) or not user.is_active:
        return Sight.NONE
    return MATRIX[what].get(user.role, Sight.NONE)


Seen: TypeAlias = dict[str, set[int]]  # by table the numbers of what came out unmasked
OPEN = frozenset({Sight.FULL, Sight.PLACED})


class _Reader:
    """Whose sights are looked up once, and only when something protected is read."""

    def __init__(self, user: User | AnonymousUser, seen: Seen | None) -> None:
        self._user = user
        self.seen = seen

    @cached_property
    def sights(self) -> Mapping[Protected, Sight] | None:
        """None: a citizen, who reaches nothing but the own appeal and what is public."""
        if not self._user.is_authenticated:
            return None
        return {what: sight_of(self._user, what) for what in Protected}

    @property
    def unit_id(self) -> int | None:
        return self._user.unit_id if isinstance(self._user, User) else None


_READER: ContextVar[_Reader | None] = ContextVar("reader", default=None)


@contextmanager
def read_by(user: User | AnonymousUser, seen: Seen | None = None) -> Iterator[None]:
    """Within this, what comes out of the database is what the user may see.

    Args:
        user: who reads.
        seen: takes down which protected records came out with persons or homes.
    """
    token = _READER.set(_Reader(user, seen))
    try:
        yield
    finally:
        _READER.reset(token)


@contextmanager
def read_by_nobody() -> Iterator[None]:
    """Within this, everything comes out of the database as it stands there: for what computes."""
    token = _READER.set(None)
    try:
        yield
    finally:
        _READER.reset(token)


def is_read() -> bool:
    """Whether what comes out of the database comes out for somebody."""
    return _READER.get() is not None


def note_seen(table: str, number: int) -> None:
    """Take down that something protected came out for the reader of this moment."""
    reader = _READER.get()
    if reader and reader.seen is not None and reader.sights is not None:
        reader.seen.setdefault(table, set()).add(number)


def unit_now() -> int | None:
    """The unit that the reader of this moment belongs to; None where nobody reads, or of no unit."""
    reader = _READER.get()
    return reader.unit_id if reader else None


def sight_now(what: Protected) -> Sight:
    """How much the reader of this moment sees; everything where nobody reads."""
    reader = _READER.get()
    sights = reader.sights if reader else None
    return sights[what] if sights else Sight.FULL
