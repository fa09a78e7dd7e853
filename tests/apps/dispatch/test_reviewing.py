import pytest

from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.actions.reviewing import fail_reply, pass_reply
from civicloop.apps.dispatch.models import CitizenAnswer, FailReason, OrderState, PartyRole

pytestmark = pytest.mark.django_db


def test_a_reply_that_passes_is_told_to_the_citizen(make_replied, dispatcher, now):
    order = pass_reply(order_id=make_replied().pk, actor=dispatcher, now=now)

    assert (order.state, order.reviewed_at) == (OrderState.REVIEWED, now)
    assert CitizenAnswer.objects.get(order=order).text == "已更换路灯三盏。"
    order.appeal.refresh_from_db()
    assert (order.appeal.reply_text, order.appeal.is_waiting) == ("已更换路灯三盏。", False)


def test_a_rule_may_pass_a_reply_without_a_person(make_replied, now):
    order = pass_reply(order_id=make_replied().pk, note="sample", actor=None, now=now)

    review = order.replies.get().review
    assert (review.is_passed, review.reviewer, review.note) == (True, None, "sample")


def test_a_reply_that_fails_goes_back_with_reasons_and_the_unit_owes_one_again(
    make_replied, dispatcher, now
):
    order = fail_reply(
        order_id=make_replied().pk,
        reasons=[FailReason.BESIDE, FailReason.NOT_BORNE_OUT],
        note="没有回答何时修好",
        actor=dispatcher,
        now=now,
    )

    assert (order.state, order.claim, order.replied_at) == (OrderState.IN_PROGRESS, "", None)
    assert order.parties.get(role=PartyRole.LEAD).replied_at is None
    assert order.replies.get().review.reasons == ["beside", "not_borne_out"]
    assert not CitizenAnswer.objects.exists()


def test_a_failure_names_a_reason(make_replied, dispatcher, now):
    with pytest.raises(StepRefusedError):
        fail_reply(order_id=make_replied().pk, reasons=[], actor=dispatcher, now=now)


def test_a_unit_does_not_review_its_own_reply(make_replied, clerk, now):
    with pytest.raises(StepRefusedError):
        pass_reply(order_id=make_replied().pk, actor=clerk, now=now)


def test_a_reply_is_reviewed_once(make_replied, dispatcher, now):
    order = pass_reply(order_id=make_replied().pk, actor=dispatcher, now=now)

    with pytest.raises(StepRefusedError):
        fail_reply(order_id=order.pk, reasons=[FailReason.EMPTY], actor=dispatcher, now=now)
