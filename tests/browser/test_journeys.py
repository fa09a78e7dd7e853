"""What people do all day, with keyboard and mouse, with and without JavaScript."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.web.background import shared_with_background  # noqa: F401  a fixture

from civicloop.apps.issues.models import Event

pytestmark = pytest.mark.browser

OpenContext = Callable[..., BrowserContext]
LogIn = Callable[[BrowserContext], Page]
FILE = """编号,受理时间,来电人,标题,内容
T-1,2023-11-10 09:05,王某某,井盖缺失,青禾路井盖缺失，夜里很危险
T-2,昨天,李某某,停水,梧桐里停水三天
"""


def test_appeal_is_found_by_a_two_character_word(open_context: OpenContext, log_in: LogIn) -> None:
    page = log_in(open_context())
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/appeals/")

    page.keyboard.press("/")
    page.keyboard.insert_text("停水")
    page.keyboard.press("Enter")

    expect(page.locator("#appeals tbody tr")).to_have_count(2)
    expect(page).to_have_url("/appeals/?q=%E5%81%9C%E6%B0%B4")
    page.get_by_role("link", name="梧桐里小区停水三天").click()
    expect(page.locator(".original").first).to_have_text("梧桐里小区停水三天，没有任何通知")


def test_filter_changes_the_table_and_the_address_without_a_new_page(
    open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto("/appeals/")
    page.evaluate_handle("document.body.dataset.kept = 'yes'")

    page.select_option("[name=kind]", "praise")

    expect(page.locator("#appeals")).to_contain_text("No appeal fits all of this.")
    expect(page).to_have_url("/appeals/?kind=praise")
    expect(page.locator("body[data-kept=yes]")).to_have_count(1)
    page.get_by_role("link", name="Show all appeals").first.click()
    expect(page.locator("#appeals tbody tr")).to_have_count(50)


@pytest.mark.usefixtures("shared_with_background")
def test_file_goes_in_through_preview_and_the_bad_row_comes_back(
    open_context: OpenContext, log_in: LogIn, tmp_path: Path
) -> None:
    file = tmp_path / "11月导出.csv"
    file.write_text(FILE, encoding="utf-8")
    page = log_in(open_context())
    page.goto("/imports/")

    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("“昨天” is no date.")).to_be_visible()
    page.get_by_role("button", name="Import now").click()

    page.get_by_role("link", name="See the appeals that came in").wait_for(timeout=120_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the returned workbook").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("link", name="See the appeals that came in").click()
    expect(page.locator("#appeals tbody tr")).to_have_count(1)
    expect(page.locator("#appeals")).to_contain_text("井盖缺失")


def test_events_are_merged_and_the_merge_undone(
    open_context: OpenContext, log_in: LogIn, city: Event
) -> None:
    page = log_in(open_context())
    page.goto(f"/events/{city.pk}/")

    page.get_by_role("link", name="Merge with another event").click()
    page.fill("main [name=q]", "停水")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Yes, merge them").click()

    expect(page.locator(".undo")).to_contain_text("The events are merged.")
    expect(page.locator("[name=appeal]")).to_have_count(6)
    page.locator(".undo").get_by_role("button", name="Undo").click()
    expect(page.locator(".undo")).to_contain_text("This merge is undone.")
    page.goto(f"/events/{city.pk}/")
    expect(page.locator("[name=appeal]")).to_have_count(4)


def test_keys_are_silent_while_somebody_types_or_composes(
    open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto("/appeals/")

    page.locator("main [name=q]").press_sequentially("ga?")
    page.locator("body").dispatch_event("keydown", {"key": "?", "isComposing": True})
    page.locator("body").dispatch_event("keydown", {"key": "?", "keyCode": 229})

    expect(page).to_have_url("/appeals/")
    expect(page.locator("#keys")).not_to_be_visible()
    page.locator("main [name=q]").blur()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_list_of_keys_opens_by_a_button_too(open_context: OpenContext, log_in: LogIn) -> None:
    page = log_in(open_context())

    page.locator("[data-open-keys]").click()

    expect(page.locator("#keys")).to_be_visible()


def test_keys_can_be_switched_off(open_context: OpenContext, log_in: LogIn) -> None:
    page = log_in(open_context())
    page.keyboard.press("?")
    page.check("#keys-off")
    page.get_by_role("button", name="Close").click()

    page.keyboard.press("?")

    expect(page.locator("#keys")).not_to_be_visible()


def test_everything_works_without_javascript(
    open_context: OpenContext, log_in: LogIn, city: Event
) -> None:
    page = log_in(open_context(java_script_enabled=False))

    page.goto("/appeals/")
    page.fill("main [name=q]", "油烟")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#appeals tbody tr")).to_have_count(4)

    page.goto(f"/events/{city.pk}/")
    page.locator("[name=appeal]").first.check()
    page.get_by_role("button", name="Split the chosen appeals off").click()
    expect(page.locator(".undo")).to_contain_text("The appeal now stands alone.")
    page.locator(".undo").get_by_role("button", name="Undo").click()
    expect(page.locator("[name=appeal]")).to_have_count(4)
