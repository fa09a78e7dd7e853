"""Small promises of OWASP ASVS 5.0 that no page's own tests make; see docs/asvs.csv."""

import re
import runpy
import time
from hashlib import sha1
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from tests.factories import UserFactory

import civicloop
from civicloop.apps.accounts.models import Role, User
from civicloop.config import password_policies as policies
from civicloop.web.accounts.keys import APPROVED, APPROVED_LATELY

PASSWORD = "correct horse battery"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
SCRIPTS = Path(civicloop.__file__).parent / "web/static/civicloop"
FOREIGN_NAMES = re.compile(
    r"__proto__|\bprototype\b|Object\.(assign|defineProperty|setPrototypeOf)|[\w)\]]\[[^\]]+\]\s*=(?![=>])"
)
STYLES = "/static/civicloop/civicloop.css"


@pytest.fixture
def li(db: None) -> User:
    return User.objects.create_user(username="li", password=PASSWORD, role=Role.OPERATOR)


def enter(password: str = PASSWORD, name: str = "li") -> Client:
    client = Client(headers={"Accept-Language": "en"}, raise_request_exception=False)
    client.post(reverse("account_login"), {"login": name, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("notices:list")).status_code == 200


def break_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_store: SessionStore) -> None:
        raise RuntimeError("postgresql://city:hush-hush@10.0.0.5/city")

    monkeypatch.setattr(SessionStore, "load", broken)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/appeals/", 200),
        ("/report/", 200),
        ("/imports/", 403),
        ("/nothing-here/", 404),
        ("/accounts/logout/", 405),
        ("/healthz", 200),
        (STYLES, 200),
        ("/hot-issues", 301),
    ],
)
def test_every_answer_carries_the_headers(path, status, li):
    assert_guarded(enter().get(path), status)


def test_an_answer_to_another_host_carries_the_headers(db):
    assert_guarded(Client().get("/report/", headers={"Host": "evil.example"}), 400)


def test_an_answer_without_a_database_carries_the_headers(db, monkeypatch):
    def away(_store: SessionStore) -> None:
        raise OperationalError

    monkeypatch.setattr(SessionStore, "load", away)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32

    assert_guarded(client.get("/appeals/"), 503)


def test_an_answer_that_broke_carries_the_headers(li, monkeypatch):
    client = enter()
    break_sessions(monkeypatch)

    assert_guarded(client.get("/appeals/"), 500)


def assert_guarded(response, status: int) -> None:
    b"".join(response)  # a file is closed once it was read
    assert response.status_code == status
    policy = response["Content-Security-Policy"]
    for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "microphone=()" in response["Permissions-Policy"]
    if response.get("Content-Type", "").startswith("text/"):
        assert "charset=" in response["Content-Type"]


def test_what_broke_tells_nothing_of_the_house(li, monkeypatch):
    client = enter()
    break_sessions(monkeypatch)

    page = client.get("/appeals/").text

    assert "went wrong" in page
    assert not [word for word in ("hush-hush", "10.0.0.5", "RuntimeError", "src/") if word in page]


@pytest.mark.parametrize("path", ["/report/", "/healthz", STYLES])
def test_no_other_site_reads_an_answer(path, db, client):
    response = client.get(path, headers={"Origin": "https://evil.example"})
    b"".join(response)  # a file is closed once it was read

    assert not response.has_header("Access-Control-Allow-Origin")


def test_another_host_is_refused(db, client, settings):
    settings.ALLOWED_HOSTS = ["12345.example.org"]

    assert client.get("/report/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/report/", headers={"Host": "12345.example.org"}).status_code == 200


@pytest.mark.parametrize("path", ["/report/", "/accounts/login/"])
def test_trace_sends_nothing_back(path, db, client):
    answer = client.trace(path, headers={"X-Hidden": "hush-hush"})

    assert b"hush-hush" not in answer.content


@pytest.mark.parametrize("path", ["/static/", "/static/civicloop/", "/files/", "/.git/config"])
def test_no_folder_is_listed(path, li):
    assert enter().get(path).status_code == 404


def test_under_https_every_cookie_is_secure_and_of_this_host_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("CIVICLOOP_DATA", str(tmp_path))
    monkeypatch.setenv("CIVICLOOP_HTTPS", "1")

    set_ = runpy.run_path(str(Path(policies.__file__).with_name("settings.py")))

    kinds = ("SESSION", "CSRF", "LANGUAGE")
    names = [set_[f"{kind}_COOKIE_NAME"][:7] for kind in (*kinds, "KNOWN")]
    assert names == ["__Host-"] * 4
    assert [set_[f"{kind}_COOKIE_SECURE"] for kind in kinds] == [True] * 3
    assert [set_[f"{kind}_COOKIE_SAMESITE"] for kind in kinds] == ["Lax"] * 3
    assert set_["SESSION_COOKIE_HTTPONLY"]
    assert set_["SECURE_SSL_REDIRECT"]
    assert set_["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600


def test_browsers_are_told_to_come_by_tls_alone_also_to_the_hosts_below(settings, client, db):
    settings.SECURE_HSTS_SECONDS = 31_536_000

    told = client.get("/", secure=True).headers["Strict-Transport-Security"]

    assert told == "max-age=31536000; includeSubDomains"


@pytest.fixture
def breached(tmp_path) -> Path:
    """A list as Have I Been Pwned gives it, of a thousand passwords."""
    file = tmp_path / "breached.txt"
    hashes = sorted(sha1(f"became known {n}".encode()).hexdigest().upper() for n in range(1_000))
    file.write_text("".join(f"{one}:{n}\r\n" for n, one in enumerate(hashes)))
    return file


def test_no_password_that_became_known_is_taken(breached):
    policy = policies.PASSWORD_POLICIES["asvs"]
    validators = get_password_validators(policy.validators(breached_file=str(breached)))

    for number in range(1_000):
        with pytest.raises(ValidationError):
            validate_password(f"became known {number}", password_validators=validators)
    for number in range(1_000, 2_000):
        validate_password(f"became known {number}", password_validators=validators)


def test_empty_lines_hide_nothing_of_the_list(breached):
    written = breached.read_bytes()
    breached.write_bytes(written.replace(b"\r\n", b"\r\n\r\n", 500) + b"\r\n" * 9)
    policy = policies.PASSWORD_POLICIES["asvs"]
    validators = get_password_validators(policy.validators(breached_file=str(breached)))

    for number in range(1_000):
        with pytest.raises(ValidationError):
            validate_password(f"became known {number}", password_validators=validators)


def test_a_list_that_cannot_be_read_lets_no_password_through(breached):
    policy = policies.PASSWORD_POLICIES["asvs"]
    validators = get_password_validators(policy.validators(breached_file=str(breached)))
    breached.unlink()

    with pytest.raises(OSError, match="No such file"):
        validate_password("correct horse battery", password_validators=validators)


@pytest.mark.ignore_template_errors  # the library asks for a box that our form has not
def test_a_security_key_signs_by_approved_means_alone(li):
    """By their numbers in COSE: no SHA-1 and no curve of a coin, which the library would take."""
    sha_1, secp256k1, es256, ed25519 = -65535, -47, -7, -8
    client = enter()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    page = client.get(reverse("mfa_add_webauthn"))

    asked = page.context["js_data"]["creation_options"]["publicKey"]["pubKeyCredParams"]
    numbers = {one["alg"] for one in asked}
    assert {es256, ed25519} <= numbers
    assert not {sha_1, secp256k1} & numbers
    assert numbers <= APPROVED | APPROVED_LATELY


def test_the_cookie_of_the_session_is_kept_from_scripts(li):
    assert enter().cookies["sessionid"]["httponly"]


def test_an_ended_session_is_not_taken_up_again(li):
    client = enter()
    kept = client.cookies["sessionid"].value
    assert is_in(client)
    client.post(reverse("account_logout"))

    thief = Client()
    thief.cookies["sessionid"] = kept

    assert not is_in(thief)


def test_the_way_out_is_on_every_page_of_staff(li):
    client = enter()

    pages = [client.get(path).text for path in ("/", "/appeals/", "/notices/", "/desk/new/")]

    assert [f'action="{reverse("account_logout")}"' in page for page in pages] == [True] * 4


def test_a_password_is_taken_exactly_as_written_and_may_be_long(li):
    new = "  Correct Horse 电池 " + "x" * 80
    answers = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    enter().post(reverse("account_change_password"), answers)

    assert is_in(enter(new))
    for other in (new.strip(), new.lower(), new[:72]):
        assert not is_in(enter(other))


def test_a_password_is_not_changed_without_the_old_one(li):
    new = "another horse entirely"
    answers = {"oldpassword": "wrong", "password1": new, "password2": new}
    enter().post(reverse("account_change_password"), answers)

    assert is_in(enter())
    assert not is_in(enter(new))


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("elevensigns", False),
        ("1qaz2wsx3edc", False),  # in every list of common passwords
        ("onlysmallletters", True),  # no kinds of characters are asked for
    ],
)
def test_the_asvs_policy_asks_length_and_no_kinds(password, is_taken):
    validators = get_password_validators(policies.PASSWORD_POLICIES["asvs"].validators())

    try:
        validate_password(password, password_validators=validators)
    except ValidationError:
        assert not is_taken
    else:
        assert is_taken


def test_password_boxes_hide_and_take_what_a_manager_fills_in(client, db):
    page = client.get(reverse("account_login")).text

    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


def test_a_code_holds_for_its_half_minute_alone(li):
    TOTP.activate(li, TOTP_SECRET)
    client = enter()
    earlier = format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30 - 1))

    client.post(reverse("mfa_authenticate"), {"code": earlier})

    assert not is_in(client)


@pytest.mark.parametrize("page", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_factors_are_changed_after_the_password_was_given_again(page, li, client):
    client.force_login(li)  # a session that was not opened by a password just now

    response = client.get(reverse(page))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_what_is_asked_of_a_form_is_not_taken_from_the_address(li):
    client = Client()

    client.post(f"{reverse('account_login')}?login=li&password={PASSWORD}", {})

    assert not is_in(client)


def test_fields_that_no_form_has_are_not_taken(log_in):
    wang = UserFactory(username="wang", role=Role.OPERATOR)
    more = {"username": "root", "password": "x", "is_superuser": "on", "is_staff": "on"}

    log_in(Role.SECURITY_ADMIN).post(
        reverse("people:account", args=[wang.pk]),
        {"full_name": "王", "role": "operator", "is_active": "on", **more},
    )

    before, wang = wang, User.objects.get(pk=wang.pk)
    assert wang.first_name == "王"
    assert (wang.username, wang.password) == ("wang", before.password)
    assert not wang.is_superuser


@pytest.mark.one_database
def test_no_script_of_ours_writes_under_a_name_that_came_from_elsewhere():
    lines = [
        line
        for file in sorted(SCRIPTS.glob("*.js"))
        for line in file.read_text("utf-8").splitlines()
    ]

    assert len(lines) > 100
    assert [line for line in lines if FOREIGN_NAMES.search(line)] == []
    assert FOREIGN_NAMES.search("settings[name] = value;")
    assert FOREIGN_NAMES.search("Object.assign(settings, JSON.parse(text));")
    assert not FOREIGN_NAMES.search("const first = rows[0] === last;")
