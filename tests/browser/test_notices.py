"""Notices and background work as their readers see them, with something in them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page
from tests.apps.jobs.sample_jobs import fail, sweep
from tests.browser.conftest import violations

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.actions.periodic import declare_periodic
from civicloop.apps.jobs.actions.workers import sign_in
from civicloop.apps.jobs.models import OutboxEntry, OutboxState
from civicloop.apps.jobs.worker import Worker
from civicloop.apps.notices.actions import notify
from civicloop.apps.notices.notice_kinds import JOB_FAILED
from civicloop.config.periodic import PERIODIC

pytestmark = pytest.mark.browser

OpenContext = Callable[..., BrowserContext]
LANGUAGES = ["zh-hans", "en"]
PAGES = ["/notices/", "/notices/?show=unread", "/notices/preferences/", "/jobs/"]


@pytest.fixture
def administrator(transactional_db: None, settings) -> User:
    """Somebody who has notices, a failed job and a message in doubt to look at."""
    settings.DEMO = False
    caches["near"].clear()
    now = timezone.now()
    user = User.objects.create_user(
        username="zhou", password="correct horse battery", role=Role.SYSTEM_ADMIN
    )
    for number in range(3):
        notify(
            [user], kind=JOB_FAILED, key=f"{number}", link="/jobs/", now=now,
            reference=f"job-{number}", params={"tries": 5},
        )  # fmt: skip
    _fill_queue(now)
    return user


def _fill_queue(now: datetime) -> None:
    for job, args in [(fail, ("x",)), (sweep, ())]:
        enqueue(job, *args, now=now - timedelta(hours=2))
    for moment in (now - timedelta(hours=2), now - timedelta(hours=1)):
        worker = Worker(clock=lambda moment=moment: moment)
        while worker.run_next():
            pass
    enqueue(sweep, now=now)
    declare_periodic(table=PERIODIC, now=now)
    sign_in(worker="city-1:17:ab", now=now)
    OutboxEntry.objects.create(
        key="order 17 overdue|email|3", channel="email", payload={}, message_id="m",
        created_at=now, changed_at=now, state=OutboxState.IN_DOUBT,
    )  # fmt: skip


def logged_in(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", "zhou")
    page.fill("[name=password]", "correct horse battery")
    page.click("main [type=submit]")
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_open_to_all_and_fit_a_narrow_screen(
    language: str, administrator: User, open_context: OpenContext
) -> None:
    page = logged_in(open_context(language, viewport={"width": 320, "height": 640}))

    found = {}
    for address in PAGES:
        page.goto(address)
        page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
        overflow = page.locator("html").evaluate("page => page.scrollWidth - page.clientWidth")
        found[address] = (violations(page), overflow)

    assert found == dict.fromkeys(PAGES, ([], 0))


def test_bell_leads_to_notices_that_are_read_and_unread_again_without_javascript(
    administrator: User, open_context: OpenContext
) -> None:
    page = logged_in(open_context("en", java_script_enabled=False))

    page.get_by_role("link", name="Notices, 3 unread").click()
    page.get_by_role("button", name="Mark all as read").click()
    quiet = page.get_by_role("link", name="Notices, 0 unread").count()
    page.get_by_role("button", name="Undo").click()

    assert quiet == 1
    assert page.get_by_role("link", name="Notices, 3 unread").count() == 1
    page.get_by_role("button", name="Open: The background job job-2").click()
    assert page.url.endswith("/jobs/")
