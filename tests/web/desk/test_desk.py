"""A call at the operator's screen: suggested while it is written, saved once, few statements."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.web.desk.conftest import LIKE, TOLD

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.clocks.models import Clock
from civicloop.apps.dispatch.models import DeskDraft, OrderState, WorkOrder
from civicloop.apps.intake.models import Appeal, Contact, Kind, Receipt, Registration, TopicBasis
from civicloop.apps.issues.models import TopicModelVersion
from civicloop.apps.places.models import Area
from civicloop.apps.vault.identities import open_identity
from civicloop.apps.vault.models import Identity

pytestmark = pytest.mark.both_databases

LogIn = Callable[[str], Client]
URL, SUGGEST = "/desk/new/", "/desk/suggest/"
PHONE = "13800138000"
CALL = {
    "token": "a-token",
    "channel": "hotline",
    "name": "欧阳甲乙",
    "phone": PHONE,
    "text": TOLD,
    "area": "云溪区",
    "address": "中山街12号",
    "kind": "complaint",
    "after": "pass_on",
}


def save(client: Client, **said: str) -> str:
    return client.post(URL, CALL | said).text


def test_a_call_is_registered_passed_on_and_dispatched_at_once(
    city: Area, operator: Client
) -> None:
    page = save(operator)

    order = WorkOrder.objects.get()
    assert (order.state, order.lead_unit.name) == (OrderState.DISPATCHED, "公安局")
    steps = list(order.steps.values_list("version", "name", "from_state", "to_state"))
    assert steps == [
        (1, "open", "", "registered"),
        (2, "pass_on", "registered", "triage"),
        (3, "dispatch", "triage", "dispatched"),
    ]
    assert order.version == 3
    events = AuditEvent.objects.filter(object_id=order.pk).order_by("id")
    assert [event.action for event in events.filter(action__startswith="order_")] == [
        "order_open",
        "order_pass_on",
        "order_dispatch",
    ]
    assert AuditEvent.objects.filter(action="appeal_registered").count() == 1
    assert order.number in page
    assert "公安局" in page


def test_clocks_of_dispatch_and_unit_are_as_if_the_steps_were_taken_singly(
    city: Area, operator: Client
) -> None:
    save(operator)

    order = WorkOrder.objects.get()
    [party] = order.parties.all()
    clocks = {clock.name: clock for clock in Clock.objects.of_owner("work_order", order.pk)}
    assert clocks["dispatch"].stopped_at == order.opened_at
    assert clocks["handle"].unit == order.lead_unit
    assert clocks["handle"].stopped_at is None
    assert order.due_at == party.due_at == clocks["handle"].due_at


def test_a_call_takes_few_statements(city: Area, operator: Client) -> None:
    save(operator, token="an-earlier-call")

    with CaptureQueriesContext(connection) as captured:
        save(operator)

    statements = [query["sql"] for query in captured]
    assert len(statements) <= 25, [sql[:80] for sql in statements]
    assert not [sql for sql in statements if 'FROM "places_unit"' in sql]  # units are at hand
    assert WorkOrder.objects.filter(state=OrderState.DISPATCHED).count() == 2


def test_what_a_person_must_decide_waits_with_its_choices(city: Area, operator: Client) -> None:
    page = save(operator, kind="report")

    order = WorkOrder.objects.get()
    assert order.state == OrderState.TRIAGE
    assert order.routing["reasons"] == ["kind", "sensitive"]
    assert [step.name for step in order.steps.all()] == ["open", "pass_on", "route"]
    assert order.routing["means"] == [1, 1, order.version]
    assert "A report of a wrong is always dispatched by a person." in page


def test_a_call_saved_twice_is_one_call_with_one_receipt(city: Area, operator: Client) -> None:
    first, again = save(operator), save(operator)

    assert Registration.objects.count() == WorkOrder.objects.count() == 1
    codes = [re.search(r"code <b>([\w-]+)</b>", page) for page in (first, again)]
    assert codes[0][1] == codes[1][1]
    assert Receipt.objects.get().number in again


def test_who_is_calling_is_sealed(city: Area, operator: Client) -> None:
    save(operator)

    identity = Identity.objects.get(pk=Contact.objects.get().ref)
    assert PHONE.encode() not in bytes(identity.phone)
    assert open_identity(identity.ref).phone == PHONE
    told = [*AuditEvent.objects.values_list("details", flat=True), Appeal.objects.last().text]
    assert not any(PHONE in str(each) or "欧阳" in str(each) for each in told)


def test_whoever_stays_anonymous_leaves_no_contact(city: Area, operator: Client) -> None:
    save(operator, is_anonymous="on")

    assert not Contact.objects.exists()
    assert Registration.objects.get().appeal.caller_key == ""


def test_a_call_that_is_answered_at_the_desk_opens_its_order(city: Area, operator: Client) -> None:
    response = operator.post(URL, CALL | {"after": "stay"})

    order = WorkOrder.objects.get()
    assert order.state == OrderState.REGISTERED
    assert response.url == reverse("dispatch:order", args=[order.pk])


def test_a_call_without_a_place_waits_at_the_desk_until_the_operator_says_it_is_all(
    city: Area, operator: Client
) -> None:
    lacking = {"text": "半夜施工吵得睡不着，已经三天了", "area": "", "address": ""}

    save(operator, **lacking)
    save(operator, **lacking, token="another", is_complete="on")

    waiting, complete = WorkOrder.objects.order_by("pk")
    assert waiting.state == OrderState.RECEIVED
    assert waiting.appeal.registration.missing == ["where"]
    assert complete.state == OrderState.DISPATCHED


def test_the_topic_is_the_models_or_the_operators(city: Area, operator: Client) -> None:
    save(operator)
    save(operator, token="another", topic="房屋")

    appeals = Appeal.objects.filter(source="civicloop").order_by("pk")
    assert [(one.topic.path, one.topic_basis) for one in appeals] == [
        ("噪声", TopicBasis.SUGGESTED),
        ("房屋", TopicBasis.CONFIRMED),
    ]


def test_what_is_asked_for_is_kept_with_the_text(city: Area, operator: Client) -> None:
    save(operator, asked="夜里停工")

    assert Registration.objects.get().appeal.text == f"{TOLD}\n诉求：夜里停工"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text", " ", "Write what happened."),
        ("phone", "1380013800012", "A mobile number has 11 digits"),
        ("area", "别的区", "Please choose one of the list."),
        ("topic", "没有的类别", "Please choose one of the list."),
    ],
)
def test_a_wrong_answer_is_named_and_everything_written_stays(
    field: str, value: str, words: str, city: Area, operator: Client
) -> None:
    response = operator.post(URL, CALL | {field: value})

    assert response.status_code == 422
    assert words in response.text
    assert "欧阳甲乙" in response.text
    assert not WorkOrder.objects.exists()


def test_suggestions_name_topic_unit_like_appeals_and_articles(
    city: Area, operator: Client
) -> None:
    told = f"{LIKE}，有夜间施工许可吗"

    page = operator.post(SUGGEST, {"text": told, "area": "云溪区"}).text

    assert re.search(r'data-alt-key="1"[^>]*data-takes="topic".*?噪声', page, re.DOTALL)
    assert "公安局" in page
    assert "goes there by itself" in page
    assert LIKE in page
    assert "夜间施工许可怎么办" in page


def test_suggestions_write_nothing_and_take_few_statements(city: Area, operator: Client) -> None:
    operator.get("/desk/new/")  # the session notes when it was seen, once a while
    operator.post(SUGGEST, {"text": TOLD})  # reads the directory and the models, once a while

    with CaptureQueriesContext(connection) as captured:
        operator.post(SUGGEST, {"text": TOLD, "phone": PHONE, "area": "云溪区"})

    assert [q["sql"] for q in captured if not q["sql"].startswith("SELECT")] == []
    assert len(captured) <= 12, [q["sql"][:80] for q in captured]


def test_missing_elements_are_questions_to_read_aloud(city: Area, operator: Client) -> None:
    page = operator.post(SUGGEST, {"text": "半夜施工吵得睡不着"}).text

    assert "Where is it exactly" in page
    assert "What is the matter" not in page


def test_danger_to_life_shows_the_lines_to_put_the_call_through_to(
    city: Area, operator: Client
) -> None:
    page = operator.post(SUGGEST, {"text": "家里着火了，屋里还有人被困"}).text

    assert "Danger at this moment" in page
    assert '<strong class="tag tag-urgent">119 fire brigade</strong>' in page


def test_the_same_callers_earlier_appeals_are_told_without_who_it_is(
    city: Area, operator: Client
) -> None:
    save(operator)

    page = operator.post(SUGGEST, {"text": "又来问", "phone": PHONE}).text

    assert "This number called 1 time before" in page
    assert PHONE not in page


def test_without_a_topic_model_the_screen_says_so_and_goes_on(city: Area, operator: Client) -> None:
    TopicModelVersion.objects.all().delete()

    page = operator.post(SUGGEST, {"text": TOLD}).text
    saved = save(operator, topic="噪声")

    assert "No topic model is in use" in page
    assert WorkOrder.objects.get().number in saved


def test_without_a_script_the_button_looks_up_and_a_topic_is_taken(
    city: Area, operator: Client
) -> None:
    looked = operator.post(URL, CALL | {"look_up": "1"}).text
    taken = operator.post(URL, CALL | {"take_topic": "噪声"}).text

    assert "公安局" in looked
    assert re.search(r'name="topic"[^>]*value="噪声"|value="噪声"[^>]*name="topic"', taken)
    assert not WorkOrder.objects.exists()


def test_a_draft_is_sealed_found_again_and_gone_once_saved(city: Area, operator: Client) -> None:
    operator.post("/desk/draft/", CALL)

    kept = DeskDraft.objects.get()
    assert "欧阳".encode() not in bytes(kept.answers)
    assert "欧阳甲乙" in operator.get(URL).text
    save(operator)
    assert not DeskDraft.objects.exists()
    assert "欧阳甲乙" not in operator.get(URL).text


def test_a_draft_is_read_by_nobody_else(city: Area, operator: Client, dispatcher: Client) -> None:
    operator.post("/desk/draft/", CALL)

    assert "欧阳甲乙" not in dispatcher.get(URL).text


@pytest.mark.parametrize("role", [Role.GUEST, Role.MEDIATOR, Role.LEADER, Role.CALLER_BACK])
@pytest.mark.parametrize("address", [URL, SUGGEST, "/desk/draft/", "/desk/drop/"])
def test_the_desk_is_for_who_registers(role: str, address: str, log_in: LogIn) -> None:
    assert log_in(role).post(address, {}).status_code == 403


def test_an_empty_city_has_a_desk_that_says_what_is_missing(operator: Client) -> None:
    page = operator.get(URL)

    assert page.status_code == 200
    assert "No channels are loaded yet" in page.text
    assert operator.post(SUGGEST, {"text": "路灯不亮"}).status_code == 200


def test_an_enquiry_needs_no_place(city: Area, operator: Client) -> None:
    save(operator, kind="enquiry", text="公积金怎么提取", area="", address="")

    assert WorkOrder.objects.get().kind == Kind.ENQUIRY
    assert WorkOrder.objects.get().state == OrderState.TRIAGE


def test_a_call_saved_again_is_kept_once_and_changed_words_are_refused(
    city: Area, operator: Client
) -> None:
    first = save(operator)
    again = save(operator)

    changed = operator.post(URL, CALL | {"address": "中山街13号"})

    order = WorkOrder.objects.get()
    assert order.number in first
    assert order.number in again
    assert changed.status_code == 422
    assert order.number in changed.text
    assert "中山街13号" in changed.text
