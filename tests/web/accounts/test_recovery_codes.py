import json
import math
import random
import re
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.test import Client
from django.urls import reverse

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.intake.receipts import LETTERS
from civicloop.web.accounts.recovery import HashedRecoveryCodes

PASSWORD = "correct horse battery"
STANDARD_HASH_BITS = 112  # with fewer a hash that costs is asked, ASVS 5.0, 6.5.2
CODE = re.compile(r"(?:[2-9A-HJKMNP-Z]{4}-){5}[2-9A-HJKMNP-Z]{4}")
KIND = Authenticator.Type.RECOVERY_CODES


@pytest.fixture
def user(db) -> User:
    user = User.objects.create_user(username="li", password=PASSWORD, role=Role.OPERATOR)
    TOTP.activate(user, generate_totp_secret())
    HashedRecoveryCodes.activate(user)
    return user


def _kept(user: User) -> str:
    return json.dumps(Authenticator.objects.get(user=user, type=KIND).data)


def _drawn(user: User) -> list[str]:
    codes = HashedRecoveryCodes.activate(user)
    codes.mark_as_viewed()
    return codes.get_unused_codes()


def _tried(user: User, code: str) -> bool:
    return Authenticator.objects.get(user=user, type=KIND).wrap().validate_code(code)


def test_nothing_is_kept_of_a_code_but_a_salted_hash(user):
    assert json.loads(_kept(user)) == {"hashes": []}  # before they were shown there are none

    codes = _drawn(user)

    kept = _kept(user)
    assert len(set(codes)) == 10
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    assert "seed" not in kept
    assert {len(one) for one in json.loads(kept)["hashes"]} == {64}


def test_the_same_code_has_another_hash_for_everybody(user, monkeypatch):
    other = User.objects.create_user(username="wang", password=PASSWORD, role=Role.OPERATOR)
    monkeypatch.setattr("secrets.choice", random.Random(0).choice)
    first = _drawn(user)
    monkeypatch.setattr("secrets.choice", random.Random(0).choice)

    assert _drawn(other) == first
    assert not set(json.loads(_kept(user))["hashes"]) & set(json.loads(_kept(other))["hashes"])


def test_a_code_has_the_bits_that_a_plain_hash_needs(user):
    codes = [code.replace("-", "") for code in _drawn(user)]

    letters = {letter for code in codes for letter in code}
    assert letters <= set(LETTERS)
    assert len(letters) > 25  # of 240 drawn
    assert min(len(code) for code in codes) * math.log2(len(LETTERS)) > STANDARD_HASH_BITS


def test_codes_are_drawn_by_the_operating_system(user, monkeypatch):
    asked = []
    monkeypatch.setattr("secrets.choice", lambda letters: asked.append(letters) or letters[0])

    codes = _drawn(user)

    assert len(asked) == 240
    assert set(codes) == {"-".join(["2222"] * 6)}


def test_a_code_lets_in_once_however_it_is_written(user):
    first, second, *_others = _drawn(user)

    assert _tried(user, f" {first.lower()} ")
    assert not _tried(user, first)
    assert _tried(user, second.replace("-", "").translate({ord("2"): "\uff12"}))
    assert len(json.loads(_kept(user))["hashes"]) == 8


@pytest.mark.parametrize("written", ["", "****", "2222", "0" * 24, "\0", "鼕" * 3000])
def test_what_is_no_code_lets_nobody_in(user, written):
    assert not _tried(user, written)  # none was ever shown

    _drawn(user)

    assert not _tried(user, written)
    assert not _tried(user, json.loads(_kept(user))["hashes"][0])
    assert len(json.loads(_kept(user))["hashes"]) == 10


def test_of_two_pages_that_are_opened_at_once_one_shows_them(user):
    first, second = HashedRecoveryCodes.activate(user), HashedRecoveryCodes.activate(user)
    first.mark_as_viewed()
    second.mark_as_viewed()

    assert CODE.fullmatch(first.get_unused_codes()[0])
    assert second.get_unused_codes() == ["****"] * 10
    assert _tried(user, first.get_unused_codes()[0])


def _log_in(client: Client) -> None:
    client.post(reverse("account_login"), {"login": "li", "password": PASSWORD})


@pytest.mark.ignore_template_errors  # the library's own page
def test_they_are_shown_once_and_let_in_by_the_page(client, user):
    _, code, *_ = _drawn(user)

    _log_in(client)
    told = client.post(reverse("mfa_authenticate"), {"code": code})
    assert told.status_code == 302
    assert client.get(reverse("home")).status_code == 200
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert not CODE.findall(client.get(reverse("mfa_view_recovery_codes")).text)
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403

    made = client.post(reverse("mfa_generate_recovery_codes"), follow=True)
    shown = CODE.findall(made.text)
    assert len(shown) == 10
    assert code not in shown
    assert not CODE.findall(client.get(reverse("mfa_view_recovery_codes")).text)
    assert _tried(user, shown[9])


def test_a_second_factor_brings_them_along(rf, user):
    Authenticator.objects.filter(type=KIND).delete()
    request = rf.get("/")
    request.user = user

    auto_generate_recovery_codes(request)

    assert json.loads(_kept(user)) == {"hashes": []}


def test_codes_that_could_be_made_again_are_removed_by_the_upgrade(user):
    name = "civicloop.apps.accounts.migrations.0006_recovery_codes_are_hashed"
    Authenticator.objects.filter(type=KIND).update(data={"seed": "sealed", "used_mask": 0})

    import_module(name).remove_sealed_codes(apps, None)

    assert not Authenticator.objects.filter(type=KIND).exists()
    assert Authenticator.objects.filter(user=user, type="totp").exists()
