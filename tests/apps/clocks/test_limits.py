from decimal import Decimal

import pytest
from tests.apps.clocks.clocks_for_tests import at, due, started, statute, working_days

from civicloop.apps.audit.queries import history_of
from civicloop.apps.clocks.actions import (
    ExtensionNotAllowedError,
    extend_clock,
    record_caller_told,
    record_extension_told,
    replace_limit,
    shorten_clock,
    sweep_clocks,
)
from civicloop.apps.clocks.models import Clock, ClockBasis, ClockName
from civicloop.apps.clocks.presets import sourced_limit
from civicloop.engines.clocks import (
    ExtensionAfterDueError,
    ExtensionTooLongError,
    LeaderMayOnlyShortenError,
    LongCycleExceededError,
    MissingCalendarYearError,
    TimeUnit,
    TooManyExtensionsError,
)

pytestmark = pytest.mark.django_db


def extend(clock: Clock, n: int = 3, asked_at: str = "2023-11-17 09:00", **fields) -> Clock:
    given = {
        "unit": TimeUnit.WORKING_DAY,
        "reason": "需现场勘查",
        "approver": "分管副局长",
        "asked_at": at(asked_at),
        "actor": None,
        "now": at(asked_at),
    }
    return extend_clock(clock=clock, n=Decimal(n), **given | fields)


def shorten(clock: Clock, days: int, given_at: str = "2023-11-14 09:00") -> Clock:
    return shorten_clock(
        clock=clock,
        limit=working_days(days),
        leader="王市长",
        given_at=at(given_at),
        actor=None,
        now=at(given_at),
    )


def test_three_extensions_are_granted_and_a_fourth_is_not(calendar):
    clock = started()
    for _ in range(3):
        clock = extend(clock)

    with pytest.raises(TooManyExtensionsError):
        extend(clock)

    assert due(clock) == "2023-12-02 00:00"
    assert [each.seq for each in clock.extensions.all()] == [1, 2, 3]
    event = history_of("clock", clock.pk).last()
    assert (event.action, event.details["reason"]) == ("extend_clock", "需现场勘查")


def test_more_than_allowed_at_once_and_more_after_due_are_refused_and_leave_nothing(calendar):
    clock = started()

    with pytest.raises(ExtensionTooLongError):
        extend(clock, 4)
    with pytest.raises(ExtensionAfterDueError):
        extend(clock, asked_at="2023-11-21 00:01")

    clock.refresh_from_db()
    assert due(clock) == "2023-11-21 00:00"
    assert not clock.extensions.exists()


def test_a_request_that_came_in_time_may_be_granted_after_due(calendar):
    clock = extend(started(), asked_at="2023-11-20 17:00", now=at("2023-11-21 09:00"))

    assert due(clock) == "2023-11-24 00:00"


def test_a_long_cycle_matter_ends_within_180_days(calendar):
    long_cycle = {"is_long_cycle": True, "unit": TimeUnit.CALENDAR_DAY}

    clock = extend(started(), 173, **long_cycle)

    assert due(clock) == "2024-05-12 00:00"  # 2023-11-13 and 180 days: 2024-05-11
    with pytest.raises(LongCycleExceededError):
        extend(started(owner_id=2), 174, **long_cycle)


def test_a_limit_without_extensions_is_not_extended(calendar):
    clock = started(name=ClockName.OBJECT, preset=sourced_limit("lueliang", ClockName.OBJECT))

    with pytest.raises(ExtensionNotAllowedError):
        extend(clock, 1)


def test_an_extension_into_a_year_that_is_missing_is_refused(calendar):
    clock = started("2026-12-22 10:00")

    with pytest.raises(MissingCalendarYearError):
        extend(clock, 3, asked_at="2026-12-24 09:00")

    assert not clock.extensions.exists()


def test_who_was_told_of_an_extension_is_kept(calendar):
    clock = extend(started(), centre_informed_at=at("2023-11-17 09:05"))

    told = record_extension_told(
        extension=clock.extensions.get(), actor=None, now=at("2023-11-17 10:00"),
        caller_informed_at=at("2023-11-17 09:50"),
    )  # fmt: skip

    told.refresh_from_db()
    assert told.caller_informed_at == at("2023-11-17 09:50")
    assert told.centre_informed_at == at("2023-11-17 09:05")
    assert history_of("clock", clock.pk).last().action == "record_extension_told"


def test_a_leader_shortens_and_the_clock_says_so(calendar):
    clock = shorten(started(), 1)

    assert (due(clock), clock.basis) == ("2023-11-16 00:00", ClockBasis.LEADER)
    assert clock.limit_basis == ClockBasis.PRESET
    assert history_of("clock", clock.pk).last().details["leader"] == "王市长"


def test_a_leader_does_not_lengthen(calendar):
    clock = started()

    with pytest.raises(LeaderMayOnlyShortenError):
        shorten(clock, 9)

    clock.refresh_from_db()
    assert (due(clock), clock.leader) == ("2023-11-21 00:00", "")


def test_an_extension_after_an_instruction_lengthens_the_instruction(calendar):
    clock = extend(shorten(started(), 1), 2, asked_at="2023-11-15 09:00")

    assert (due(clock), clock.basis) == ("2023-11-18 00:00", ClockBasis.LEADER)


def test_a_statute_found_later_replaces_the_limit_and_its_extensions(calendar):
    clock = extend(started())

    clock = replace_limit(clock=clock, statute=statute(7), actor=None, now=at("2023-11-18 09:00"))

    assert (due(clock), clock.basis) == ("2023-11-23 00:00", ClockBasis.STATUTE)
    assert (clock.must_tell_caller, clock.caller_told_at) == (True, None)
    event = history_of("clock", clock.pk).last()
    assert event.details["was_due_at"] == "2023-11-23T16:00:00+00:00"
    assert event.details["was_limit"]["n"] == "5"


def test_a_clock_that_a_longer_statute_saves_is_not_late_any_more(calendar):
    clock = started()
    sweep_clocks(now=at("2023-11-22 09:00"), on_overdue=print, on_near_due=print)
    clock.refresh_from_db()
    assert clock.overdue_at is not None

    clock = replace_limit(clock=clock, statute=statute(45), actor=None, now=at("2023-11-22 10:00"))

    assert (clock.overdue_at, clock.reminded_at) == (None, None)


def test_that_the_caller_was_told_the_legal_limit_is_kept(calendar):
    clock = started(statute=statute(45))

    told = record_caller_told(clock=clock, actor=None, now=at("2023-11-14 09:00"))

    assert told.caller_told_at == at("2023-11-14 09:00")
    assert history_of("clock", clock.pk).last().action == "record_caller_told"
