"""A call from the first word to the receipt, at the keyboard, also while Chinese is composed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import faults, violations
from tests.factories import ChannelFactory, TopicFactory

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.desk import open_desk_draft
from civicloop.apps.dispatch.models import DeskDraft, WorkOrder
from civicloop.apps.intake.models import TopicTree

pytestmark = pytest.mark.browser

OpenContext = Callable[..., BrowserContext]
LogIn = Callable[[BrowserContext], Page]
TOLD = "青禾苑楼下半夜施工噪声，家里着火了"
PLAIN = "青禾苑楼下半夜施工噪声，已经三天了，请管一管"


@pytest.fixture
def seat(log_in: LogIn, open_context: OpenContext) -> Page:
    _furnish()
    page = log_in(open_context())
    page.goto("/desk/new/")
    return page


def _furnish() -> None:
    """What the city's page tests lack: a channel, and the topics that their model knows."""
    ChannelFactory()
    for path in ("噪声", "供水"):
        TopicFactory(path=path, tree=TopicTree.objects.get())


def test_suggestions_come_while_typing_and_a_key_takes_one(seat: Page) -> None:
    seat.fill("[name=text]", PLAIN)
    expect(seat.locator("[data-alt-key='1']")).to_be_visible()

    seat.focus("[name=text]")
    seat.keyboard.press("Alt+1")
    taken = seat.input_value("[name=topic]")
    seat.keyboard.press("Alt+0")

    assert taken == "噪声"
    assert seat.input_value("[name=topic]") == ""


def test_danger_is_told_above_the_form(seat: Page) -> None:
    seat.fill("[name=text]", TOLD)

    expect(seat.locator("#emergency")).to_contain_text("119")
    assert violations(seat) == []


def test_ctrl_enter_saves_and_the_next_call_is_empty(seat: Page) -> None:
    seat.fill("[name=text]", PLAIN)
    seat.fill("[name=phone]", "13800138000")
    seat.fill("[name=area]", "青禾县")

    seat.keyboard.press("Control+Enter")

    expect(seat.locator("#saved-title")).to_be_visible()
    expect(seat.locator("#saved-title")).to_contain_text(WorkOrder.objects.get().number)
    assert seat.input_value("[name=text]") == ""
    assert violations(seat) == []


def test_a_call_survives_a_browser_that_dies(
    seat: Page, open_context: OpenContext, log_in: LogIn
) -> None:
    with seat.expect_response("**/desk/draft/"):
        seat.locator("[name=text]").press_sequentially("路灯不亮", delay=20)
    expect(seat.locator("#draft-state")).not_to_be_empty()
    seat.wait_for_timeout(1500)
    seat.close()

    again = log_in(open_context())
    again.goto("/desk/new/")

    assert DeskDraft.objects.count() == 1
    assert again.input_value("[name=text]") == "路灯不亮"


def test_a_call_typed_without_a_pause_survives_a_browser_that_dies(seat: Page) -> None:
    seat.locator("[name=text]").press_sequentially("路" * 50, delay=100)
    seat.close()

    assert len(open_desk_draft(User.objects.get(username="li"))["text"]) >= 20


def test_keys_are_silent_while_chinese_is_composed(seat: Page) -> None:
    seat.fill("[name=text]", PLAIN)
    expect(seat.locator("[data-alt-key='1']")).to_be_visible()

    seat.locator("[name=text]").evaluate(
        """box => {
            for (const key of [{key: "1", code: "Digit1", altKey: true}, {key: "Enter", ctrlKey: true}])
                box.dispatchEvent(new KeyboardEvent("keydown", {...key, isComposing: true, bubbles: true}));
        }"""
    )

    assert seat.input_value("[name=topic]") == ""
    assert not WorkOrder.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_desk_fits_a_phone_and_a_desk(
    language: str, open_context: OpenContext, log_in: LogIn
) -> None:
    _furnish()
    page = log_in(open_context(language))
    page.goto("/desk/new/")
    page.fill("[name=text]", TOLD)
    expect(page.locator("#emergency")).to_contain_text("119")

    assert faults(page, picture=f"{language}-desk-danger") == []
