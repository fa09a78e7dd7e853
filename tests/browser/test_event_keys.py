"""Merge, split, confirm and undo without a mouse, and without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from civicloop.apps.issues.models import DecisionKind, Event, EventDecision

pytestmark = pytest.mark.browser

OpenContext = Callable[..., BrowserContext]
LogIn = Callable[[BrowserContext], Page]


def kinds_decided() -> list[str]:
    return list(EventDecision.objects.order_by("id").values_list("kind", flat=True))


def test_an_event_is_confirmed_and_undone_by_keys(
    city: Event, open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto(f"/events/{city.pk}/")

    page.keyboard.press("c")
    page.wait_for_url("**decision=*")
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the confirmation no longer holds.")).to_be_visible()

    assert kinds_decided() == [DecisionKind.CONFIRM]
    assert EventDecision.objects.get().undone_at is not None


def test_the_second_appeal_is_split_off_by_keys(
    city: Event, open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())
    page.goto(f"/events/{city.pk}/")

    for key in "jjkjxs":
        page.keyboard.press(key)
    page.wait_for_url("**decision=*")

    assert kinds_decided() == [DecisionKind.SPLIT]
    assert city.members.count() == 3


def test_two_events_are_merged_by_keys(
    city: Event, open_context: OpenContext, log_in: LogIn
) -> None:
    other = Event.objects.exclude(pk=city.pk).get()
    page = log_in(open_context())
    page.goto(f"/events/{city.pk}/")

    page.keyboard.press("m")
    page.wait_for_url("**/merge/")
    page.fill("[name=with]", str(other.pk))
    page.keyboard.press("Enter")
    page.wait_for_url("**with=*")
    page.keyboard.press("y")
    page.wait_for_url("**decision=*")

    assert kinds_decided() == [DecisionKind.MERGE]


def test_the_same_works_without_a_script(
    city: Event, open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context(java_script_enabled=False))
    page.goto(f"/events/{city.pk}/")

    page.get_by_role("button", name="Confirm as one matter").click()
    page.get_by_role("button", name="Undo").first.click()

    assert kinds_decided() == [DecisionKind.CONFIRM]
    assert EventDecision.objects.get().undone_at is not None
