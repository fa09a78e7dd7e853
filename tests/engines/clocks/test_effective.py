from datetime import date
from decimal import Decimal

import pytest

from civicloop.engines.clocks import (
    Basis,
    Extension,
    Instruction,
    LeaderMayOnlyShortenError,
    NoLimitError,
    StepKind,
    TimeUnit,
    binding_limit,
    refuse_longer,
)
from tests.engines.clocks.calendars import SHANGHAI, at, calendar_days, china, hours, working_days

STARTED = at("2023-11-14 09:00")


def binding(preset, **more):
    return binding_limit(preset, STARTED, china(), zone=SHANGHAI, **more)


def test_the_citys_limit_binds_where_nothing_else_does():
    found = binding(working_days(5))

    assert (found.basis, found.must_tell_caller) == (Basis.PRESET, False)
    assert found.deadline.last_day == date(2023, 11, 21)


def test_a_longer_statute_beats_the_preset_and_the_caller_must_be_told():
    found = binding(working_days(5), statute=working_days(45))

    assert (found.basis, found.must_tell_caller) == (Basis.STATUTE, True)
    assert found.deadline.last_day == date(2024, 1, 17)


def test_a_shorter_statute_beats_the_preset_too():
    found = binding(working_days(15), statute=working_days(7))

    assert (found.basis, found.must_tell_caller) == (Basis.STATUTE, True)
    assert found.deadline.last_day == date(2023, 11, 23)


def test_nothing_new_is_told_where_statute_and_preset_agree():
    assert not binding(working_days(7), statute=working_days(7)).must_tell_caller


def test_a_statute_alone_is_enough_and_nothing_is_refused():
    assert binding(None, statute=calendar_days(60)).basis == Basis.STATUTE
    with pytest.raises(NoLimitError):
        binding(None)


def test_a_leader_shortens_and_the_steps_tell_what_it_was():
    order = Instruction(limit=working_days(1), given_at=at("2023-11-15 10:00"))

    found = binding(working_days(5), instruction=order)

    assert (found.basis, found.deadline.last_day) == (Basis.LEADER, date(2023, 11, 16))
    assert found.deadline.steps[-2].kind == StepKind.SHORTENED
    assert found.deadline.steps[-2].at == at("2023-11-22 00:00")


def test_an_instruction_that_ends_later_does_not_bind():
    order = Instruction(limit=working_days(9), given_at=at("2023-11-15 10:00"))

    assert binding(working_days(5), instruction=order).basis == Basis.PRESET


def test_what_was_granted_after_an_instruction_lengthens_it():
    more = Extension(n=Decimal(2), unit=TimeUnit.WORKING_DAY)
    order = Instruction(limit=working_days(1), given_at=at("2023-11-15 10:00"), extensions=[more])

    found = binding(working_days(5), instruction=order, extensions=[more])

    assert (found.basis, found.deadline.last_day) == (Basis.LEADER, date(2023, 11, 20))


@pytest.mark.parametrize("limit", [working_days(5), working_days(4), hours(240)])
def test_a_leader_may_not_lengthen_nor_repeat(limit):
    order = Instruction(limit=limit, given_at=at("2023-11-15 10:00"))

    with pytest.raises(LeaderMayOnlyShortenError) as refused:
        refuse_longer(order, due_at=at("2023-11-22 00:00"), calendar=china(), zone=SHANGHAI)

    assert refused.value.asked_at >= refused.value.due_at


def test_a_shorter_instruction_is_not_refused():
    order = Instruction(limit=working_days(3), given_at=at("2023-11-15 10:00"))

    refuse_longer(order, due_at=at("2023-11-22 00:00"), calendar=china(), zone=SHANGHAI)
