import pytest
from tests.factories import AppealFactory

from civicloop.apps.dispatch import housekeeping
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.actions.reviewing import fail_reply, pass_by_rule, pass_reply
from civicloop.apps.dispatch.models import CitizenAnswer, FailReason, OrderState, PartyRole
from civicloop.apps.intake.models import Kind
from civicloop.apps.notices.models import Notice

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


ANSWERS = "已于11月13日更换3号楼前路灯三盏，现场试亮正常；依据《城市照明管理规定》由市政养护。"
ASKS = "3号楼前路灯不亮，请问什么时候能修好路灯？"


@pytest.mark.parametrize(
    ("share", "fields", "is_passed"),
    [
        (0.0, {}, True),
        (1.0, {}, False),  # drawn for a person
        (0.0, {"kind": Kind.REPORT}, False),
        (0.0, {"urgency": "urgent"}, False),
        (0.0, {"is_sensitive": True}, False),
    ],
)
def test_a_rule_passes_only_what_nothing_speaks_against(
    share, fields, is_passed, make_replied, now
):
    appeal = AppealFactory(subject="路灯不亮", text=ASKS)
    order = make_replied(text=ANSWERS, appeal=appeal, **fields)

    passed = pass_by_rule(order_id=order.pk, now=now, share=share)

    assert (passed is not None) is is_passed


def test_a_rule_leaves_an_empty_reply_to_a_person(make_replied, now):
    order = make_replied(text="感谢您的来电，已转交相关部门。", appeal=AppealFactory(text=ASKS))

    assert pass_by_rule(order_id=order.pk, now=now, share=0.0) is None


def test_the_job_passes_what_the_citys_share_leaves_to_the_rule(make_replied, now, settings):
    order = make_replied(text=ANSWERS, appeal=AppealFactory(subject="路灯不亮", text=ASKS))
    empty = make_replied(text="感谢您的来电，已转交相关部门。", appeal=AppealFactory(text=ASKS))

    housekeeping.pass_replies.func(now)
    order.refresh_from_db()
    assert order.state == OrderState.REPLIED  # the usual share: a person reviews every reply

    settings.SHARE_REVIEWED = 0.0
    housekeeping.pass_replies.func(now)

    order.refresh_from_db()
    empty.refresh_from_db()
    assert (order.state, empty.state) == (OrderState.REVIEWED, OrderState.REPLIED)


def test_the_unit_is_told_of_a_persons_review_and_not_of_the_rules(
    make_replied, clerk, dispatcher, now
):
    passed, sent_back, by_rule = (make_replied() for _ in range(3))

    pass_reply(order_id=passed.pk, actor=dispatcher, now=now)
    fail_reply(order_id=sent_back.pk, reasons=[FailReason.BESIDE], actor=dispatcher, now=now)
    pass_reply(order_id=by_rule.pk, actor=None, now=now)

    told = Notice.objects.filter(user=clerk).order_by("pk").values_list("kind", "reference")
    assert list(told) == [("reply_passed", passed.number), ("reply_sent_back", sent_back.number)]
