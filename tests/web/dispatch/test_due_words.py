from datetime import timedelta

import pytest

from civicloop.apps.clocks.models import RIGHTS, Clock, ClockName
from civicloop.apps.dispatch.queries.order_clocks import ClockShown
from civicloop.web.dispatch.due_words import clock_words

DAY = timedelta(days=1)


def shown(name: str, now, *, left: timedelta, **fields) -> ClockShown:
    clock = Clock(name=name, due_at=now + left, **fields)
    return ClockShown(clock=clock, due="", explanation="", left=left, is_worked=False)


@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_a_right_lapses_and_is_never_late(name: str, now) -> None:
    for fields in ({}, {"stopped_at": now + DAY}):
        words = clock_words(shown(name, now, left=-DAY, **fields))

        assert (words.left, words.tag) == ("lapsed, not used", "")


def test_a_right_that_was_used_in_time_is_done(now) -> None:
    used = shown(ClockName.PETITION_OBJECT, now, left=DAY, stopped_at=now)

    assert clock_words(used).left == "done"


def test_a_right_that_can_still_be_used_says_how_long(now) -> None:
    assert clock_words(shown(ClockName.PETITION_OBJECT, now, left=3 * DAY)).left == "3 days left"


def test_a_duty_is_late(now) -> None:
    running = clock_words(shown(ClockName.HANDLE, now, left=-DAY))
    stopped = clock_words(shown(ClockName.HANDLE, now, left=-DAY, stopped_at=now))

    assert (running.tag, stopped.left, stopped.tag) == ("urgent", "done, late", "bad")
