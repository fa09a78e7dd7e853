"""The dispatcher's board: what waits, one key each, many at once with a dry run and time to undo."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import (
    AppealFactory,
    AreaFactory,
    ChannelFactory,
    UnitFactory,
    UserFactory,
    WorkOrderFactory,
)

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.board import put_off, send_dispatch
from civicloop.apps.dispatch.actions.dispatching import dispatch_by_hand
from civicloop.apps.dispatch.models import (
    DispatchPlan,
    OrderPutOff,
    OrderState,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.board import Tab
from civicloop.apps.intake.models import Kind
from civicloop.apps.issues.models import Event, EventMember
from civicloop.apps.jobs.models import JobState
from civicloop.apps.places.models import Unit

pytestmark = pytest.mark.both_databases

LogIn = Callable[[str], Client]
MakeWaiting = Callable[..., WorkOrder]
URL, ACCEPT = "/board/", "/board/accept/"


@pytest.fixture
def units(db: None) -> list[Unit]:
    return [
        UnitFactory(code=code, name=name)
        for code, name in [("POLICE", "公安局"), ("HOUSING", "住建局"), ("CITY", "城管局")]
    ]


@pytest.fixture
def waiting(units: list[Unit]) -> MakeWaiting:
    """Make an order that waits with three units to choose from."""

    def make(text: str = "半夜施工吵得睡不着", **fields: object) -> WorkOrder:
        known = {
            "appeal": AppealFactory(text=text, area=AreaFactory()),
            "area": AreaFactory(),
            "routing": {
                "outcome": "person",
                "directory": 1,
                "rule": 7,
                "rule_topic": "噪声",
                "rule_area": "",
                "statute": "噪声条例",
                "lead": "POLICE",
                "reasons": ["unsure"],
                "choices": [
                    ["POLICE", "directory", None],
                    ["HOUSING", "learned", 0.4],
                    ["CITY", "learned", 0.2],
                ],
                "choice_assisting": ["CITY"],
            },
        }
        return WorkOrderFactory(**known | fields)

    return make


def test_what_is_due_at_the_end_of_today_is_due_today(
    waiting: MakeWaiting, dispatcher: Client
) -> None:
    tonight = datetime.combine(timezone.localdate() + timedelta(days=1), time())
    waiting("今日24时到期", due_at=timezone.make_aware(tonight))
    waiting("明日到期", due_at=timezone.make_aware(tonight + timedelta(minutes=1)))

    page = dispatcher.get(f"{URL}?tab=due_today").text

    assert "今日24时到期" in page
    assert "明日到期" not in page


def accepted(client: Client, *orders: WorkOrder, **more: str) -> str:
    versions = {f"version_{order.pk}": order.version for order in orders}
    said = {"order": [order.pk for order in orders], **versions, **more}
    return client.post(ACCEPT, said, follow=True).text


def test_the_tabs_part_what_waits_and_count_it(waiting: MakeWaiting, dispatcher: Client) -> None:
    now = timezone.now()
    new, later = waiting("新件"), waiting("以后再看")
    waiting("退回件", return_count=1)
    waiting("异议件", state=OrderState.OBJECTED, due_at=now + timedelta(days=30))
    waiting("今日到期", due_at=now - timedelta(hours=1))
    actor = User.objects.get(role=Role.DISPATCHER)
    put_off(
        order_id=later.pk, until_at=now + timedelta(hours=1), actor=actor, now=now, seen_version=1
    )

    page = dispatcher.get(URL)

    counts = {code: count for code, _words, count in page.context["tabs"]}
    assert counts == {"new": 2, "returned": 1, "disputed": 1, "due_today": 1, "later": 1}
    assert new.number in page.text
    assert "以后再看" not in page.text
    assert "以后再看" in dispatcher.get(f"{URL}?tab=later").text


def test_what_was_put_off_is_back_when_its_time_has_come(
    waiting: MakeWaiting, dispatcher: Client
) -> None:
    order, now = waiting("回来了"), timezone.now()
    OrderPutOff.objects.create(
        order=order,
        until_at=now - timedelta(seconds=1),
        put_off_by=UserFactory(),
        put_off_at=now - timedelta(hours=1),
    )

    assert "回来了" in dispatcher.get(URL).text


def test_the_preview_offers_three_units_the_rule_and_why_a_person_decides(
    waiting: MakeWaiting, dispatcher: Client
) -> None:
    order = waiting()

    page = dispatcher.get(f"/board/orders/{order.pk}/", headers={"HX-Request": "true"}).text

    assert [name for name in ("公安局", "住建局", "城管局") if name in page] == [
        "公安局", "住建局", "城管局",
    ]  # fmt: skip
    assert "No. 7 of version 1: 噪声" in page
    assert "噪声条例" in page
    assert "less sure than the chosen accuracy" in page


def test_without_a_script_the_preview_is_the_whole_board(
    waiting: MakeWaiting, dispatcher: Client
) -> None:
    waiting("第一件")
    second = waiting("第二件")

    page = dispatcher.get(f"/board/orders/{second.pk}/?tab=new", follow=True)

    assert page.context["looked"].order == second
    assert "第一件" in page.text


def test_an_accepted_order_goes_out_after_the_time_to_undo(
    waiting: MakeWaiting, dispatcher: Client
) -> None:
    order, now = waiting(), timezone.now()

    page = accepted(dispatcher, order)
    plan = DispatchPlan.objects.get()
    send_dispatch.func(now, plan.pk)

    order.refresh_from_db()
    assert "1 order goes out in 10 seconds." in page
    assert plan.goes_out_at - plan.planned_at == timedelta(seconds=10)
    assert JobState.objects.filter(name__endswith="send_dispatch").count() == 1
    assert (order.state, order.lead_unit.name) == (OrderState.DISPATCHED, "公安局")
    assert [party.unit.name for party in order.parties.filter(role="assist")] == ["城管局"]
    assert order.steps.get(name="dispatch").actor.role == Role.DISPATCHER
    actions = AuditEvent.objects.filter(object_type="dispatch_plan").order_by("id")
    assert [event.action for event in actions] == ["dispatch_planned", "dispatch_sent"]


def test_another_of_the_suggested_units_is_taken(waiting: MakeWaiting, dispatcher: Client) -> None:
    order = waiting()

    accepted(dispatcher, order, place="1")
    send_dispatch.func(timezone.now(), DispatchPlan.objects.get().pk)

    order.refresh_from_db()
    assert order.lead_unit.name == "住建局"
    assert not order.parties.filter(role="assist").exists()


def test_what_was_undone_does_not_go_out_and_waits_again(
    waiting: MakeWaiting, dispatcher: Client
) -> None:
    order = waiting("要撤回的")
    accepted(dispatcher, order)
    plan = DispatchPlan.objects.get()
    gone = dispatcher.get(URL).context["rows"]

    page = dispatcher.post(f"/board/plans/{plan.pk}/undo/", follow=True).text
    send_dispatch.func(timezone.now(), plan.pk)

    order.refresh_from_db()
    assert gone == []
    assert "Undone: nothing went out." in page
    assert "要撤回的" in page
    assert order.state == OrderState.TRIAGE


def test_what_has_gone_out_is_not_undone(waiting: MakeWaiting, dispatcher: Client) -> None:
    accepted(dispatcher, waiting())
    plan = DispatchPlan.objects.get()
    send_dispatch.func(timezone.now(), plan.pk)

    page = dispatcher.post(f"/board/plans/{plan.pk}/undo/", follow=True).text

    assert "The plan is sent." in page


def test_what_has_begun_to_go_out_is_not_undone(waiting: MakeWaiting, dispatcher: Client) -> None:
    accepted(dispatcher, waiting(), waiting())
    plan = DispatchPlan.objects.get()
    first = plan.items.order_by("pk")[0]
    first.is_sent = True
    first.save()

    page = dispatcher.post(f"/board/plans/{plan.pk}/undo/", follow=True).text

    assert "It is going out already: 1 of 2 orders are done." in page
    plan.refresh_from_db()
    assert plan.state == "scheduled"


def test_many_are_tried_dry_first(waiting: MakeWaiting, dispatcher: Client) -> None:
    placeless = waiting("没有地点的", area=None, appeal=AppealFactory(text="没有地点的"))
    others = [
        waiting(),
        waiting(routing={"outcome": "person", "choices": [["HOUSING", "learned", 0.9]]}),
    ]
    lost = waiting(routing={})

    page = accepted(dispatcher, placeless, *others, lost, many="1")

    assert "3 orders will go out" in page
    assert "to 2 units" in page
    assert "1 lacks a place" in page
    assert "No unit is suggested: choose one by hand." in page
    assert not DispatchPlan.objects.exists()


def test_many_are_sent_once_confirmed(waiting: MakeWaiting, dispatcher: Client) -> None:
    orders = [waiting(), waiting()]

    accepted(dispatcher, *orders, many="1", confirmed="1")
    send_dispatch.func(timezone.now(), DispatchPlan.objects.get().pk)

    assert WorkOrder.objects.filter(state=OrderState.DISPATCHED).count() == 2


def test_an_order_that_moved_before_it_went_out_stays_and_the_plan_says_so(
    waiting: MakeWaiting, dispatcher: Client, units: list[Unit]
) -> None:
    order, other = waiting(), waiting()
    accepted(dispatcher, order, other, many="1", confirmed="1")
    dispatch_by_hand(
        order_id=order.pk, lead=units[1], assisting=[], note="", actor=UserFactory(),
        now=timezone.now(),
    )  # fmt: skip
    plan = DispatchPlan.objects.get()

    send_dispatch.func(timezone.now(), plan.pk)

    order.refresh_from_db()
    assert order.lead_unit == units[1]
    assert plan.items.get(order=other).is_sent
    assert "The order has changed" in dispatcher.get(f"/board/plans/{plan.pk}/").text
    assert "Some orders did not go out." in dispatcher.get(URL).text


def test_a_second_dispatcher_sees_who_was_faster(waiting: MakeWaiting, dispatcher: Client) -> None:
    order = waiting()
    other = UserFactory(role=Role.DISPATCHER, first_name="李四")
    put_off(
        order_id=order.pk, until_at=timezone.now() + timedelta(hours=1), actor=other,
        now=timezone.now(), seen_version=order.version,
    )  # fmt: skip

    page = accepted(dispatcher, order)

    assert "李四 · Put off by the dispatcher" in page
    assert not DispatchPlan.objects.exists()


def test_a_report_never_goes_to_the_unit_it_is_about(
    waiting: MakeWaiting, dispatcher: Client, units: list[Unit]
) -> None:
    order = waiting(respondent_unit=units[0])

    page = dispatcher.get(f"/board/orders/{order.pk}/", headers={"HX-Request": "true"})

    assert [one.choice.name for one in page.context["looked"].choices] == ["住建局", "城管局"]


def test_an_order_is_merged_with_its_events_main_order(
    event: Event, waiting: MakeWaiting, dispatcher: Client
) -> None:
    main, order = waiting(), waiting()
    for each in (main, order):
        EventMember.objects.create(appeal=each.appeal, event=event)

    page = dispatcher.post(
        f"/board/orders/{order.pk}/merge/", {f"version_{order.pk}": order.version}, follow=True
    ).text

    order.refresh_from_db()
    assert (order.state, order.master) == (OrderState.MERGED, main)
    assert f"Merged into No. {main.number}." in page


def test_the_board_says_that_the_citizen_told_it_by_another_channel(
    event: Event, waiting: MakeWaiting, dispatcher: Client
) -> None:
    by_hotline, by_web = (waiting(opened_at=timezone.now()) for _channel in range(2))
    for each in (by_hotline, by_web):
        EventMember.objects.create(appeal=each.appeal, event=event)
        each.appeal.caller_key = "the same"
        each.appeal.channel = ChannelFactory(code=f"channel-{each.pk}")
        each.appeal.save()

    page = dispatcher.get(URL).text
    beside = dispatcher.get(f"/board/orders/{by_web.pk}/", headers={"HX-Request": "true"}).text

    assert page.count("told by another channel, too") == 2
    assert "The same citizen told this by another channel, too:" in beside
    assert by_hotline.number in beside


def test_a_report_of_a_wrong_is_offered_no_merge(
    event: Event, waiting: MakeWaiting, dispatcher: Client
) -> None:
    main, order = waiting(), waiting(kind=Kind.REPORT)
    for each in (main, order):
        EventMember.objects.create(appeal=each.appeal, event=event)

    page = dispatcher.post(f"/board/orders/{order.pk}/merge/", follow=True).text

    order.refresh_from_db()
    assert order.state == OrderState.TRIAGE
    assert "No other order of this event is being handled." in page


def test_an_order_goes_back_to_the_desk_with_what_is_missing(
    waiting: MakeWaiting, dispatcher: Client
) -> None:
    order = waiting()
    address = f"/board/orders/{order.pk}/return/"

    unsaid = dispatcher.post(address, {"seen_version": 1, "note": ""}, follow=True).text
    dispatcher.post(address, {"seen_version": 1, "note": "哪个小区？"})

    order.refresh_from_db()
    assert "Say what is missing." in unsaid
    assert order.state == OrderState.INCOMPLETE
    assert order.steps.get(name="ask_for_more").note == "哪个小区？"


@pytest.mark.parametrize("until", ["1", "3", "morning"])
def test_an_order_is_put_off_and_brought_back(
    until: str, waiting: MakeWaiting, dispatcher: Client
) -> None:
    order = waiting()

    dispatcher.post(f"/board/orders/{order.pk}/later/", {"seen_version": 1, "until": until})
    put = OrderPutOff.objects.get()
    dispatcher.post(f"/board/orders/{order.pk}/back/", {"seen_version": 2})

    assert put.until_at > timezone.now()
    assert not OrderPutOff.objects.exists()
    steps = order.steps.order_by("version").values_list("name", flat=True)
    assert list(steps) == ["open", "put_off", "bring_back"]


def test_the_board_takes_few_statements_at_any_size(
    waiting: MakeWaiting, dispatcher: Client
) -> None:
    for _number in range(60):
        waiting(due_at=timezone.now())
    dispatcher.get(URL)

    for tab in Tab:
        with CaptureQueriesContext(connection) as captured:
            page = dispatcher.get(URL, {"tab": tab.value})

        assert len(page.context["rows"]) == (50 if tab in {Tab.NEW, Tab.DUE_TODAY} else 0)
        assert len(captured) <= 8, (tab, [query["sql"][:80] for query in captured])


def test_the_orders_beyond_fifty_are_on_a_second_page(
    waiting: MakeWaiting, dispatcher: Client
) -> None:
    due = [waiting(due_at=timezone.now() + timedelta(days=9, hours=hours)) for hours in range(53)]

    first, second = (dispatcher.get(f"{URL}?page={page}") for page in (1, 2))
    behind = dispatcher.get(f"{URL}?page=7").context["board"].page

    shown = [[row.order.pk for row in page.context["rows"]] for page in (first, second)]
    assert shown == [[order.pk for order in due[:50]], [order.pk for order in due[50:]]]
    assert 'rel="next"' in first.text
    assert 'rel="prev"' in second.text
    assert behind == 2


def test_after_an_order_the_next_one_is_looked_at(waiting: MakeWaiting, dispatcher: Client) -> None:
    due = [waiting(due_at=timezone.now() + timedelta(days=hours)) for hours in range(1, 5)]
    looked_at = []

    for order in (due[1], due[3], due[0]):
        said = {"seen_version": 1, "until": "1", "tab": "new", "page": "1"}
        page = dispatcher.post(f"/board/orders/{order.pk}/later/", said, follow=True)
        looked_at.append(page.context["looked_at"].pk)

    assert looked_at == [due[2].pk, due[2].pk, due[2].pk]
    assert f'value="{due[2].pk}"' in page.text
    assert "data-has-focus" in page.text


@pytest.mark.parametrize("role", [Role.GUEST, Role.OPERATOR, Role.LEADER, Role.SUPERVISOR])
def test_the_board_is_for_dispatchers(role: str, waiting: MakeWaiting, log_in: LogIn) -> None:
    client, order = log_in(role), waiting()

    answers = [client.get(URL), client.get(f"/board/orders/{order.pk}/")]
    answers += [client.post(ACCEPT, {"order": order.pk})]
    answers += [
        client.post(f"/board/orders/{order.pk}/{verb}/")
        for verb in ("merge", "return", "later", "back")
    ]

    assert {answer.status_code for answer in answers} == {403}


def test_an_empty_board_says_so(dispatcher: Client) -> None:
    assert "Nothing waits here." in dispatcher.get(URL).text
    assert "that still waits" in dispatcher.post(ACCEPT, {}, follow=True).text


def test_an_order_that_has_moved_is_not_merged(
    event: Event, waiting: MakeWaiting, dispatcher: Client
) -> None:
    main, order = waiting(), waiting()
    for each in (main, order):
        EventMember.objects.create(appeal=each.appeal, event=event)

    for seen in ({f"version_{order.pk}": order.version + 1}, {}):
        dispatcher.post(f"/board/orders/{order.pk}/merge/", seen)

    order.refresh_from_db()
    assert (order.state, order.master) == (OrderState.TRIAGE, None)


def test_a_plan_that_is_nowhere_is_undone_like_another_s(dispatcher: Client) -> None:
    response = dispatcher.post("/board/plans/987654/undo/", follow=True)

    assert response.status_code == 200
    assert "Only who planned it may undo it." in response.text
