"""A batch plan goes out and is called back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.records import make_records

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.issues.models import Event

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

OpenContext = Callable[..., BrowserContext]
LogIn = Callable[[BrowserContext], Page]


def test_a_plan_is_sent_and_undone_without_javascript(
    city: Event, open_context: OpenContext, log_in: LogIn
) -> None:
    User.objects.update(role=Role.DISPATCHER)
    records = make_records(city, User.objects.get(username="li"))
    page = log_in(open_context("en", java_script_enabled=False))

    page.goto(f"/plans/{records.parts['dispatch:plan']['plan_id']}/")
    page.get_by_role("button", name="Send it").click()
    assert "Goes out at" in page.locator("#countdown-title").inner_text()
    page.get_by_role("button", name="Undo").click()

    assert page.get_by_text("nothing went out").is_visible()
