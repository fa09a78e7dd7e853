"""Does a published figure still follow from what it says it was made from?"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why a figure no longer follows."""

    DEFINITION_CHANGED = "definition_changed"  # its text is not what its hash was taken of
    FACTS_LOST = "facts_lost"  # a file of facts is gone
    FACTS_CHANGED = "facts_changed"  # a file of facts is not what its digest was taken of
    ROWS_CHANGED = "rows_changed"  # a recorded observation is not what it was
    FIGURE_CHANGED = "figure_changed"  # the same inputs give something else than is stored
    NOT_COMPUTED = "not_computed"  # the same inputs give no such figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One reason, with what was expected and what was found."""

    why: Why
    what: str
    stored: str = ""
    found: str = ""


def departures(stored: Mapping[str, object], found: Mapping[str, object]) -> list[Departure]:
    """Compare what is stored of a figure with what was computed again, part by part."""
    return [
        Departure(why=Why.FIGURE_CHANGED, what=name, stored=str(value), found=str(found.get(name)))
        for name, value in stored.items()
        if found.get(name) != value
    ]
