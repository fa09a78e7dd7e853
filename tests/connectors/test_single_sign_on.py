"""A token is believed only if the right provider signed it, now, for us and for this log-in."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from civicloop.connectors.single_sign_on import (
    Asked,
    SingleSignOnError,
    claims_of,
    page_of,
    provider_of,
)
from tests.identity_provider import identity_provider

ASKED = Asked(state="s", nonce="n", verifier="v" * 43)
BACK = "https://city.example/accounts/elsewhere/back/"


@pytest.fixture
def there():
    with identity_provider() as provider:
        yield provider


def ours(there):
    return provider_of(issuer=there.issuer, client="civicloop", secret="hush")


def claims(there):
    there.sent_to(page_of(ours(there), ASKED, back=BACK))
    return claims_of(ours(there), ASKED, code="c", back=BACK)


def test_somebody_is_sent_there_with_a_question_of_this_log_in(there):
    asked = there.sent_to(page_of(ours(there), ASKED, back=BACK))

    assert (asked["state"], asked["nonce"], asked["redirect_uri"]) == ("s", "n", BACK)
    assert (asked["code_challenge_method"], "vvv" in str(asked)) == ("S256", False)


def test_a_token_that_is_right_is_believed(there):
    assert claims(there)["preferred_username"] == "wang"
    assert there.verifiers == [ASKED.verifier]


@pytest.mark.parametrize(
    "said",
    [
        {"aud": "another"},
        {"aud": ["civicloop", "another"]},
        {"iss": "https://another.example"},
        {"nonce": "of another log-in"},
        {"exp": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
    ],
)
def test_a_token_for_another_or_another_time_is_not(there, said):
    there.claims |= said

    with pytest.raises(SingleSignOnError):
        claims(there)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_nobody_signed_is_not(there, algorithm):
    there.algorithm, there.secret = algorithm, "a secret of at least thirty-two bytes"

    with pytest.raises(SingleSignOnError):
        claims(there)


def test_a_token_of_another_key_is_not(there):
    there.key = generate_private_key(SECP256R1())

    with pytest.raises(SingleSignOnError):
        claims(there)


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://127.0.0.1:1/token"},
        {"jwks_uri": "https://another.example/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_leads_elsewhere_is_refused(there, described):
    there.described = described

    with pytest.raises(SingleSignOnError):
        claims(there)


def test_a_provider_that_is_away_is_said_to_be():
    away = provider_of(issuer="http://127.0.0.1:1", client="civicloop", secret="hush")

    with pytest.raises(SingleSignOnError, match=r"127\.0\.0\.1"):
        page_of(away, ASKED, back=BACK)


@pytest.mark.parametrize("issuer", ["http://city.example", "https://", "https://a@b.c", "ftp://x"])
def test_an_issuer_without_tls_is_refused(issuer):
    with pytest.raises(ValueError, match="https"):
        provider_of(issuer=issuer, client="c", secret="s")
    with pytest.raises(ValueError, match="secret"):
        provider_of(issuer="https://city.example", client="c", secret="")
