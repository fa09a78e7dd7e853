"""A unit's day in a real browser: on a phone, by keys alone, and two people at once."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import violations
from tests.factories import AppealFactory, UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.handling import record_contact, sign_order, write_to_parties
from civicloop.apps.dispatch.models import DispatchBasis, OrderState, Reply, StepDraft, WorkOrder
from civicloop.apps.intake.models import Kind

pytestmark = pytest.mark.browser

OpenContext = Callable[..., BrowserContext]
PASSWORD = "correct horse battery"
A_PAUSE_MILLISECONDS = 3_000  # longer than the one after which a draft is kept
SCRIPT = "<img src=x onerror=window.__xss=1><script>window.__xss=1</script>"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def clerk(transactional_db, settings) -> User:
    settings.DEMO = False
    clerk = UserFactory(
        username="wang", role=Role.UNIT_CLERK, unit=UnitFactory(code="HOUSING", name="住建局")
    )
    clerk.set_password(PASSWORD)
    clerk.save()
    return clerk


@pytest.fixture
def colleague(clerk: User) -> User:
    user = UserFactory(
        username="li", last_name="李", first_name="某", role=Role.UNIT_HEAD, unit=clerk.unit
    )
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def order(clerk: User) -> WorkOrder:
    appeal = AppealFactory(
        subject="路灯不亮",
        text=f"青禾苑3号楼前路灯不亮，请问何时修好？{SCRIPT}",
        kind=Kind.COMPLAINT,
    )
    return dispatch_order(
        order_id=WorkOrderFactory(appeal=appeal).pk,
        lead=clerk.unit,
        assisting=[UnitFactory(name="城管局")],
        basis=DispatchBasis.PERSON,
        routing={},
        actor=UserFactory(role=Role.DISPATCHER),
        now=timezone.now(),
    )


@pytest.fixture
def begun(order: WorkOrder, clerk: User) -> WorkOrder:
    order.parties.filter(role="assist").update(replied_at=timezone.now())
    sign_order(order_id=order.pk, actor=clerk, now=timezone.now())
    return record_contact(
        order_id=order.pk, is_reached=True, note="", actor=clerk, now=timezone.now()
    )


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    file = tmp_path / "现场.jpg"
    output = io.BytesIO()
    Image.new("RGB", (600, 400), "red").save(output, "JPEG")
    file.write_bytes(output.getvalue())
    return file


def log_in(context: BrowserContext, user: User) -> Page:
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click(".login [type=submit]")
    page.wait_for_url("**/")
    return page


def test_six_taps_on_a_phone_lead_from_the_inbox_to_the_reply(
    order, clerk, photograph, open_context
):
    order.parties.filter(role="assist").update(replied_at=timezone.now())
    page = log_in(open_context(**PHONE), clerk)
    page.goto("/orders/inbox/")
    taps = 0

    def tap(selector: str) -> None:
        nonlocal taps
        page.locator(selector).first.tap()
        taps += 1

    tap("td form [type=submit]")  # sign for it
    tap("#step-contact button[value='1']")  # the citizen was reached
    tap("#step-reply [name=claim][value=solved]")
    tap("#step-reply [name=text]")
    page.keyboard.type("路灯已于今日更换。")
    page.set_input_files("#step-reply [name=picture]", photograph)
    taps += 1  # the camera
    tap("#step-reply form > .actions [type=submit]")
    page.wait_for_selector(".notice-good")

    order.refresh_from_db()
    assert order.state == OrderState.REPLIED
    assert order.evidence.count() == 1
    assert taps <= 6
    assert page.evaluate("window.__xss") is None


def test_keys_alone_open_sign_and_write_and_are_silent_in_a_box(order, clerk, open_context):
    page = log_in(open_context(), clerk)
    page.goto("/orders/inbox/")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{order.pk}/")
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.wait_for_selector("#step-contact[open]")
    page.keyboard.press("t")
    page.keyboard.type("sbj")

    assert page.locator("#step-contact textarea").input_value() == "sbj"
    order.refresh_from_db()
    assert order.state == OrderState.SIGNED


def test_what_is_typed_is_kept_by_itself_and_is_there_again(begun, clerk, open_context):
    page = log_in(open_context(), clerk)
    page.goto(f"/orders/{begun.pk}/")

    page.locator("#step-reply [name=text]").press_sequentially("写到一半")
    page.wait_for_timeout(A_PAUSE_MILLISECONDS)
    page.wait_for_selector("#draft-reply:has-text('kept')")
    page.reload()

    assert page.locator("#step-reply [name=text]").input_value() == "写到一半"


def test_what_is_typed_without_a_pause_is_kept_too(begun, clerk, open_context):
    page = log_in(open_context(), clerk)
    page.goto(f"/orders/{begun.pk}/")

    page.locator("#step-reply [name=text]").press_sequentially("写" * 50, delay=100)
    page.close()

    assert len(StepDraft.objects.get(step="reply").answers["text"]) >= 20


def test_when_the_session_ends_while_somebody_writes_the_log_in_leads_back_to_the_draft(
    begun, clerk, open_context
):
    page = log_in(open_context(), clerk)
    page.goto(f"/orders/{begun.pk}/")
    text = page.locator("#step-reply [name=text]")
    text.press_sequentially("写到一半")
    page.wait_for_timeout(A_PAUSE_MILLISECONDS)

    page.context.clear_cookies(name="sessionid")
    text.press_sequentially("了")
    page.wait_for_url(f"**/accounts/login/?next=/orders/{begun.pk}/")
    page.fill("[name=login]", clerk.username)
    page.fill("[name=password]", PASSWORD)
    page.click(".login [type=submit]")

    page.wait_for_url(f"**/orders/{begun.pk}/")
    assert text.input_value().startswith("写到一半")


def test_a_reply_is_read_while_it_is_written(begun, clerk, open_context):
    page = log_in(open_context(), clerk)
    page.goto(f"/orders/{begun.pk}/")

    page.locator("#step-reply [name=text]").fill(
        "已转相关部门处理，联系人13812345678，感谢您的支持。"
    )

    check = page.locator("#check-reply")
    expect(check).to_contain_text("Does the reply answer?")
    expect(check).to_contain_text("A mobile number stands in the text")
    expect(page.locator("#step-reply [name=text]")).to_be_focused()
    assert not Reply.objects.exists()


def test_without_a_connection_words_and_photograph_stay_and_the_draft_follows(
    begun, clerk, photograph, open_context
):
    page = log_in(open_context(**PHONE), clerk)
    page.goto(f"/orders/{begun.pk}/")
    page.check("#step-reply [name=claim][value=solved]")
    page.set_input_files("#step-reply [name=picture]", photograph)

    page.context.set_offline(True)
    page.locator("#step-reply [name=text]").press_sequentially("已更换")
    page.wait_for_selector("[data-draft-waits]", state="attached")
    page.tap("#step-reply form > .actions [type=submit]")

    assert page.locator("#no-connection").is_visible()
    assert violations(page) == []
    assert page.evaluate("document.querySelector('#step-reply [name=picture]').files.length") == 1
    with page.expect_response("**/drafts/reply/"):  # the mark alone was kept before
        page.context.set_offline(False)
    assert not page.locator("#no-connection").is_visible()
    assert StepDraft.objects.get().answers["text"] == "已更换"
    page.tap("#step-reply form > .actions [type=submit]")
    page.wait_for_selector(".notice-good")
    begun.refresh_from_db()
    assert begun.state == OrderState.REPLIED
    assert begun.evidence.count() == 1


def test_two_people_see_each_other_and_the_second_loses_nothing(
    begun, clerk, colleague, open_context
):
    first = log_in(open_context(), colleague)
    first.goto(f"/orders/{begun.pk}/")
    first.wait_for_load_state("networkidle")
    second = log_in(open_context(), clerk)
    second.goto(f"/orders/{begun.pk}/")
    second.wait_for_selector("#others:has-text('某')")

    write_to_parties(order_id=begun.pk, text="周三停电检修", actor=colleague, now=timezone.now())
    second.check("#step-reply [name=claim][value=explained]")
    second.fill("#step-reply [name=text]", "已与诉求人说明。")
    second.click("#step-reply form > .actions [type=submit]")
    second.wait_for_selector("#merge-title")

    assert second.get_by_text("周三停电检修").count() >= 1
    assert second.locator("#step-reply [name=text]").input_value() == "已与诉求人说明。"
    assert violations(second) == []

    second.click("text=Apply mine now")
    second.wait_for_selector(".notice-good")
    begun.refresh_from_db()
    assert begun.state == OrderState.REPLIED


def test_everything_works_without_javascript(begun, clerk, open_context):
    page = log_in(open_context(java_script_enabled=False), clerk)
    page.goto(f"/orders/{begun.pk}/")

    page.fill("#step-reply [name=text]", "草稿")
    page.click("#step-reply >> text=Keep as a draft")
    assert StepDraft.objects.get().answers["text"] == "草稿"
    page.check("#step-reply [name=claim][value=explained]")
    page.click("#step-reply form > .actions [type=submit] >> nth=0")

    begun.refresh_from_db()
    assert begun.state == OrderState.REPLIED
