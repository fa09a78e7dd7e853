"""Rank matters that never burst and never end: people who wait, day after day.

The burden of a matter is its person-days: for each citizen the days since the first appeal about it. A
matter burns slowly while somebody waits for a reply or somebody appealed again lately.

Source: own work.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_PEOPLE = 5
LEAST_AGE_DAYS = 60
ALIVE_DAYS = 60  # an appeal so lately says that replies did not end the matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One matter, as it stands on a day."""

    key: int
    waits_days: tuple[float, ...]  # per citizen, since the first appeal
    last_days: float  # since the last appeal of anybody
    unresolved: int  # appeals without a reply
    oldest_unresolved_days: float  # age of the oldest of them, 0 where none waits


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowBurner:
    """A matter that goes on, with its burden."""

    key: int
    people: int
    person_days: float
    age_days: float  # since the first appeal
    unresolved: int
    oldest_unresolved_days: float


def rank_slow_burners(matters: Sequence[Matter], *, top: int | None = None) -> list[SlowBurner]:
    """Return the matters of five citizens or more that are sixty days old and alive.

    Returns:
        By person-days, descending; equal ones by key.
    """
    burning = [
        SlowBurner(
            key=matter.key,
            people=len(matter.waits_days),
            person_days=sum(matter.waits_days),
            age_days=max(matter.waits_days),
            unresolved=matter.unresolved,
            oldest_unresolved_days=matter.oldest_unresolved_days,
        )
        for matter in matters
        if len(matter.waits_days) >= LEAST_PEOPLE
        and max(matter.waits_days) >= LEAST_AGE_DAYS
        and (matter.unresolved or matter.last_days <= ALIVE_DAYS)
    ]
    return sorted(burning, key=lambda burner: (-burner.person_days, burner.key))[:top]
