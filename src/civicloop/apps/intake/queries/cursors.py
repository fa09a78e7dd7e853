"""Places in a list of appeals, newest first."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from civicloop.apps.intake.queries.filters import stored_moment

BIGGEST_ID = 1 << 62


class Key(NamedTuple):
    """An appeal's place: its time of receipt as the database's driver gives it, then its number."""

    moment: Any
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page begins: below a key, or above it when it goes back."""

    key: Key
    goes_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The keys of one page, newest first, and whether there are others on either side."""

    keys: list[Key]
    has_newer: bool
    has_older: bool


def encode_cursor(key: Key) -> str:
    return urlsafe_b64encode(f"{key.moment}|{key.id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> Key | None:
    """The key in a cursor; None when it is none of ours, so that the list starts over."""
    try:
        plain = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        written, number = plain.rsplit("|", 1)
        moment = datetime.fromisoformat(written)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        key = Key(stored_moment(moment), int(number))
    except (ValueError, OverflowError):
        return None
    return key if 0 <= key.id <= BIGGEST_ID else None


def place_of(*, after: str | None, before: str | None) -> Place | None:
    """Where to begin; None for the top of the list."""
    key = decode_cursor(after or before or "")
    return Place(key=key, goes_back=not after) if key else None


def cut(keys: Sequence[Key], place: Place | None, size: int) -> Slice:
    """A page of a complete list, which is given oldest first."""
    if place is None:
        start, stop = len(keys) - size, len(keys)
    elif place.goes_back:
        start = min(bisect_right(keys, place.key), len(keys) - size)  # the first page is full
        stop = start + size
    else:
        stop = bisect_left(keys, place.key)
        start = stop - size
    page = keys[max(start, 0) : stop]
    return Slice(keys=list(page[::-1]), has_newer=stop < len(keys), has_older=start > 0)
