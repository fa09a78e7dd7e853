"""Staff log in by the city's provider: as who they are here, with the second factor of here."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from tests.factories import UserFactory
from tests.identity_provider import identity_provider

from civicloop.apps.accounts.models import ExternalLogin, Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.connectors.single_sign_on import provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(settings):
    with identity_provider() as provider:
        settings.SINGLE_SIGN_ON = provider_of(
            issuer=provider.issuer, client="civicloop", secret="hush"
        )
        yield provider


@pytest.fixture
def wang():
    return UserFactory(username="wang", role=Role.OPERATOR)


def log_in(there, client=None, **changed):
    """Go there, log in, come back."""
    client = client or Client()
    page = client.get(reverse("single_sign_on"))
    answer = {"state": there.sent_to(page["Location"])["state"], "code": "c", **changed}
    return client, client.get(reverse("single_sign_on_back"), answer)


def who(client):
    return client.session.get("_auth_user_id")


def test_somebody_known_here_is_in_with_the_role_of_here(there, wang):
    client, response = log_in(there)

    assert (response.status_code, who(client)) == (302, str(wang.pk))
    wang.refresh_from_db()
    assert wang.role == Role.OPERATOR  # the token says supervisor
    actions = AuditEvent.objects.filter(object_type="user").values_list("action", flat=True)
    assert list(actions.order_by("id")) == ["linked_log_in", "logged_in"]


def test_whoever_is_not_known_here_is_not(there):
    client, response = log_in(there)

    assert response["Location"] == reverse("account_login")
    assert who(client) is None
    assert not ExternalLogin.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.GUEST}])
def test_a_closed_account_and_the_guest_do_not_open(there, wang, change):
    for name, value in change.items():
        setattr(wang, name, value)
    wang.save()

    assert who(log_in(there)[0]) is None


def test_a_name_that_goes_to_somebody_else_there_leads_nowhere(there, wang):
    log_in(there)
    there.claims["sub"] = "43"  # another person with the name that wang had

    assert who(log_in(there)[0]) is None


@pytest.mark.parametrize("verified", [{}, {"email_verified": False}, {"email_verified": "true"}])
def test_an_address_that_the_provider_did_not_verify_leads_to_nobody(there, settings, verified):
    settings.SINGLE_SIGN_ON_CLAIM = "email"
    UserFactory(username="wang@city.example", role=Role.OPERATOR)
    there.claims |= {"email": "wang@city.example", **verified}

    client, _response = log_in(there)

    assert who(client) is None
    assert not ExternalLogin.objects.exists()


def test_an_address_that_it_verified_leads_to_whose_it_is(there, settings):
    settings.SINGLE_SIGN_ON_CLAIM = "email"
    user = UserFactory(username="wang@city.example", role=Role.OPERATOR)
    there.claims |= {"email": "wang@city.example", "email_verified": True}

    client, _response = log_in(there)

    assert who(client) == str(user.pk)


def test_a_new_name_there_leads_to_the_same_account(there, wang):
    log_in(there)
    there.claims["preferred_username"] = "wang.xiaoming"

    assert who(log_in(there)[0]) == str(wang.pk)


@pytest.mark.parametrize("changed", [{"state": "of another"}, {"code": ""}])
def test_an_answer_to_nothing_that_was_asked_is_refused(there, wang, changed):
    assert who(log_in(there, **changed)[0]) is None


def test_an_answer_is_taken_once(there, wang):
    client, _response = log_in(there)
    client.logout()

    again = client.get(reverse("single_sign_on_back"), {"state": "s", "code": "c"})

    assert (again["Location"], who(client)) == (reverse("account_login"), None)


def test_a_second_factor_is_asked_all_the_same(there, wang):
    TOTP.activate(wang, generate_totp_secret())

    client, response = log_in(there)

    assert response["Location"] == reverse("mfa_authenticate")
    assert who(client) is None


def test_a_powerful_role_without_one_gets_no_further(there, wang, settings):
    settings.SECOND_FACTOR = "required"
    wang.role = Role.DISPATCHER
    wang.save()

    client, _response = log_in(there)

    assert client.get(reverse("home"))["Location"] == reverse("mfa_index")


def test_the_page_offers_it_where_there_is_a_provider(there, settings):
    assert reverse("single_sign_on") in Client().get(reverse("account_login")).text
    settings.SINGLE_SIGN_ON = None
    assert reverse("single_sign_on") not in Client().get(reverse("account_login")).text
    for name in ("single_sign_on", "single_sign_on_back"):
        assert Client().get(reverse(name)).status_code == 404


def test_no_token_stays_in_the_session_or_goes_to_the_browser(there, wang):
    client, response = log_in(there)

    kept = f"{dict(client.session)}{client.cookies}{response.headers}{response.text}"
    assert not re.search(r"eyJ[\w-]+\.eyJ", kept)  # how each token begins
    assert "single_sign_on" not in client.session
