"""A security key is added and lets in, with Chromium's own authenticator in the place of one that is plugged in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import BrowserContext, CDPSession, Page

from civicloop.apps.issues.models import Event

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database,
    pytest.mark.ignore_template_errors,  # the library asks for a box that our form has not
]

PASSWORD = "correct horse battery"
PLUGGED_IN = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(city: Event, settings: Any, open_context: Callable[..., BrowserContext]) -> Page:
    """Nobody is logged in yet; the dispatcher's role must have a second factor."""
    settings.SECOND_FACTOR = "required"
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the tests' site has no TLS
    return open_context().new_page()


@pytest.fixture
def port(page: Page) -> CDPSession:
    """Where keys are plugged in."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session


def plug_in(port: CDPSession) -> str:
    return str(
        port.send("WebAuthn.addVirtualAuthenticator", {"options": PLUGGED_IN})["authenticatorId"]
    )


def give_password(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", "li")
    page.fill("[name=password]", PASSWORD)
    page.click(".login [type=submit]")
    page.wait_for_load_state()


def add_key(page: Page) -> None:
    page.goto("/accounts/factors/key/add/")
    if "/again/" in page.url:  # a factor is added after the password was given once more
        page.fill("[name=password]", PASSWORD)
        page.click("main [type=submit]")
    page.fill("[name=name]", "desk")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery/**")


def is_in(page: Page) -> bool:
    page.goto("/notices/")
    return urlsplit(page.url).path == "/notices/"


def test_a_key_is_added_and_lets_in(page: Page, port: CDPSession) -> None:
    plug_in(port)
    give_password(page)
    before = is_in(page)
    add_key(page)
    after = is_in(page)
    page.context.clear_cookies(name="sessionid")
    give_password(page)
    half_the_way = urlsplit(page.url).path
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/")

    assert (before, after, half_the_way) == (False, True, "/accounts/factors/ask/")
    assert is_in(page)


def test_another_key_lets_nobody_in(page: Page, port: CDPSession) -> None:
    own = plug_in(port)
    give_password(page)
    add_key(page)
    page.context.clear_cookies(name="sessionid")
    port.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": own})
    plug_in(port)
    give_password(page)
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_timeout(500)

    assert Authenticator.objects.filter(type="webauthn").count() == 1
    assert not is_in(page)
