import pytest
from tests.apps.clocks.clocks_for_tests import at, due, started

from civicloop.apps.audit.queries import history_of
from civicloop.apps.clocks.actions import (
    ClockIsPausedError,
    ClockNotPausedError,
    PauseOutsideClockError,
    pause_clock,
    resume_clock,
    sweep_clocks,
)
from civicloop.apps.clocks.models import Clock, PauseReason
from civicloop.engines.clocks import InvalidLimitError

pytestmark = pytest.mark.django_db


def pause(
    clock: Clock, from_at: str, now: str | None = None, evidence: str = "鉴定委托书"
) -> Clock:
    return pause_clock(
        clock=clock,
        reason=PauseReason.APPRAISAL,
        evidence=evidence,
        from_at=at(from_at),
        actor=None,
        now=at(now or from_at),
    )


def test_a_paused_clock_gets_its_whole_days_back_when_it_resumes(calendar):
    clock = pause(started(), "2023-11-15 08:30")

    resumed = resume_clock(clock=clock, actor=None, now=at("2023-11-22 09:00"))

    assert clock.paused_at == at("2023-11-15 08:30")
    assert (resumed.paused_at, due(resumed)) == (None, "2023-11-28 00:00")
    actions = [event.action for event in history_of("clock", clock.pk)]
    assert actions == ["start_clock", "pause_clock", "resume_clock"]
    assert history_of("clock", clock.pk)[1].details["evidence"] == "鉴定委托书"


def test_a_paused_clock_is_never_late(calendar):
    pause(started(), "2023-11-15 08:30")

    swept = sweep_clocks(now=at("2023-12-15 08:30"), on_overdue=print, on_near_due=print)

    assert (swept.overdue, swept.near_due) == (0, 0)


def test_a_pause_needs_evidence(calendar):
    clock = started()

    with pytest.raises(InvalidLimitError):
        pause(clock, "2023-11-15 08:30", evidence=" ")

    assert not clock.pauses.exists()


@pytest.mark.parametrize(
    ("from_at", "now"),
    [
        ("2023-11-13 09:59", "2023-11-14 09:00"),  # before the start
        ("2023-11-15 09:00", "2023-11-14 09:00"),  # in the future
        ("2023-11-21 00:00", "2023-11-21 09:00"),  # when it was due
    ],
)
def test_a_pause_lies_within_the_clock(calendar, from_at, now):
    with pytest.raises(PauseOutsideClockError):
        pause(started(), from_at, now)


def test_a_pause_does_not_reach_into_an_earlier_one(calendar):
    clock = pause(started(), "2023-11-15 08:30")
    clock = resume_clock(clock=clock, actor=None, now=at("2023-11-16 09:00"))

    with pytest.raises(PauseOutsideClockError):
        pause(clock, "2023-11-15 18:00", "2023-11-17 09:00")

    assert pause(clock, "2023-11-16 09:00").paused_at == at("2023-11-16 09:00")


def test_a_clock_is_paused_once_and_resumed_once(calendar):
    clock = pause(started(), "2023-11-15 08:30")

    with pytest.raises(ClockIsPausedError):
        pause(clock, "2023-11-15 10:00")
    resume_clock(clock=clock, actor=None, now=at("2023-11-16 09:00"))
    with pytest.raises(ClockNotPausedError):
        resume_clock(clock=clock, actor=None, now=at("2023-11-16 09:00"))
