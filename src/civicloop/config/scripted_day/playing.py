"""The script: which act follows which."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from civicloop.config.scripted_day import after, desks
from civicloop.config.scripted_day.day import DAY_APPEALS, Day
from civicloop.config.scripted_day.people import Staff
from civicloop.config.scripted_day.side_rooms import play_side_rooms

Tell = Callable[[str, int, int], None]


@dataclass(slots=True)
class DayPlayed:
    """What happened, counted."""

    counts: Counter[str] = field(default_factory=Counter)


@transaction.atomic
def play_day(*, start: datetime, appeals: int = DAY_APPEALS, tell: Tell | None = None) -> DayPlayed:
    """Play the day that begins at `start`, and the two weeks until its orders have ended."""
    whole = (
        *MORNING,
        desks.answer_many,
        play_side_rooms,
        *AFTER * 2,
        after.account,
        after.look_back,
    )
    return _play(Day(now=start, staff=Staff(), appeals=appeals), whole, tell)


@transaction.atomic
def play_morning(*, start: datetime, appeals: int, tell: Tell | None = None) -> DayPlayed:
    """Play a later morning, and leave its orders where they are: work for whoever logs in."""
    day = Day(now=start, staff=Staff(), appeals=appeals)
    acts = (desks.register, desks.merge, desks.publish, desks.route_some, after.leave_lying)
    return _play(day, acts, tell)


def _play(day: Day, acts: Sequence[Callable[[Day], None]], tell: Tell | None) -> DayPlayed:
    for number, act in enumerate(acts, start=1):
        act(day)
        if tell:
            tell("day", number, len(acts))
    return DayPlayed(counts=day.counts)


MORNING = (desks.register, desks.merge, desks.route, desks.sign_or_object, desks.consult)
AFTER = (after.handle, after.review, after.call_back)
