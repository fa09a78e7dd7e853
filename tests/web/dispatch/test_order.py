import pytest
from django.urls import reverse
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.consulting import call_consultation
from civicloop.apps.dispatch.actions.handling import sign_order, write_to_parties
from civicloop.apps.dispatch.models import OrderState, StepDraft, WorkOrder

pytestmark = pytest.mark.django_db


def step_of(order, name):
    return reverse("dispatch:step", args=[order.pk, name])


def take(client, order, name, answers=None, **options):
    """Send a step as its page does: with the version that was seen."""
    seen = WorkOrder.objects.values_list("version", flat=True).get(pk=order.pk)
    return client.post(step_of(order, name), {"seen_version": seen} | (answers or {}), **options)


def page_of(order):
    return reverse("dispatch:order", args=[order.pk])


def test_a_clerk_signs_talks_and_replies(make_dispatched, clerk, browse):
    order = make_dispatched()
    client = browse(clerk)

    take(client, order, "sign")
    take(client, order, "contact", {"is_reached": "1"})
    done = take(
        client,
        order,
        "reply",
        {"claim": "solved", "text": "已更换。", "explanation": "夜间已试亮"},
        follow=True,
    )

    order.refresh_from_db()
    assert order.state == OrderState.REPLIED
    assert "The reply is sent." in done.text
    assert "夜间已试亮" in done.text


def test_a_reply_with_a_picture_needs_no_explanation(make_begun, clerk, browse, photograph):
    order = make_begun()

    take(
        browse(clerk),
        order,
        "reply",
        {
            "claim": "solved",
            "text": "已更换。",
            "picture": photograph,
            "seen_version": order.version,
        },
    )

    order.refresh_from_db()
    assert order.state == OrderState.REPLIED
    evidence = order.evidence.get()
    with evidence.file.open() as kept:
        assert b"canary" not in kept.read()


def test_a_reply_that_lacks_something_is_shown_again_with_the_words_at_the_field(
    make_begun, clerk, browse
):
    order = make_begun()

    response = take(
        browse(clerk), order, "reply", {"claim": "solved", "text": "灯已换好，请放心。"}
    )

    assert response.status_code == 422
    assert "A picture of the place or an explanation is missing" in response.text
    assert "灯已换好，请放心。" in response.text
    order.refresh_from_db()
    assert order.state == OrderState.IN_PROGRESS


def test_of_two_people_at_once_the_second_sees_what_happened_and_loses_nothing(
    make_begun, clerk, head, browse
):
    order = make_begun()
    first, second = browse(head), browse(clerk)
    take(
        first,
        order,
        "contact",
        {"is_reached": "0", "note": "再次致电未接", "seen_version": order.version},
    )
    answers = {
        "claim": "explained",
        "text": "第二人写的长答复",
        "seen_version": order.version,
    }

    merge = take(second, order, "reply", answers)

    assert merge.status_code == 409
    assert "再次致电未接" in merge.text
    assert merge.text.count("第二人写的长答复") == 2  # beside the changes, and in the form
    assert "Apply mine now" in merge.text
    assert StepDraft.objects.get(user=clerk).answers["text"] == "第二人写的长答复"
    order.refresh_from_db()
    assert order.state == OrderState.IN_PROGRESS

    take(second, order, "reply", answers | {"seen_version": order.version})

    order.refresh_from_db()
    assert order.state == OrderState.REPLIED
    assert not StepDraft.objects.exists()


def test_of_two_people_who_reply_at_once_the_second_keeps_the_words(
    make_begun, clerk, head, browse
):
    order = make_begun()
    answers = {"claim": "explained", "text": "先到", "seen_version": order.version}
    take(browse(head), order, "reply", answers)

    merge = take(browse(clerk), order, "reply", answers | {"text": "后到的答复"})

    assert merge.status_code == 409
    assert "This step is no longer possible" in merge.text
    assert "后到的答复" in merge.text
    assert order.replies.get().text == "先到"


def test_a_stale_picture_is_not_added(make_begun, clerk, head, browse, photograph, now):
    order = make_begun(assisting=(UnitFactory(),))
    write_to_parties(order_id=order.pk, text="先看我", actor=head, now=now)

    merge = take(
        browse(clerk), order, "evidence", {"picture": photograph, "seen_version": order.version}
    )

    assert merge.status_code == 409
    assert not order.evidence.exists()


@pytest.mark.parametrize(
    "content",
    [b"<html><script>window.__xss=1</script></html>", b"GIF89a\x01\x00\x01\x00", b"%PDF-1.7", b""],
)
def test_a_file_that_is_no_photograph_is_refused_in_words(content, make_begun, clerk, browse):
    from django.core.files.uploadedfile import SimpleUploadedFile

    order = make_begun()

    response = take(
        browse(clerk),
        order,
        "evidence",
        {"picture": SimpleUploadedFile("a.jpg", content, content_type="image/jpeg")},
    )

    assert response.status_code == 422
    assert not order.evidence.exists()


def test_a_picture_is_sent_as_a_file_to_those_who_may_see_the_order(
    make_begun, clerk, police, browse, photograph
):
    order = make_begun()
    take(browse(clerk), order, "evidence", {"picture": photograph})
    address = reverse("dispatch:evidence", args=[order.pk, order.evidence.get().pk])

    response = browse(clerk).get(address)

    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")
    stranger = UserFactory(role=Role.UNIT_CLERK, unit=police)
    assert browse(stranger).get(address).status_code == 404
    assert browse(UserFactory(role=Role.GUEST)).get(address).status_code == 403


def test_a_picture_of_another_order_is_not_found_under_this_one(
    make_begun, clerk, browse, photograph
):
    order, other = make_begun(), make_begun()
    take(browse(clerk), order, "evidence", {"picture": photograph})

    address = reverse("dispatch:evidence", args=[other.pk, order.evidence.get().pk])

    assert browse(clerk).get(address).status_code == 404


def test_a_removed_picture_is_sent_no_longer(make_begun, clerk, browse, photograph):
    order = make_begun()
    client = browse(clerk)
    take(client, order, "evidence", {"picture": photograph})
    numbers = [order.pk, order.evidence.get().pk]

    client.post(reverse("dispatch:remove_evidence", args=numbers))

    assert client.get(reverse("dispatch:evidence", args=numbers)).status_code == 404


def test_an_order_of_another_unit_is_as_good_as_none(make_dispatched, police, browse):
    order = make_dispatched()
    client = browse(UserFactory(role=Role.UNIT_CLERK, unit=police))

    assert client.get(page_of(order)).status_code == 404
    assert take(client, order, "sign").status_code == 404
    assert client.post(reverse("dispatch:presence", args=[order.pk])).status_code == 404
    assert (
        client.post(reverse("dispatch:draft", args=[order.pk, "reply"]), {"text": "x"}).status_code
        == 404
    )


@pytest.mark.parametrize("role", [Role.GUEST])
def test_a_role_without_orders_is_refused(role, make_dispatched, browse):
    order = make_dispatched()
    client = browse(UserFactory(role=role))

    assert client.get(page_of(order)).status_code == 403
    assert client.get(reverse("dispatch:inbox")).status_code == 403
    assert take(client, order, "sign").status_code == 403


@pytest.mark.parametrize("name", ["sign", "reply", "object", "review", "decide_objection"])
def test_a_supervisor_looks_but_takes_no_step(name, make_dispatched, browse):
    order = make_dispatched()
    client = browse(UserFactory(role=Role.SUPERVISOR))

    assert client.get(page_of(order)).status_code == 200
    assert take(client, order, name).status_code == 403


def test_steps_answer_to_post_only(make_dispatched, clerk, browse):
    order = make_dispatched()
    client = browse(clerk)

    assert client.get(step_of(order, "sign")).status_code == 405
    assert client.get(reverse("dispatch:presence", args=[order.pk])).status_code == 405
    assert take(client, order, "no-such-step").status_code == 404


def test_personal_numbers_are_hidden_from_units_and_overseers_but_not_from_the_centre(
    make_dispatched, clerk, dispatcher, browse
):
    from tests.factories import AppealFactory

    order = make_dispatched(appeal=AppealFactory(text="路灯不亮，我的电话13812345678"))

    for user in (clerk, UserFactory(role=Role.SUPERVISOR), UserFactory(role=Role.LEADER)):
        assert "13812345678" not in browse(user).get(page_of(order)).text
    assert "13812345678" in browse(dispatcher).get(page_of(order)).text


def test_a_unit_that_is_asked_sees_the_question_and_nothing_of_the_handling(
    clerk, dispatcher, housing, police, browse, now
):
    order = WorkOrderFactory()
    call_consultation(
        order_id=order.pk, units=[housing, police], question="谁主办？", actor=dispatcher, now=now
    )
    client = browse(clerk)

    page = client.get(page_of(order)).text
    assert "谁主办？" in page
    assert 'id="history-title"' not in page
    take(client, order, "give_opinion", {"is_ours": "0", "opinion": "非本局职责"})

    assert "非本局职责" in browse(dispatcher).get(page_of(order)).text


def test_the_reviewer_is_shown_which_request_the_reply_leaves_open(make_replied, browse):
    from tests.factories import AppealFactory

    appeal = AppealFactory(subject="路灯", text="小区路灯不亮，请问什么时候能修好？")
    order = make_replied(text="感谢您的来电，我们已收到并转交相关部门。", appeal=appeal)
    client = browse(UserFactory(role=Role.REVIEWER))

    page = client.get(page_of(order)).text
    assert "Does the reply answer?" in page
    assert "什么时候能修好" in page
    take(client, order, "review", {"is_passed": "0", "reasons": ["beside"]})

    order.refresh_from_db()
    assert order.state == OrderState.IN_PROGRESS


def test_the_centre_decides_an_objection(make_dispatched, clerk, dispatcher, browse):
    order = make_dispatched()
    take(
        browse(clerk),
        order,
        "object",
        {"ground": "not_my_duty", "statement": "非本局职责", "legal_basis": "三定"},
    )

    take(browse(dispatcher), order, "decide_objection", {"is_upheld": "0", "decision": "依目录"})

    order.refresh_from_db()
    assert (order.state, order.is_designated) == (OrderState.DISPATCHED, True)
    assert "designated, cannot be returned" in browse(clerk).get(page_of(order)).text


def test_a_draft_is_kept_by_the_button_and_by_itself_for_its_writer_alone(
    make_begun, clerk, head, browse
):
    order = make_begun()
    address = reverse("dispatch:draft", args=[order.pk, "reply"])
    client = browse(clerk)

    by_itself = client.post(address, {"text": "写到一半"}, headers={"HX-Request": "true"})
    by_button = client.post(address, {"text": "写到一半的答复"}, follow=True)

    assert "draft kept" in by_itself.text
    assert "写到一半的答复" in by_button.text
    assert "写到一半的答复" not in browse(head).get(page_of(order)).text
    assert StepDraft.objects.count() == 1


def test_whoever_has_the_order_open_is_told_to_the_other(make_begun, clerk, head, browse):
    order = make_begun()
    head.last_name, head.first_name = "李", "某"
    head.save()
    address = reverse("dispatch:presence", args=[order.pk])

    alone = browse(head).post(address)
    together = browse(clerk).post(address)

    assert "has this order open" not in alone.text
    assert "has this order open" in together.text


def test_the_page_needs_no_more_statements_for_a_long_history(
    make_begun, clerk, browse, django_assert_max_num_queries, now
):
    order = make_begun(assisting=(UnitFactory(), UnitFactory()))
    for number in range(20):
        write_to_parties(order_id=order.pk, text=f"第{number}条", actor=clerk, now=now)
    client = browse(clerk)
    client.get(page_of(order))

    with django_assert_max_num_queries(22):
        assert client.get(page_of(order)).status_code == 200


def test_signing_in_the_list_leads_to_the_order(make_dispatched, clerk, browse):
    order = make_dispatched()

    response = take(browse(clerk), order, "sign", {"seen_version": order.version})

    assert response["Location"] == page_of(order)


def test_an_old_inbox_does_not_sign_twice(make_dispatched, clerk, head, browse, now):
    order = make_dispatched()
    sign_order(order_id=order.pk, actor=head, now=now)

    response = take(browse(clerk), order, "sign", {"seen_version": order.version})

    assert response.status_code == 409


def test_a_form_that_does_not_say_what_was_seen_is_taken_as_stale(make_dispatched, clerk, browse):
    order = make_dispatched()

    answer = browse(clerk).post(step_of(order, "sign"))

    assert answer.status_code == 409
    order.refresh_from_db()
    assert order.state == OrderState.DISPATCHED


def test_a_reply_is_read_before_it_is_sent_without_a_script_too(make_begun, clerk, browse):
    order = make_begun()
    written = {"text": "已转相关部门处理，联系人13812345678，感谢支持。", "claim": "explained"}

    page = browse(clerk).post(reverse("dispatch:check", args=[order.pk, "reply"]), written)

    assert "Does the reply answer?" in page.text
    assert "A mobile number stands in the text: 138" in page.text
    assert "已转相关部门处理" in page.text
    order.refresh_from_db()
    assert order.state == OrderState.IN_PROGRESS
    assert not order.replies.exists()


def test_nothing_written_is_not_read(make_begun, clerk, browse):
    order = make_begun()

    part = browse(clerk).post(
        reverse("dispatch:check", args=[order.pk, "reply"]), {}, headers={"HX-Request": "true"}
    )

    assert part.text.strip() == ""


def test_only_replies_are_read_and_only_for_a_unit_of_the_order(make_begun, clerk, browse):
    order = make_begun()
    address = reverse("dispatch:check", args=[order.pk, "reply"])
    stranger = UserFactory(role=Role.UNIT_CLERK, unit=UnitFactory())

    assert browse(stranger).post(address, {"text": "已修复"}).status_code == 404
    other = reverse("dispatch:check", args=[order.pk, "contact"])
    assert browse(clerk).post(other, {"note": "已修复"}).status_code == 404


def test_every_step_with_a_large_box_keeps_what_is_written(make_signed, clerk, browse):
    order = make_signed()
    client = browse(clerk)

    client.post(reverse("dispatch:draft", args=[order.pk, "begin"]), {"reason": "电话始终无人接听"})

    assert "电话始终无人接听" in client.get(page_of(order)).text


def test_several_answers_to_one_question_are_kept(make_replied, browse):
    order = make_replied()
    client = browse(UserFactory(role=Role.REVIEWER))
    ticked = {"reasons": ["empty", "beside"], "note": "写到一半"}

    client.post(reverse("dispatch:draft", args=[order.pk, "review"]), ticked)

    page = client.get(page_of(order)).text
    assert page.count(" checked") == 2


def test_the_language_of_a_refused_form_leads_back_to_the_order(make_begun, clerk, browse):
    order = make_begun()

    page = take(
        browse(clerk), order, "reply", {}, headers={"Referer": f"http://testserver{page_of(order)}"}
    )

    assert page.status_code == 422
    assert f'name="next" value="{page_of(order)}"' in page.text
