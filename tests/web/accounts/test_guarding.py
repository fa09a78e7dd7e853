"""Who gets in, how often may be tried, what else must be shown, and when a session ends."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.passwords import ContextWordValidator, KindsValidator
from civicloop.apps.audit.models import AuditEvent
from civicloop.config.password_policies import PASSWORD_POLICIES
from civicloop.web.accounts import devices
from civicloop.web.middleware import TrustedProxyMiddleware

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def li(db: None) -> User:
    return User.objects.create_user(username="li", password=PASSWORD, role=Role.DISPATCHER)


def try_log_in(client: Client, password: str = PASSWORD, name: str = "li", **more: str):
    return client.post(
        reverse("account_login"), {"login": name, "password": password}, headers=more
    )


def is_in(client: Client) -> bool:
    return client.get(reverse("notices:list")).status_code == 200


def code_of(user: User) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def events(action: str) -> list[int]:
    return list(AuditEvent.objects.filter(action=action).values_list("object_id", flat=True))


def test_five_wrong_passwords_shut_the_account_even_for_the_right_one(li):
    for _ in range(5):
        try_log_in(Client(), "wrong")

    client = Client()  # another browser: the count is the database's, not a session's
    response = try_log_in(client)

    assert response.status_code == 200
    assert not is_in(client)
    assert events("log_in_failed") == [str(li.pk)] * 5
    assert events("log_in_locked") == [str(li.pk)]


def test_another_address_said_by_the_request_itself_does_not_open_it(li):
    for number in range(5):
        try_log_in(Client(), "wrong", **{"X-Forwarded-For": f"10.0.0.{number}:5{number}"})

    client = Client()
    try_log_in(client, **{"X-Forwarded-For": "10.9.9.9"})

    assert not is_in(client)


def test_another_host_or_port_said_by_the_request_itself_does_not_open_it(li, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for number in range(5):
        try_log_in(Client(), "wrong", Host=f"{('one', 'TWO')[number % 2]}.example:{number + 1}")

    client = Client(headers={"Host": "two.example:9999"})
    try_log_in(client)

    assert not is_in(client)


def test_strangers_shut_nobody_out_of_the_own_browser(li):
    own = Client()
    try_log_in(own)
    own.post(reverse("account_logout"))
    for _ in range(5):
        try_log_in(Client(), "wrong")

    try_log_in(own)

    assert is_in(own)


def test_a_known_browser_may_try_no_oftener_than_a_stranger(li):
    own = Client()
    try_log_in(own)
    own.post(reverse("account_logout"))
    for _ in range(5):
        try_log_in(own, "wrong")

    try_log_in(own)

    assert not is_in(own)


@pytest.mark.parametrize("other", ["zhao", "li"])
def test_a_browser_is_known_for_the_names_that_logged_in_there_alone(li, other):
    User.objects.create_user(username="zhao", password=PASSWORD, role=Role.OPERATOR)
    client = Client()
    if other == "zhao":
        try_log_in(client, name="zhao")
        client.post(reverse("account_logout"))
    else:
        client.cookies["known"] = "made:up"
    for _ in range(5):
        try_log_in(Client(), "wrong")

    try_log_in(client)

    assert not is_in(client)


def test_half_the_way_makes_no_browser_known(li):
    TOTP.activate(li, SECRET)
    client = Client()

    try_log_in(client)

    assert "known" not in client.cookies


def test_what_a_known_browser_keeps_tells_no_name(li):
    client = Client()
    try_log_in(client)

    kept = client.cookies["known"]

    assert kept["httponly"]
    assert "li" not in signing.loads(kept.value, salt=devices.SALT)


def test_a_name_that_nobody_has_is_answered_alike_and_not_written_down(li):
    known, unknown = (
        try_log_in(Client(), "wrong", name).text.replace(f'value="{name}"', "")
        for name in ("li", "pa55word")
    )

    assert strip_tokens(known) == strip_tokens(unknown)
    assert events("log_in_failed") == [str(li.pk), "unknown"]
    assert not AuditEvent.objects.filter(details__icontains="pa55word").exists()


def strip_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_log_in_and_out_are_written_down(li):
    client = Client()
    before = client.session.session_key
    try_log_in(client)
    during = client.session.session_key
    client.post(reverse("account_logout"))

    assert events("logged_in") == events("logged_out") == [str(li.pk)]
    assert before != during


@pytest.mark.parametrize(
    ("asked", "role", "is_led"),
    [
        ("required", Role.DISPATCHER, True),
        ("required", Role.UNIT_HEAD, False),
        ("required", Role.AUDIT_ADMIN, True),
        ("everybody", Role.UNIT_HEAD, True),
        ("everybody", Role.LEADER, True),
        ("offered", Role.AUDIT_ADMIN, False),
    ],
)
def test_powerful_roles_or_all_are_led_to_a_second_factor(
    asked, role, is_led, settings, db, client
):
    settings.SECOND_FACTOR = asked
    from tests.factories import UnitFactory, UserFactory

    client.force_login(UserFactory(role=role, unit=UnitFactory() if "unit" in role else None))

    response = client.get(reverse("notices:list"))

    assert (response.status_code == 302 and response["Location"] == reverse("mfa_index")) is is_led


def test_with_a_second_factor_the_password_is_half_the_way(li, settings):
    settings.SECOND_FACTOR = "required"
    settings.MFA_TOTP_TOLERANCE = 2  # in half minutes: a slow machine sends a code late
    TOTP.activate(li, SECRET)
    client = Client()

    response = try_log_in(client)
    assert response["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert not is_in(client)
    code = code_of(li)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(client)

    again = Client()  # who read the six digits over a shoulder comes too late
    try_log_in(again)
    again.post(reverse("mfa_authenticate"), {"code": code})
    assert not is_in(again)


def test_secrets_of_second_factors_lie_sealed(li):
    TOTP.activate(li, SECRET)

    assert SECRET not in str(Authenticator.objects.get().data)


def test_an_own_key_is_named_with_its_last_use_and_can_be_removed(li):
    key = Authenticator.objects.create(
        user=li, type=Authenticator.Type.WEBAUTHN, data={"name": "desk key"}
    )
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(li)

    page = client.get(reverse("mfa_list_webauthn")).text

    assert "<h2>desk key</h2>" in page
    assert "Never used yet." in page
    assert reverse("mfa_remove_webauthn", args=[key.pk]) in page

    Authenticator.objects.update(last_used_at=timezone.now())
    assert "Last used on" in client.get(reverse("mfa_list_webauthn")).text


@pytest.mark.parametrize(
    ("idle", "age", "still_in"),
    [
        (timedelta(minutes=29), timedelta(), True),
        (timedelta(minutes=31), timedelta(), False),
        (timedelta(), timedelta(hours=11), True),
        (timedelta(), timedelta(hours=13), False),
    ],
)
def test_a_session_ends_when_it_idles_and_after_a_day(idle, age, still_in, li, client):
    client.force_login(li)
    assert is_in(client)
    session = client.session
    session["seen_at"] = (timezone.now() - idle).isoformat()
    session["logged_in_at"] = (timezone.now() - age).isoformat()
    session.save()

    assert (client.get(reverse("session_left")).status_code == 200) is still_in
    assert is_in(client) is still_in


def test_pages_that_ask_by_themselves_do_not_keep_a_session(li, client):
    client.force_login(li)
    client.get(reverse("notices:list"))
    session = client.session
    session["seen_at"] = seen = (timezone.now() - timedelta(minutes=20)).isoformat()
    session.save()

    client.get("/orders/1/presence/")
    left = client.get(reverse("session_left"))
    assert client.session["seen_at"] == seen
    assert 0 <= 10 * 60 - int(left.content) <= 60
    longer = client.get(reverse("session_longer"))
    assert client.session["seen_at"] != seen
    assert 0 <= 30 * 60 - int(longer.content) <= 60
    session = client.session
    session["seen_at"] = seen
    session.save()
    client.get(reverse("notices:list"))
    assert client.session["seen_at"] != seen


def test_the_fourth_session_ends_the_first(li):
    browsers = [Client() for _ in range(4)]
    for browser in browsers:
        try_log_in(browser)

    assert [is_in(browser) for browser in browsers] == [False, True, True, True]
    assert UserSession.objects.filter(user=li).count() == 3


def test_a_closed_account_is_out_at_once(li, client):
    client.force_login(li)
    assert is_in(client)

    User.objects.filter(pk=li.pk).update(is_active=False)

    assert not is_in(client)


def test_a_given_password_is_changed_first(li, client):
    User.objects.filter(pk=li.pk).update(is_password_given=True)
    try_log_in(client)

    assert client.get(reverse("home"))["Location"] == reverse("account_change_password")
    new = "another horse entirely"
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert is_in(client)
    assert events("changed_password") == [str(li.pk)]


def test_where_the_city_asks_for_it_an_old_password_is_changed(li, client, settings):
    settings.PASSWORD_DAYS = PASSWORD_POLICIES["dengbao3"].days
    client.force_login(li)
    assert is_in(client)

    User.objects.filter(pk=li.pk).update(password_set_at=timezone.now() - timedelta(days=91))

    assert client.get(reverse("home"))["Location"] == reverse("account_change_password")


def test_a_changed_password_ends_the_other_sessions(li):
    here, there = Client(), Client()
    for browser in (here, there):
        try_log_in(browser)
    new = "another horse entirely"

    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert is_in(here)
    assert not is_in(there)


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_logs_in_without_a_password_has_none_to_change(method, li, client):
    li.set_unusable_password()
    li.save()
    client.force_login(li)

    assert getattr(client, method)(reverse("account_change_password")).status_code == 403


def test_the_shared_guest_has_nothing_to_set(db, client):
    guest = User.objects.create_user(username="guest", password=PASSWORD, role=Role.GUEST)
    client.force_login(guest)

    for page in ("mfa_index", "account_change_password", "usersessions_list"):
        assert client.get(reverse(page)).status_code == 403


@pytest.mark.parametrize("password", ["civicloop12345", "12345-12345-12345"])
def test_words_of_the_trade_make_no_password(password):
    with pytest.raises(ValidationError):
        ContextWordValidator().validate(password)


@pytest.mark.parametrize(
    ("password", "is_good"),
    [("onlysmallletters", False), ("Small and BIG", True), ("small4letters", False)],
)
def test_three_kinds_of_characters_where_the_city_asks_for_it(password, is_good):
    try:
        KindsValidator().validate(password)
    except ValidationError:
        assert not is_good
    else:
        assert is_good


def test_the_two_policies_contradict_each_other_on_purpose():
    asvs, dengbao = PASSWORD_POLICIES["asvs"], PASSWORD_POLICIES["dengbao3"]

    assert (asvs.asks_kinds, asvs.days) == (False, 0)
    assert (dengbao.asks_kinds, dengbao.days) == (True, 90)
    assert len(dengbao.validators()) == len(asvs.validators()) + 1


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        (1, "1.2.3.4:5678", "1.2.3.4"),
        (1, "[2001:db8::1]:5678", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (2, "9.9.9.9, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "127.0.0.1"),
        (1, "nonsense", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_is_what_the_own_proxies_wrote(proxies, said, address, settings):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": said})
    seen = []

    TrustedProxyMiddleware(lambda r: seen.append(r.META["REMOTE_ADDR"]) or HttpResponse())(request)

    assert seen == [address]


@pytest.mark.parametrize("said", ["", "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:4711"])
def test_an_address_of_ipv4_is_the_same_through_a_socket_of_both_kinds(said, settings):
    """As one of IPv6 all of them would be one network, and one wrong-doer shut out everybody."""
    settings.TRUSTED_PROXIES = 1 if said else 0
    headers = {"X-Forwarded-For": said} if said else {}
    request = RequestFactory(REMOTE_ADDR="::ffff:192.0.2.7").get("/", headers=headers)

    TrustedProxyMiddleware(lambda _: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == "192.0.2.7"


def test_what_staff_see_is_kept_in_no_cache(li, client):
    client.force_login(li)

    page = client.get(reverse("notices:list"))

    assert "no-store" in page["Cache-Control"]
    assert "geolocation=(self)" in page["Permissions-Policy"]
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"


def test_who_sends_a_form_after_the_session_has_ended_comes_back_to_its_page(db):
    sent = {"headers": {"Referer": "http://testserver/orders/7/?from=inbox"}}

    answer = Client().post("/orders/7/steps/reply/", {"text": "已修复"}, **sent)
    by_itself = Client().post(
        "/orders/7/drafts/reply/", headers={**sent["headers"], "HX-Request": "true"}
    )
    from_elsewhere = Client().post(
        "/orders/7/steps/reply/", headers={"Referer": "https://evil.example/orders/7/"}
    )

    log_in = "/accounts/login/?next=/orders/7/%3Ffrom%3Dinbox"
    assert (answer.status_code, answer.headers["Location"]) == (302, log_in)
    assert (by_itself.status_code, by_itself.headers["HX-Redirect"]) == (401, log_in)
    assert by_itself.content == b""
    assert from_elsewhere.headers["Location"] == "/accounts/login/?next=/"
