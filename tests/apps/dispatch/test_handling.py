from datetime import timedelta

import pytest
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.handling import (
    begin_handling,
    record_contact,
    sign_order,
    write_to_parties,
)
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.models import ContactAttempt, OrderState

pytestmark = pytest.mark.django_db


@pytest.fixture
def assistant(police):
    return UserFactory(role=Role.UNIT_CLERK, unit=police)


def test_the_lead_unit_signs_and_the_time_is_kept(make_dispatched, clerk, housing, now):
    order = sign_order(order_id=make_dispatched().pk, actor=clerk, now=now)

    assert (order.state, order.signed_at) == (OrderState.SIGNED, now)
    assert order.parties.get(unit=housing).signed_at == now


def test_an_assisting_unit_signs_for_its_own_part_only(
    make_dispatched, assistant, police, housing, now
):
    order = sign_order(order_id=make_dispatched(assisting=(police,)).pk, actor=assistant, now=now)

    assert (order.state, order.signed_at) == (OrderState.DISPATCHED, None)
    assert order.parties.get(unit=police).signed_at == now
    assert order.parties.get(unit=housing).signed_at is None
    assert order.steps.last().name == "sign_part"


def test_signing_twice_is_refused(make_signed, clerk, now):
    with pytest.raises(StepRefusedError, match="已签收"):
        sign_order(order_id=make_signed().pk, actor=clerk, now=now)


def test_a_stranger_and_the_administrator_do_not_sign(make_dispatched, assistant, now):
    order = make_dispatched()

    for actor in (assistant, UserFactory(role=Role.SYSTEM_ADMIN)):
        with pytest.raises(StepRefusedError):
            sign_order(order_id=order.pk, actor=actor, now=now)


def test_the_first_talk_begins_the_handling(make_signed, clerk, now):
    order = record_contact(
        order_id=make_signed().pk, is_reached=True, note="约好明天看现场", actor=clerk, now=now
    )

    assert (order.state, order.first_contact_at) == (OrderState.IN_PROGRESS, now)
    assert [step.name for step in order.steps.order_by("version")][-2:] == ["contact", "begin"]


def test_a_try_without_an_answer_is_written_but_is_no_first_contact(make_signed, clerk, now):
    order = record_contact(
        order_id=make_signed().pk, is_reached=False, note="三次无人接听", actor=clerk, now=now
    )

    assert (order.state, order.first_contact_at) == (OrderState.IN_PROGRESS, None)
    attempt = ContactAttempt.objects.get(order=order)
    assert (attempt.is_reached, attempt.note) == (False, "三次无人接听")


def test_a_try_without_an_answer_says_how(make_signed, clerk, now):
    with pytest.raises(StepRefusedError):
        record_contact(order_id=make_signed().pk, is_reached=False, note=" ", actor=clerk, now=now)


def test_a_later_talk_does_not_move_the_first(make_begun, clerk, now):
    order = make_begun()

    record_contact(
        order_id=order.pk, is_reached=True, note="", actor=clerk, now=now + timedelta(hours=2)
    )

    order.refresh_from_db()
    assert order.first_contact_at == now


def test_beginning_without_a_talk_needs_a_reason(make_signed, clerk, now):
    order = make_signed()

    with pytest.raises(StepRefusedError):
        begin_handling(order_id=order.pk, reason="", actor=clerk, now=now)
    begun = begin_handling(order_id=order.pk, reason="匿名诉求", actor=clerk, now=now)

    assert begun.state == OrderState.IN_PROGRESS
    assert begun.steps.last().note == "匿名诉求"


def test_an_assisting_unit_asks_the_lead_and_others_see_that_something_changed(
    make_signed, assistant, clerk, police, now
):
    order = make_signed(assisting=(police,))

    write_to_parties(order_id=order.pk, text="何时断电？", actor=assistant, now=now)

    with pytest.raises(StaleOrderError) as stale:
        write_to_parties(
            order_id=order.pk, text="周三", actor=clerk, now=now, seen_version=order.version
        )
    assert [(step.name, step.note) for step in stale.value.steps] == [("message", "何时断电？")]


def test_an_empty_message_is_refused(make_signed, clerk, now):
    with pytest.raises(StepRefusedError):
        write_to_parties(order_id=make_signed().pk, text=" ", actor=clerk, now=now)


def test_nothing_is_written_to_an_order_that_waits_for_review(make_replied, clerk, now):
    with pytest.raises(StepRefusedError, match="已答复"):
        record_contact(order_id=make_replied().pk, is_reached=True, note="", actor=clerk, now=now)
