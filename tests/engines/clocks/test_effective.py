from datetime import date
from decimal import Decimal

import pytest

from civicloop.engines.clocks import (
    Extension,
    Instruction,
    LeaderMayOnlyShortenError,
    NoLimitError,
    StepKind,
    TimeUnit,
    binding_limit,
    effective_limit,
    refuse_longer,
)
from tests.engines.clocks.calendars import SHANGHAI, at, calendar_days, china, hours, working_days

STARTED = at("2023-11-14 09:00")


def binding(limit, **more):
    return binding_limit(limit, STARTED, china(), zone=SHANGHAI, **more)


def test_the_citys_limit_holds_where_no_statute_does():
    found = effective_limit(working_days(5), None)

    assert (found.limit, found.is_statute) == (working_days(5), False)
    assert not found.must_tell_caller


@pytest.mark.parametrize("statute", [working_days(45), working_days(3)])
def test_a_statute_beats_the_preset_longer_or_shorter_and_the_caller_must_be_told(statute):
    found = effective_limit(working_days(5), statute)

    assert (found.limit, found.is_statute) == (statute, True)
    assert found.must_tell_caller


def test_nothing_new_is_told_where_statute_and_preset_agree():
    assert not effective_limit(working_days(7), working_days(7)).must_tell_caller


def test_a_statute_alone_is_enough_and_nothing_is_refused():
    found = effective_limit(None, calendar_days(60))

    assert (found.is_statute, found.must_tell_caller) == (True, False)
    with pytest.raises(NoLimitError):
        effective_limit(None, None)


def test_a_limit_binds_where_no_leader_has_spoken():
    found = binding(working_days(5))

    assert (found.is_instructed, found.deadline.last_day) == (False, date(2023, 11, 21))


def test_a_leader_shortens_and_the_steps_tell_what_it_was():
    order = Instruction(limit=working_days(1), given_at=at("2023-11-15 10:00"))

    found = binding(working_days(5), instruction=order)

    assert (found.is_instructed, found.deadline.last_day) == (True, date(2023, 11, 16))
    assert found.deadline.steps[-2].kind == StepKind.SHORTENED
    assert found.deadline.steps[-2].at == at("2023-11-22 00:00")


def test_an_instruction_that_ends_later_does_not_bind():
    order = Instruction(limit=working_days(9), given_at=at("2023-11-15 10:00"))

    assert not binding(working_days(5), instruction=order).is_instructed


def test_what_was_granted_after_an_instruction_lengthens_it():
    more = Extension(n=Decimal(2), unit=TimeUnit.WORKING_DAY)
    order = Instruction(limit=working_days(1), given_at=at("2023-11-15 10:00"), extensions=[more])

    found = binding(working_days(5), instruction=order, extensions=[more])

    assert (found.is_instructed, found.deadline.last_day) == (True, date(2023, 11, 20))


@pytest.mark.parametrize("limit", [working_days(5), working_days(4), hours(240)])
def test_a_leader_may_not_lengthen_nor_repeat(limit):
    order = Instruction(limit=limit, given_at=at("2023-11-15 10:00"))

    with pytest.raises(LeaderMayOnlyShortenError) as refused:
        refuse_longer(order, due_at=at("2023-11-22 00:00"), calendar=china(), zone=SHANGHAI)

    assert refused.value.asked_at >= refused.value.due_at


def test_a_shorter_instruction_is_not_refused():
    order = Instruction(limit=working_days(3), given_at=at("2023-11-15 10:00"))

    refuse_longer(order, due_at=at("2023-11-22 00:00"), calendar=china(), zone=SHANGHAI)
