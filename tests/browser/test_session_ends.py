"""What stands on a page is gone when the session has ended, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from tests.factories import AppealFactory, UserFactory

from civicloop.apps.accounts.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

PASSWORD = "correct horse battery"
LOOK_AGAIN = "() => document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def page(transactional_db: None, settings, open_context: Callable[..., BrowserContext]) -> Page:
    """A list of what citizens told, read by a dispatcher."""
    settings.DEMO = False
    user = UserFactory(username="li", role=Role.DISPATCHER)
    user.set_password(PASSWORD)
    user.save()
    AppealFactory(subject="三单元电梯停运")
    page = open_context().new_page()
    page.goto("/accounts/login/?next=/appeals/")
    page.get_by_label("User name").fill("li")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("三单元电梯停运")).to_be_visible()
    return page


def _idle_for(seconds: float) -> None:
    """As if nothing had been done for so long."""
    stored = Session.objects.latest("expire_date")
    session = stored.get_session_store_class()(stored.session_key)
    session["seen_at"] = (timezone.now() - timedelta(seconds=seconds)).isoformat()
    session.save()


def test_a_page_is_taken_away_when_its_session_has_ended(page: Page) -> None:
    _idle_for(configured.IDLE_MINUTES * 60 + 5)
    page.evaluate(LOOK_AGAIN)

    page.wait_for_url("**/accounts/login/?next=/appeals/")
    expect(page.get_by_text("三单元电梯停运")).to_have_count(0)


def test_a_minute_before_its_reader_may_stay(page: Page) -> None:
    note = page.locator("#session-ends")
    expect(note).to_be_hidden()

    _idle_for(configured.IDLE_MINUTES * 60 - 30)
    page.evaluate(LOOK_AGAIN)
    expect(note).to_be_visible()
    note.get_by_role("button", name="Stay logged in").click()

    expect(note).to_be_hidden()
    expect(page.get_by_text("三单元电梯停运")).to_be_visible()


def test_a_session_that_nobody_uses_ends_on_the_page_by_itself(page: Page) -> None:
    _idle_for(configured.IDLE_MINUTES * 60 - 2)
    page.evaluate(LOOK_AGAIN)

    page.wait_for_url("**/accounts/login/?next=/appeals/")
