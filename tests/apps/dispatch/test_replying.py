from datetime import date

import pytest
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.handling import sign_order
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.actions.replying import (
    ReplyRefusedError,
    ReplyText,
    decide_final_reply,
    reply_to_order,
    sign_final_reply,
)
from civicloop.apps.dispatch.models import (
    CitizenAnswer,
    CloseType,
    Evidence,
    OrderState,
    ReplyClaim,
)

pytestmark = pytest.mark.django_db

SOLVED = ReplyText(text="路灯已更换。", claim=ReplyClaim.SOLVED, explanation="夜间已试亮")


@pytest.fixture
def add_picture(clerk, now):
    def add(order):
        return Evidence.objects.create(
            order=order, unit=clerk.unit, name="现场.jpg", media_type="image/jpeg", sha256="0" * 64,
            size_bytes=1, file="evidence/x.jpg", added_by=clerk, added_at=now,
        )  # fmt: skip

    return add


def test_the_lead_units_reply_waits_for_review_and_is_not_told_yet(make_begun, clerk, now):
    order = reply_to_order(order_id=make_begun().pk, reply=SOLVED, actor=clerk, now=now)

    assert (order.state, order.claim, order.replied_at) == (OrderState.REPLIED, "solved", now)
    assert not CitizenAnswer.objects.exists()
    order.appeal.refresh_from_db()
    assert order.appeal.reply_text == ""


def fields(refused):
    return {problem.field for problem in refused.value.problems}


@pytest.mark.parametrize("claim", [ReplyClaim.SOLVED, ReplyClaim.PARTLY, ReplyClaim.NOT_TRUE])
def test_what_was_done_needs_a_picture_or_an_explanation(
    claim, make_begun, clerk, add_picture, now
):
    order = make_begun()
    bare = ReplyText(text="路灯已更换。", claim=claim)

    with pytest.raises(ReplyRefusedError, match="缺少现场照片或说明（二选一）") as refused:
        reply_to_order(order_id=order.pk, reply=bare, actor=clerk, now=now)
    assert fields(refused) == {"explanation"}

    add_picture(order)
    assert reply_to_order(order_id=order.pk, reply=bare, actor=clerk, now=now).claim == claim


def test_a_picture_that_was_removed_bears_nothing_out(make_begun, clerk, add_picture, now):
    order = make_begun()
    picture = add_picture(order)
    picture.removed_at = now
    picture.save()

    with pytest.raises(ReplyRefusedError):
        reply_to_order(
            order_id=order.pk,
            reply=ReplyText(text="已更换。", claim=ReplyClaim.SOLVED),
            actor=clerk,
            now=now,
        )


@pytest.mark.parametrize(
    ("reply", "field"),
    [
        (ReplyText(text=" ", claim=ReplyClaim.EXPLAINED), "text"),
        (ReplyText(text="计划改造。", claim=ReplyClaim.PLANNED), "solve_by_day"),
        (
            ReplyText(text="计划改造。", claim=ReplyClaim.PLANNED, solve_by_day=date(2023, 11, 13)),
            "solve_by_day",
        ),
        (ReplyText(text="不予支持。", claim=ReplyClaim.CANNOT_LAW), "legal_basis"),
        (ReplyText(text="请致电13812345678。", claim=ReplyClaim.EXPLAINED), "may_tell_numbers"),
        (
            ReplyText(
                text="证号11010519491231002X。", claim=ReplyClaim.EXPLAINED, may_tell_numbers=True
            ),
            "text",
        ),
    ],
)
def test_a_reply_that_lacks_something_says_where(reply, field, make_begun, clerk, now):
    order = make_begun()

    with pytest.raises(ReplyRefusedError) as refused:
        reply_to_order(order_id=order.pk, reply=reply, actor=clerk, now=now)

    assert fields(refused) == {field}
    order.refresh_from_db()
    assert order.state == OrderState.IN_PROGRESS


def test_a_mobile_number_goes_out_once_it_is_confirmed(make_begun, clerk, now):
    reply = ReplyText(
        text="网格员电话13812345678。", claim=ReplyClaim.EXPLAINED, may_tell_numbers=True
    )

    order = reply_to_order(order_id=make_begun().pk, reply=reply, actor=clerk, now=now)

    assert order.state == OrderState.REPLIED


def test_unreachable_needs_a_try(make_signed, clerk, now):
    from civicloop.apps.dispatch.actions.handling import begin_handling

    order = begin_handling(order_id=make_signed().pk, reason="匿名", actor=clerk, now=now)
    reply = ReplyText(text="无法联系。", claim=ReplyClaim.UNREACHABLE)

    with pytest.raises(ReplyRefusedError) as refused:
        reply_to_order(order_id=order.pk, reply=reply, actor=clerk, now=now)

    assert fields(refused) == {"claim"}


def test_the_lead_waits_for_the_assisting_units(make_begun, clerk, police, now):
    order = make_begun(assisting=(police,))
    assistant = UserFactory(role=Role.UNIT_CLERK, unit=police)

    with pytest.raises(StepRefusedError, match=police.name):
        reply_to_order(order_id=order.pk, reply=SOLVED, actor=clerk, now=now)
    sign_order(order_id=order.pk, actor=assistant, now=now)
    part = reply_to_order(order_id=order.pk, reply=SOLVED, actor=assistant, now=now)
    assert part.state == OrderState.IN_PROGRESS

    assert (
        reply_to_order(order_id=order.pk, reply=SOLVED, actor=clerk, now=now).state
        == OrderState.REPLIED
    )


def test_a_final_reply_is_signed_by_the_head_and_approved_by_the_centre(
    make_begun, head, dispatcher, add_picture, now
):
    order = make_begun()
    add_picture(order)
    sign_final_reply(order_id=order.pk, reply=SOLVED, actor=head, now=now)

    ended = decide_final_reply(
        order_id=order.pk, is_approved=True, reason="依据充分", actor=dispatcher, now=now
    )

    assert (ended.state, ended.close_type) == (OrderState.CLOSED, CloseType.FINAL_REPLY)
    assert CitizenAnswer.objects.get(order=order).text == "路灯已更换。"
    assert ended.replies.get(is_final=True).signed_by == head


def test_a_final_reply_sent_back_leaves_the_order_where_it_is(
    make_begun, head, dispatcher, add_picture, now
):
    order = make_begun()
    add_picture(order)
    sign_final_reply(order_id=order.pk, reply=SOLVED, actor=head, now=now)

    decide_final_reply(
        order_id=order.pk, is_approved=False, reason="证据不足", actor=dispatcher, now=now
    )

    order.refresh_from_db()
    assert order.state == OrderState.IN_PROGRESS
    with pytest.raises(StepRefusedError):
        decide_final_reply(
            order_id=order.pk, is_approved=True, reason="再看", actor=dispatcher, now=now
        )


def test_a_clerk_does_not_sign_a_final_reply_nor_the_head_without_evidence(
    make_begun, clerk, head, now
):
    order = make_begun()

    with pytest.raises(StepRefusedError):
        sign_final_reply(order_id=order.pk, reply=SOLVED, actor=clerk, now=now)
    with pytest.raises(ReplyRefusedError):
        sign_final_reply(order_id=order.pk, reply=SOLVED, actor=head, now=now)


def test_a_unit_does_not_approve_its_own_final_reply(make_begun, head, add_picture, now):
    order = make_begun()
    add_picture(order)
    sign_final_reply(order_id=order.pk, reply=SOLVED, actor=head, now=now)

    with pytest.raises(StepRefusedError):
        decide_final_reply(order_id=order.pk, is_approved=True, reason="好", actor=head, now=now)
    with pytest.raises(StepRefusedError):
        sign_final_reply(order_id=order.pk, reply=SOLVED, actor=head, now=now)
