"""What must hold on every page that a role can open, in both languages, on a desk and on a phone.

Axe looks at each page in Chinese on a phone and in English on a desk; with CIVICLOOP_AXE=whole in
the environment at both in both, which takes twice as long.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from tests.browser.conftest import WIDTHS, faults
from tests.browser.records import Records, make_records
from tests.web.test_routes import ROUTES, addresses, path_of

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.issues.models import Event

pytestmark = [pytest.mark.browser, pytest.mark.one_database, pytest.mark.timeout(900)]

OpenContext = Callable[..., BrowserContext]
LogIn = Callable[[BrowserContext], Page]
LANGUAGES = ["zh-hans", "en"]
AXE_AT = {"zh-hans": (360,), "en": (1280,)}
if os.environ.get("CIVICLOOP_AXE") == "whole":
    AXE_AT = dict.fromkeys(LANGUAGES, WIDTHS)

VISITORS: Mapping[Role, tuple[str, ...]] = {
    Role.DISPATCHER: (
        "home", "intake:appeal_list", "intake:appeal", "intake:import_list", "intake:import_run",
        "issues:event", "issues:merge", "issues:topic_model", "issues:class_list",
        "issues:event_class", "citizen:publish", "citizen:case_list", "board:board", "board:plan",
        "desk:new", "palette:go", "clocks:calendar", "clocks:limits", "knowledge:edit_article",
        "air:air", "air:air_day", "air:air_period", "air:compare", "indicators:indicator_board",
        "indicators:indicator", "indicators:indicator_figure",
        "knowledge:new_article", "knowledge:import_articles", "knowledge:help",
        "knowledge:help_article", "dispatch:plan_list", "dispatch:new_plan", "dispatch:plan",
        "dispatch:own_answer", "dispatch:merge_orders", "directory:directory",
        "directory:directory_version", "directory:directory_backtest",
        "directory:directory_proposals", "directory:new_directory_rule",
        "directory:directory_rule", "notices:list", "notices:preferences", "looks:look", "dispatch:split",
        "dispatch:divide",
        "looks:list", "desk:propose_mark", "desk:marks",
    ),
    Role.SUPERVISOR: (
        "indicators:observations", "indicators:goals", "indicators:goal_step", "dispatch:oversight", "dispatch:figures", "dispatch:figure", "dispatch:figure_orders",
        "issues:hot_issues", "issues:alarm_list", "issues:alarm", "issues:backtest",
        "issues:event_list", "issues:reply_list", "knowledge:article_list", "knowledge:article",
        "knowledge:review_queue", "knowledge:knowledge_report", "knowledge:knowledge_report_rows",
        "cases:open_cases",
        "cases:meeting_list", "cases:choose_meeting", "cases:new_meeting", "cases:meeting",
        "cases:case_figures", "cases:case_figure_rows",
    ),
    Role.PETITION_OFFICER: (
        "cases:reception_list", "cases:new_reception", "cases:reception", "cases:mediation_list",
        "cases:new_mediation", "cases:new_committee", "cases:mediation", "cases:petition_list",
        "cases:new_petition", "cases:petition",
    ),
    Role.UNIT_CLERK: ("dispatch:inbox", "dispatch:order"),
    Role.SYSTEM_ADMIN: ("jobs:overview",),
    Role.AUDIT_ADMIN: ("audit:events",),
    Role.SECURITY_ADMIN: (
        "people:people", "people:new_account", "people:account", "programs:programs",
        "programs:new_program",
    ),
}  # fmt: skip  # who looks at which page: a role that finds much on it
MORE: Mapping[Role, tuple[str, ...]] = {
    Role.DISPATCHER: (
        "/appeals/?q=%E6%B2%B9%E7%83%9F&waiting=1", "/appeals/?q=zzzz", "/classes/?q=zzzz",
        "/events/{event}/merge/?q=%E5%81%9C", "/events/{event}/merge/?with={other}",
        "/events/{event}/orders/?main={order}", "/plans/new/?event={event}", "/plans/{waiting}/",
        "/knowledge/?q=zzzz", "/help/?q=%E6%9A%96%E6%B0%94", "/calendar/?year=2023",
        "/orders/{begun}/", "/nothing-here/",
    ),
    Role.SUPERVISOR: (
        "/supervision/?look=sheets", "/supervision/?look=held_back", "/hot-issues/?scope=topic",
        "/orders/{order}/", "/looks/", "/supervision/?look=leaders", "/desk/marks/",
    ),
    Role.SYSTEM_ADMIN: ("/calendar/",),
}  # fmt: skip
PASSWORD = "correct horse battery"
PARTS = {"job_id": uuid.uuid4(), "format_": "csv"}
OWN_ACCOUNT = {
    "account_login", "account_inactive", "account_reauthenticate", "account_change_password",
    "usersessions_list", "mfa_index", "mfa_authenticate", "mfa_reauthenticate",
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
}  # fmt: skip
CITIZENS = {"citizen:what", "citizen:where", "citizen:check", "citizen:case", "citizen:track"}
FILES_AND_PARTS = {
    "healthz", "readyz", "metrics", "set_language", "session_left", "session_longer", "mfa_download_recovery_codes",
    "intake:returned_workbook", "issues:export", "issues:export_classes", "issues:export_class",
    "issues:model_export", "issues:reply_export", "knowledge:export", "knowledge:export_report",
    "knowledge:suggest", "board:preview", "dispatch:plan_countdown", "dispatch:export_oversight",
    "single_sign_on", "single_sign_on_back", "dispatch:evidence", "dispatch:photo", "directory:export", "looks:mark",
    "air:download", "indicators:download", "indicators:drawing",
}  # fmt: skip  # answer to a visit, but not with a page of their own
FOR_PROGRAMS = "api:"  # no pages; tests/api asks them


def test_every_other_address_takes_what_is_sent_and_has_no_page(db: None) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_user(username="li", role=Role.DISPATCHER))
    looked_at = {name for names in VISITORS.values() for name in names} | OWN_ACCOUNT | CITIZENS
    others = [
        (name, pattern)
        for name, pattern in addresses(get_resolver().url_patterns)
        if name not in looked_at | FILES_AND_PARTS and not name.startswith(FOR_PROGRAMS)
    ]

    statuses = {name: client.get(path_of(name, each, PARTS)).status_code for name, each in others}

    assert looked_at | FILES_AND_PARTS <= set(ROUTES)
    assert statuses == dict.fromkeys(statuses, 405)


@pytest.fixture
def records(city: Event) -> Records:
    return make_records(city, User.objects.get(username="li"))


def _addresses(role: Role, records: Records) -> Iterator[str]:
    for name in VISITORS[role]:
        yield reverse(name, kwargs=dict(records.parts.get(name, {})))
    for address in MORE.get(role, ()):
        yield address.format(**records.seen)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wrong_with_a_page_and_its_console_is_quiet(
    language: str, records: Records, open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context(language))
    said = _listen(page)
    found = {}

    for role in VISITORS:
        unit = records.unit if role == Role.UNIT_CLERK else None
        User.objects.filter(username="li").update(role=role, unit=unit)
        for address in _addresses(role, records):
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == (404 if "nothing" in address else 200), address
            name = f"{language}{address.replace('/', '-')}"
            found[address] = faults(page, axe_at=AXE_AT[language], picture=name)

    assert {address: wrong for address, wrong in found.items() if wrong} == {}
    assert said == []


@pytest.mark.ignore_template_errors  # the library's own templates ask for what may not be there
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wrong_with_the_pages_of_the_own_account(
    language: str, city: Event, open_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In half minutes: a slow machine sends a code late.
    monkeypatch.setattr(settings, "MFA_TOTP_TOLERANCE", 2, raising=False)
    page = open_context(language).new_page()
    said = _listen(page)
    found, seen = {}, set()

    for name in _own_account(page):
        seen.add(name)
        found[name] = faults(page, axe_at=AXE_AT[language], picture=f"{language}-{name}")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert said == []
    assert seen >= OWN_ACCOUNT


def _own_account(page: Page) -> Iterator[str]:
    """Somebody logs in, adds codes and a key, looks at everything, logs in anew with a code."""
    yield from _open(page, "account_login", "account_inactive")
    _log_in(page)
    yield from _open(page, "mfa_index", "account_reauthenticate")
    page.fill("[name=password]", PASSWORD)
    _send(page)
    yield from _open(page, "mfa_activate_totp")
    secret = page.input_value("#authenticator_secret")
    page.fill("[name=code]", _code(secret))
    _send(page)
    yield "mfa_view_recovery_codes"
    _add_key(page)
    yield "the key is added"
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    yield from _open(page, "mfa_edit_webauthn", "mfa_remove_webauthn", pk=key.pk)
    names = OWN_ACCOUNT - {"mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_authenticate"}
    yield from _open(page, *sorted(names - {"mfa_activate_totp", "mfa_view_recovery_codes"}))
    page.context.clear_cookies(name="sessionid")
    _log_in(page)
    assert page.url.endswith(reverse("mfa_authenticate"))
    yield "mfa_authenticate"


def _open(page: Page, *names: str, **parts: int) -> Iterator[str]:
    for name in names:
        answer = page.goto(reverse(name, kwargs=parts))
        assert answer is not None
        assert answer.status == 200, name
        assert page.url.endswith(reverse(name, kwargs=parts)), name
        yield name


def _log_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", "li")
    page.fill("[name=password]", PASSWORD)
    _send(page)


def _send(page: Page) -> None:
    with page.expect_navigation():
        page.click("main form [type=submit]")


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def _add_key(page: Page) -> None:
    """Add a key that the browser plays."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "usb", "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(reverse("mfa_add_webauthn"))
    page.fill("[name=name]", "办公桌的钥匙")
    with page.expect_navigation():
        page.click("#mfa_webauthn_add")


def _listen(page: Page) -> list[str]:
    """What the console says from now on."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "404" not in message.text:
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(error.message))
    return said
