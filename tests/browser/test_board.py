"""The board at the keyboard, in both languages and on both screens; and the palette of every page."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import violations
from tests.factories import AppealFactory, UnitFactory, WorkOrderFactory

from civicloop.apps.dispatch.models import DispatchPlan, OrderPutOff, OrderState, WorkOrder

pytestmark = pytest.mark.browser

OpenContext = Callable[..., BrowserContext]
LogIn = Callable[[BrowserContext], Page]


@pytest.fixture
def orders(log_in: LogIn) -> list[WorkOrder]:
    """Three orders that wait, each with three units to choose from."""
    for code, name in [("POLICE", "公安局"), ("HOUSING", "住建局"), ("CITY", "城管局")]:
        UnitFactory(code=code, name=name)
    why = {
        "outcome": "person",
        "directory": 1,
        "rule": 7,
        "rule_topic": "噪声",
        "rule_area": "",
        "lead": "POLICE",
        "statute": "噪声污染防治法",
        "reasons": ["unsure"],
        "choices": [
            ["POLICE", "directory", None], ["HOUSING", "learned", 0.4], ["CITY", "learned", 0.2],
        ],
    }  # fmt: skip
    texts = ["中山街半夜施工吵得睡不着", "梧桐里屋顶漏水", "青禾苑门口占道经营"]
    return [WorkOrderFactory(appeal=AppealFactory(text=text), routing=why) for text in texts]


def test_keys_walk_accept_and_undo(
    orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto("/board/")

    page.keyboard.press("j")
    expect(page.locator("#preview h2")).to_have_text("梧桐里屋顶漏水")
    page.keyboard.press("1")
    expect(page.get_by_text("1 order goes out in 10 seconds.")).to_be_visible()
    planned = DispatchPlan.objects.get().items.get().order_id
    page.keyboard.press("z")
    expect(page.get_by_text("Undone: nothing went out.")).to_be_visible()

    assert planned == orders[1].pk
    assert DispatchPlan.objects.get().state == "undone"


def test_after_a_key_the_next_order_has_the_focus(
    orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto("/board/")

    page.keyboard.press("j")
    expect(page.locator("#preview h2")).to_have_text("梧桐里屋顶漏水")
    page.keyboard.press("1")
    expect(page.get_by_text("1 order goes out in 10 seconds.")).to_be_visible()

    expect(page.locator("[data-row]:focus")).to_contain_text("青禾苑门口占道经营")
    expect(page.locator("#preview h2")).to_have_text("青禾苑门口占道经营")


def test_a_key_pressed_before_the_preview_has_come_does_nothing(
    orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto("/board/")
    page.route("**/board/orders/**", lambda route: None)  # never answered

    page.keyboard.press("j")
    page.keyboard.press("1")

    assert not DispatchPlan.objects.exists()


def test_many_are_chosen_tried_and_sent_by_keys(
    orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto("/board/")

    for key in "xjxa":
        page.keyboard.press(key)
    expect(page.get_by_text("2 orders will go out")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("y")
    expect(page.get_by_text("2 orders go out in 10 seconds.")).to_be_visible()

    assert DispatchPlan.objects.get().items.count() == 2


def test_later_and_return_unfold_by_keys(
    orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto("/board/")

    page.keyboard.press("h")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Put off; its clock runs on.")).to_be_visible()
    page.keyboard.press("3")
    page.keyboard.type("哪一栋？")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is back at the desk.")).to_be_visible()

    assert OrderPutOff.objects.count() == 1
    assert WorkOrder.objects.filter(state=OrderState.INCOMPLETE).count() == 1


def test_keys_are_silent_while_chinese_is_composed(
    orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto("/board/")

    for key in ("1", "z", "h"):
        told = json.dumps({"key": key, "isComposing": True, "bubbles": True})
        page.locator("body").evaluate(f"b => b.dispatchEvent(new KeyboardEvent('keydown', {told}))")
    told = json.dumps({"key": "k", "ctrlKey": True, "isComposing": True, "bubbles": True})
    page.locator("body").evaluate(f"b => b.dispatchEvent(new KeyboardEvent('keydown', {told}))")

    assert not DispatchPlan.objects.exists()
    assert page.locator("details[open]").count() == 0
    assert not page.locator("#palette").evaluate("dialog => dialog.open")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_board_fits_the_screen(
    language: str, width: int, orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context(language, viewport={"width": width, "height": 900}))
    page.goto("/board/")
    over = page.locator("html").evaluate("page => page.scrollWidth - page.clientWidth")

    assert (over, violations(page)) == (0, [])


def test_on_a_phone_the_order_looked_at_is_in_sight(
    orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context(viewport={"width": 360, "height": 740}))
    page.goto("/board/")

    page.locator("[data-look]").nth(2).click()

    heading = page.locator("#preview h2")
    expect(heading).to_have_text("青禾苑门口占道经营")
    expect(heading).to_be_in_viewport()
    page.locator("#preview [data-key='1']").click()
    expect(page.get_by_text("1 order goes out in 10 seconds.")).to_be_visible()
    expect(heading).to_be_in_viewport()


def test_the_palette_goes_to_pages_and_orders(
    orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())

    page.keyboard.press("Control+k")
    page.keyboard.type("boa")
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/board/")
    page.keyboard.press("Control+k")
    page.keyboard.type(orders[0].number)
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/orders/{orders[0].pk}/")
