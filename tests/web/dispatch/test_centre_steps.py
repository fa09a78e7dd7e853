import pytest
from django.urls import reverse
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.moving import Step, move_order
from civicloop.apps.dispatch.actions.supervising import issue_sheet
from civicloop.apps.dispatch.models import CallBack, CloseType, OrderState
from civicloop.apps.places.models import UnitLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return {
        role: UserFactory(role=role) for role in (Role.OPERATOR, Role.CALLER_BACK, Role.SUPERVISOR)
    }


@pytest.fixture
def asked(make_replied, dispatcher, now):
    order = make_replied()
    for name in ("pass_review", "call_back"):
        move_order(order_id=order.pk, step=Step(name=name, actor=dispatcher, now=now))
    order.refresh_from_db()
    return order


def take(client, order, name, **answers):
    address = reverse("dispatch:step", args=[order.pk, name])
    return client.post(address, {"seen_version": order.version, **answers})


def test_an_operator_passes_a_registered_order_on(browse, staff):
    order = WorkOrderFactory(state=OrderState.REGISTERED)
    client = browse(staff[Role.OPERATOR])

    page = client.get(reverse("dispatch:order", args=[order.pk]))
    take(client, order, "pass_on")

    order.refresh_from_db()
    assert "Pass on for dispatch" in page.text
    assert order.state == OrderState.TRIAGE


def test_a_dispatcher_names_the_units(browse, dispatcher, housing, police):
    order = WorkOrderFactory()

    take(browse(dispatcher), order, "dispatch", lead=housing.pk, assisting=[police.pk])

    order.refresh_from_db()
    assert (order.state, order.lead_unit) == (OrderState.DISPATCHED, housing)
    assert order.parties.filter(role="assist", unit=police).exists()


def test_the_unit_complained_of_is_refused_with_the_reason_on_the_page(browse, dispatcher, housing):
    order = WorkOrderFactory(respondent_unit=housing)

    page = take(browse(dispatcher), order, "dispatch", lead=housing.pk)

    assert page.status_code == 422
    assert "it must not handle it" in page.text


def test_whom_it_is_about_is_corrected_while_that_very_unit_has_it(
    browse, dispatcher, make_signed, clerk, housing
):
    order, client = make_signed(), browse(dispatcher)
    page = client.get(reverse("dispatch:order", args=[order.pk]))

    take(client, order, "name_respondent", unit=housing.pk, reason="来电补充")

    order.refresh_from_db()
    assert "Correct whom it is about" in page.text
    assert (order.state, order.respondent_unit) == (OrderState.TRIAGE, housing)
    after = client.get(reverse("dispatch:order", args=[order.pk])).text
    assert "Taken from the unit that it is about" in after
    assert f'<option value="{housing.pk}" selected>' in after
    assert browse(clerk).get(reverse("dispatch:order", args=[order.pk])).status_code == 404


def test_whom_it_is_about_is_the_dispatchers_to_correct(browse, staff, make_signed, clerk, housing):
    order = make_signed()

    for person in (clerk, *staff.values()):
        page = take(browse(person), order, "name_respondent", unit=housing.pk, reason="x")
        assert page.status_code == 403


def test_one_order_is_said_to_be_complex_on_its_page(browse, dispatcher, make_signed, settings):
    settings.CLOCK_PRESET = "beijing"
    order, client = make_signed(), browse(dispatcher)
    page = client.get(reverse("dispatch:order", args=[order.pk])).text

    said = {"case": "complex", "reason": "三个部门", "is_caller_told": "on"}
    take(client, order, "limit_case", **said)
    wrong = take(client, order, "limit_case", **said | {"case": "urgent"})

    assert '<option value="complex">complex</option>' in page
    after = client.get(reverse("dispatch:order", args=[order.pk])).text
    assert "Case of limits chosen" in after
    assert "三个部门" in after
    assert "复杂事项15天" in after
    assert wrong.status_code == 422


def test_a_shipped_statute_is_chosen_by_its_article(browse, dispatcher, make_signed):
    order, client = make_signed(), browse(dispatcher)
    page = client.get(reverse("dispatch:order", args=[order.pk])).text
    told = {"is_caller_told": "on", "unit": "hour"}

    nothing = take(client, order, "statute_limit", **told)
    take(client, order, "statute_limit", key="market check", **told)

    assert '<option value="market check">' in page
    assert nothing.status_code == 422
    assert "choose a statute above" in nothing.text
    after = client.get(reverse("dispatch:order", args=[order.pk])).text
    assert "Limit of a statute set" in after
    assert "15个工作日内核查" in after


def test_an_answer_on_the_spot_closes_the_order(browse, staff):
    order = WorkOrderFactory(state=OrderState.REGISTERED)

    take(browse(staff[Role.OPERATOR]), order, "answer", text="可在网上办理。")

    order.refresh_from_db()
    assert order.close_type == CloseType.ANSWERED


def test_a_call_that_is_sent_twice_is_one_call(browse, staff, asked):
    client = browse(staff[Role.CALLER_BACK])
    said = {"is_reached": "1", "resolved": "yes", "satisfaction": "5"}

    take(client, asked, "hear", **said)
    take(client, asked, "hear", **said)

    asked.refresh_from_db()
    assert (asked.state, asked.close_type) == (OrderState.CLOSED, CloseType.RESOLVED)
    assert CallBack.objects.count() == 1


def test_a_citizen_who_was_reached_has_said_something(browse, staff, asked):
    page = take(browse(staff[Role.CALLER_BACK]), asked, "hear", is_reached="1")

    assert page.status_code == 422
    assert not CallBack.objects.exists()


def test_a_unit_is_offered_no_call_back(browse, clerk, asked):
    page = browse(clerk).get(reverse("dispatch:order", args=[asked.pk]))
    refused = take(browse(clerk), asked, "hear", is_reached="1", satisfaction="5")

    assert "Call the citizen back" not in page.text
    assert refused.status_code == 403


def test_a_sheet_goes_its_way_on_the_orders_page(browse, staff, make_signed, clerk, housing):
    order, supervisor = make_signed(), staff[Role.SUPERVISOR]
    take(browse(supervisor), order, "supervise", level="2", unit=housing.pk, reason="逾期")
    order.refresh_from_db()
    take(browse(clerk), order, "reply_sheet", text="明日完工")
    order.refresh_from_db()

    take(browse(supervisor), order, "end_sheet", note="已核实", is_withdrawn="0")

    order.refresh_from_db()
    assert order.sheets.get().state == "ended"
    assert order.supervision_level == 0


def test_a_dispatcher_issues_no_sheet(browse, dispatcher, make_signed, housing):
    order = make_signed()

    refused = take(
        browse(dispatcher), order, "supervise", level="1", unit=housing.pk, reason="逾期"
    )

    assert refused.status_code == 403
    assert not order.sheets.exists()


def test_another_units_clerk_is_not_offered_the_sheet(browse, make_signed, clerk, police, now):
    order = make_signed(assisting=(police,))
    issue_sheet(
        order_id=order.pk, level=1, cause="overdue", reason="", unit=police, actor=None, now=now
    )

    page = browse(clerk).get(reverse("dispatch:order", args=[order.pk]))

    assert "Answer the supervision sheet" not in page.text


def test_a_closed_order_is_opened_again_with_a_new_fact(browse, staff, asked, now):
    client = browse(staff[Role.CALLER_BACK])
    take(client, asked, "hear", is_reached="1", resolved="yes", satisfaction="5")
    asked.refresh_from_db()

    take(client, asked, "reopen", new_fact="又漏了")

    asked.refresh_from_db()
    assert (asked.state, asked.round) == (OrderState.TRIAGE, 2)


def test_a_leaders_instruction_shortens_the_time_on_the_page(browse, dispatcher, make_signed):
    order = make_signed()
    said = {"n": "1", "unit": "hour", "leader": "王副市长", "reason": "一小时内处置"}

    take(browse(dispatcher), order, "shorten_time", **said)
    page = browse(dispatcher).get(reverse("dispatch:order", args=[order.pk]))
    again = take(browse(dispatcher), page.context["order"], "shorten_time", **said | {"n": "720"})

    assert "Time shortened by a leader" in page.text
    assert "王副市长" in page.text
    assert again.status_code == 422


def test_the_limit_of_a_statute_names_its_article(browse, dispatcher, make_signed):
    order = make_signed()

    refused = take(browse(dispatcher), order, "statute_limit", n="60", unit="calendar_day")
    take(
        browse(dispatcher), order, "statute_limit", n="60", unit="calendar_day",
        statute="《信访工作条例》第三十四条", is_caller_told="on",
    )  # fmt: skip
    page = browse(dispatcher).get(reverse("dispatch:order", args=[order.pk]))

    assert refused.status_code == 422
    assert "《信访工作条例》第三十四条" in page.text


def test_an_order_is_escalated_and_says_so(browse, dispatcher, make_dispatched):
    order = make_dispatched(lead=UnitFactory(level=UnitLevel.COUNTY))
    client = browse(dispatcher)

    take(client, order, "escalate", reason="多次推诿")
    page = client.get(reverse("dispatch:order", args=[order.pk])).text

    assert '<span class="tag tag-waiting">escalated</span>' in page
    assert "Escalated to a higher level" in page


def test_no_step_is_offered_to_escalate_beyond_the_city(browse, dispatcher, make_dispatched):
    order = make_dispatched(lead=UnitFactory(level=UnitLevel.CITY))

    page = browse(dispatcher).get(reverse("dispatch:order", args=[order.pk])).text

    assert "Escalate to a higher level" not in page
