from datetime import date

import pytest
from tests.apps.clocks.clocks_for_tests import at, due, started, statute
from tests.factories import UnitFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.queries import history_of
from civicloop.apps.clocks.actions import (
    ClockAlreadyRunsError,
    ClockIsStoppedError,
    hand_over_clock,
    pause_clock,
    recount_clocks,
    save_calendar_year,
    start_clock,
    stop_clock,
)
from civicloop.apps.clocks.actions.calendars import change_calendar_day
from civicloop.apps.clocks.actions.recounting import clocks_that_would_move
from civicloop.apps.clocks.calendars import CalendarEntry
from civicloop.apps.clocks.models import (
    CalendarDayKind,
    CalendarVersion,
    Clock,
    ClockBasis,
    ClockName,
    PauseReason,
)
from civicloop.apps.clocks.presets import sourced_limit
from civicloop.apps.clocks.queries import open_clocks_of, time_left_of
from civicloop.engines.clocks import NoLimitError

pytestmark = pytest.mark.django_db


def test_a_clock_knows_its_end_its_basis_and_its_calendar(calendar):
    actor = UserFactory(role=Role.DISPATCHER)

    clock = started("2023-09-27 10:00", actor=actor)

    kept = Clock.objects.get(pk=clock.pk)
    assert due(kept) == "2023-10-11 00:00"
    assert (kept.basis, kept.limit_basis) == (ClockBasis.PRESET, ClockBasis.PRESET)
    assert "吕梁" in kept.limit_source
    assert kept.calendar_version == calendar
    assert kept.near_due_at is not None
    event = history_of("clock", clock.pk).get()
    assert (event.action, event.actor) == ("start_clock", actor)


def test_the_first_clock_of_an_installation_brings_the_calendar_along():
    assert due(started()) == "2023-11-21 00:00"
    assert CalendarVersion.objects.count() == 1


def test_a_statute_beats_the_preset_and_the_caller_must_be_told(calendar):
    clock = started(statute=statute(45))

    assert (clock.basis, clock.must_tell_caller) == (ClockBasis.STATUTE, True)
    assert due(clock) == "2024-01-17 00:00"
    assert clock.extension_rules == {}


def test_a_clock_without_a_limit_is_refused(calendar):
    with pytest.raises(NoLimitError):
        started(preset=None)


def test_lead_and_assisting_units_have_clocks_of_their_own(calendar):
    lead, assisting = UnitFactory(), UnitFactory()

    clocks = [started(unit=lead), started("2023-11-14 10:00", unit=assisting)]
    stop_clock(clock=clocks[0], actor=None, now=at("2023-11-15 10:00"))

    assert [due(clock) for clock in clocks] == ["2023-11-21 00:00", "2023-11-22 00:00"]
    assert list(open_clocks_of("order_party", 1)) == [clocks[1]]


@pytest.mark.parametrize("has_unit", [True, False])
def test_the_same_clock_does_not_run_twice(calendar, has_unit):
    unit = UnitFactory() if has_unit else None
    clock = started(unit=unit)

    with pytest.raises(ClockAlreadyRunsError):
        started(unit=unit)

    stop_clock(clock=clock, actor=None, now=at("2023-11-14 10:00"))
    assert started("2023-11-14 11:00", unit=unit).pk != clock.pk


def test_a_clock_stopped_in_time_is_not_late_and_one_after_its_end_is(calendar):
    in_time = stop_clock(clock=started(), actor=None, now=at("2023-11-21 00:00"))
    late = stop_clock(clock=started(owner_id=2), actor=None, now=at("2023-11-21 00:01"))

    assert in_time.overdue_at is None
    assert late.overdue_at == at("2023-11-21 00:01")
    with pytest.raises(ClockIsStoppedError):
        stop_clock(clock=late, actor=None, now=at("2023-11-22 09:00"))


def test_a_paused_clock_that_is_stopped_ends_its_pause(calendar):
    clock = pause_clock(
        clock=started(), reason=PauseReason.HEARING, evidence="听证通知书", actor=None,
        from_at=at("2023-11-15 08:30"), now=at("2023-11-15 08:30"),
    )  # fmt: skip

    stopped = stop_clock(clock=clock, actor=None, now=at("2023-11-23 17:00"))

    assert stopped.paused_at is None
    assert stopped.pauses.get().to_at == at("2023-11-23 17:00")
    assert stopped.overdue_at is None
    assert due(stopped) == "2023-11-29 00:00"  # six whole days and six hours were paused


def test_the_next_unit_has_its_own_full_time(calendar):
    first, second = UnitFactory(), UnitFactory()
    clock = started(unit=first)

    handed = hand_over_clock(clock=clock, unit=second, actor=None, now=at("2023-11-20 17:00"))

    assert (handed.unit, due(handed)) == (second, "2023-11-28 00:00")
    clock.refresh_from_db()
    assert clock.stopped_at == at("2023-11-20 17:00")
    assert history_of("clock", handed.pk).get().details["from_clock"] == clock.pk


def test_a_clock_is_not_handed_to_a_unit_that_has_one(calendar):
    first, second = UnitFactory(), UnitFactory()
    started(unit=second)
    clock = started(unit=first)

    with pytest.raises(ClockAlreadyRunsError):
        hand_over_clock(clock=clock, unit=second, actor=None, now=at("2023-11-14 10:00"))

    clock.refresh_from_db()
    assert clock.stopped_at is None


def test_another_clock_of_the_same_owner_leaves_the_first_as_it_is(calendar):
    contact = start_clock(
        owner_type="order_party", owner_id=1, name=ClockName.OBJECT, statute=None,
        preset=sourced_limit("lueliang", ClockName.OBJECT), started_at=at("2023-11-13 10:00"),
        actor=None, now=at("2023-11-13 10:00"),
    )  # fmt: skip

    started("2023-11-13 15:00")

    contact.refresh_from_db()
    assert due(contact) == "2023-11-15 00:00"


def test_working_time_left_is_told_and_below_zero_when_late(calendar):
    clock = started()

    assert time_left_of(clock, now=at("2023-11-20 17:00")).total_seconds() == 3600
    assert time_left_of(clock, now=at("2023-11-21 09:30")).total_seconds() == -3600
    assert time_left_of(stop_clock(clock=clock, actor=None, now=at("2023-11-21 10:00")), now=at("2023-11-22 09:30")) is None  # fmt: skip


# --- the calendar changes -------------------------------------------------------------------------


def test_a_changed_calendar_moves_nothing_until_clocks_are_counted_again(calendar):
    moved, untouched = started("2023-11-13 10:00"), started("2023-10-16 10:00", owner_id=2)
    change_calendar_day(
        day=date(2023, 11, 15), kind=CalendarDayKind.HOLIDAY, name="市庆", source="通知", actor=None,
        now=at("2023-11-14 09:00"),
    )  # fmt: skip

    moved.refresh_from_db()
    assert due(moved) == "2023-11-21 00:00"
    would = list(clocks_that_would_move(now=at("2023-11-14 09:00")))
    assert [each.clock.pk for each in would] == [moved.pk]
    moved.refresh_from_db()
    assert due(moved) == "2023-11-21 00:00"

    [done] = recount_clocks(actor=None, now=at("2023-11-14 09:30"), reason="市庆放假")

    moved.refresh_from_db()
    assert (done.was_due_at, done.due_at) == (at("2023-11-21 00:00"), at("2023-11-22 00:00"))
    assert due(moved) == "2023-11-22 00:00"
    event = history_of("clock", moved.pk).last()
    assert event.details["reason"] == "市庆放假"
    assert event.details["was_due_at"] == "2023-11-20T16:00:00+00:00"
    assert not history_of("clock", untouched.pk).filter(action="recount_clock").exists()


def test_a_clock_that_needs_a_missing_year_waits_and_is_counted_when_it_comes(calendar):
    clock = started("2026-12-28 10:00")

    assert (clock.due_at, clock.near_due_at, clock.waits_for_year) == (None, None, 2027)
    assert time_left_of(clock, now=at("2026-12-29 09:00")) is None
    save_calendar_year(
        year=2027, source="通知", actor=None, now=at("2026-12-29 09:00"),
        entries=[CalendarEntry(date(2027, 1, 1), CalendarDayKind.HOLIDAY, "元旦")],
    )  # fmt: skip

    clock.refresh_from_db()
    assert (due(clock), clock.waits_for_year) == ("2027-01-06 00:00", None)
    assert history_of("clock", clock.pk).last().action == "recount_clock"
