"""Ask an OpenID provider of the city's who somebody is. Only with the extra `oidc`.

Source: OpenID Connect Core 1.0, section 3.1 (authorization code); RFC 7636 (PKCE); RFC 9700 (best
practice). Every address must be the issuer's own host; redirects are never followed, proxies never used.
"""

import http.client
import json
import ssl
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

IS_INSTALLED = find_spec("jwt") is not None
TIMEOUT_SECONDS = 10.0
ANSWER_MAX_BYTES = 1024 * 1024
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # none that a shared secret or nothing signs
CLOCKS_APART_SECONDS = 60
DISCOVERY = "/.well-known/openid-configuration"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class SingleSignOnError(RuntimeError):
    """The provider was not reached, refused, or said what cannot be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The city's provider, and as what this platform is known there."""

    issuer: str
    client: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one log-in was begun with; it is kept in the session until the answer comes."""

    state: str
    nonce: str
    verifier: str


def provider_of(*, issuer: str, client: str, secret: str) -> Provider:
    """The provider from the installation's settings.

    Raises:
        ValueError: an address that is not https, but for this machine's own.
    """
    found = urlsplit(issuer)
    is_safe = found.scheme == "https" or (found.scheme == "http" and found.hostname in LOOPBACK)
    if not is_safe or not found.hostname or found.query or found.fragment or found.username:
        raise ValueError(f"{issuer!r} must be https://HOST/…")
    if not client or not secret:
        raise ValueError("a client and its secret are needed")
    return Provider(issuer=issuer.rstrip("/"), client=client, secret=secret)


def page_of(provider: Provider, asked: Asked, *, back: str) -> str:
    """The provider's page to which somebody is sent to log in."""
    challenge = urlsafe_b64encode(sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
    words = {
        "response_type": "code",
        "client_id": provider.client,
        "redirect_uri": back,
        "scope": "openid profile",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{_described(provider)['authorization_endpoint']}?{urlencode(words)}"


def claims_of(provider: Provider, asked: Asked, *, code: str, back: str) -> Mapping[str, Any]:
    """What the provider vouches for, after its signature, its times and for whom it is were checked.

    Raises:
        SingleSignOnError: any of it is not right.
    """
    described = _described(provider)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": asked.verifier,
    }
    answer = _told(provider, described["token_endpoint"], form)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise SingleSignOnError("the provider gave no token")
    claims = _checked(provider, token, _told(provider, described["jwks_uri"]))
    if not compare_digest(str(claims.get("nonce", "")), asked.nonce):
        raise SingleSignOnError("the token is of another log-in")
    return claims


def _checked(provider: Provider, token: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    import jwt

    try:
        key_id = jwt.get_unverified_header(token).get("kid")
        known = [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if key.key_id == key_id]
        if len(known) != 1:
            raise SingleSignOnError(
                "the token is signed with a key that the provider does not show"
            )
        claims: Mapping[str, Any] = jwt.decode(
            token,
            known[0],
            algorithms=ALGORITHMS,
            audience=provider.client,
            issuer=provider.issuer,
            leeway=CLOCKS_APART_SECONDS,
            options={"require": ["exp", "iat", "sub", "aud", "iss"], "strict_aud": True},
        )
    except jwt.PyJWTError as error:
        raise SingleSignOnError(f"the token is not to be believed: {error}") from None
    return claims


def _described(provider: Provider) -> Mapping[str, str]:
    """The provider's own description; each address must be on its own host."""
    described = _told(provider, f"{provider.issuer}{DISCOVERY}")
    if str(described.get("issuer", "")).rstrip("/") != provider.issuer:
        raise SingleSignOnError("the provider gives itself another name")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _refuse_foreign(provider, str(described.get(name, "")))
    return described


def _refuse_foreign(provider: Provider, address: str) -> None:
    own, other = urlsplit(provider.issuer), urlsplit(address)
    if (own.scheme, own.netloc) != (other.scheme, other.netloc):
        raise SingleSignOnError(f"{address!r} is not on the provider's host")


def _told(
    provider: Provider, address: str, form: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """What the provider answers, as JSON."""
    _refuse_foreign(provider, address)
    found = urlsplit(address)
    path = found.path + (f"?{found.query}" if found.query else "")
    headers = {"Accept": "application/json"}
    body = None
    if form is not None:
        body = urlencode(form)
        known_as = f"{quote(provider.client, safe='')}:{quote(provider.secret, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(known_as.encode()).decode()}"
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = _connection(found.scheme, found.hostname or "", found.port)
    try:
        connection.request("GET" if form is None else "POST", path, body, headers)
        answer = connection.getresponse()
        content = answer.read(ANSWER_MAX_BYTES)
        if answer.status != http.client.OK:
            raise SingleSignOnError(f"{found.hostname} answered {answer.status}")
        told = json.loads(content)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise SingleSignOnError(f"{found.hostname}: {error}") from error
    finally:
        connection.close()
    if not isinstance(told, dict):
        raise SingleSignOnError(f"{found.hostname} answered something else")
    return told


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
