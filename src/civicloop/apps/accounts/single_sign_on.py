"""Log-in by the city's provider: which of the staff it vouches for; roles are given here, never there."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction

from civicloop.apps.accounts.models import ExternalLogin, Role, User
from civicloop.apps.audit.actions import record_event
from civicloop.connectors.single_sign_on import (
    Asked,
    Provider,
    SingleSignOnError,
    claims_of,
    page_of,
)


class NobodyHereError(Exception):
    """No account of the staff is this person's."""


class LogInRefusedError(Exception):
    """It came to nothing; the argument says why, for the log."""


class Begun(NamedTuple):
    """Where to send somebody, and what the session must keep until they come back."""

    page: str
    kept: Mapping[str, str]


def is_offered() -> bool:
    """Whether the city has a provider."""
    return settings.SINGLE_SIGN_ON is not None


def begin_log_in(*, back: str) -> Begun:
    """Ask the provider who somebody is.

    Raises:
        LogInRefusedError: the provider cannot be asked.
    """
    asked = Asked(state=token_urlsafe(), nonce=token_urlsafe(), verifier=token_urlsafe(48))
    try:
        page = page_of(_provider(), asked, back=back)
    except SingleSignOnError as error:
        raise LogInRefusedError(str(error)) from error
    return Begun(page, asdict(asked))


def end_log_in(
    *, kept: Mapping[str, str] | None, state: str, code: str, back: str, now: datetime
) -> User:
    """The account of whom the provider sent back; it must answer what this session asked.

    Raises:
        LogInRefusedError: it does not, it cannot be believed, or nobody here is meant.
    """
    if kept is None or not code or not compare_digest(state.encode(), kept["state"].encode()):
        raise LogInRefusedError("the answer is not to a question of this session")
    provider = _provider()
    try:
        claims = claims_of(provider, Asked(**kept), code=code, back=back)
        return find_staff(
            issuer=provider.issuer,
            subject=str(claims["sub"]),
            username=_name_in(claims),
            now=now,
        )
    except SingleSignOnError as error:
        raise LogInRefusedError(str(error)) from error
    except NobodyHereError:
        raise LogInRefusedError("nobody here") from None


def _name_in(claims: Mapping[str, Any]) -> str:
    """The log-in name that the city takes from the token; no address that anybody may have typed in there."""
    claim = settings.SINGLE_SIGN_ON_CLAIM
    if claim == "email" and claims.get("email_verified") is not True:
        return ""
    return str(claims.get(claim, ""))


def _provider() -> Provider:
    if settings.SINGLE_SIGN_ON is None:
        raise LogInRefusedError("there is no provider")
    return settings.SINGLE_SIGN_ON


@transaction.atomic
def find_staff(*, issuer: str, subject: str, username: str, now: datetime) -> User:
    """The account that was linked; at the first log-in the one of the same name, which is linked then.

    A name that the provider gives to somebody else later does not lead to the account.

    Raises:
        NobodyHereError: there is no such account, it is closed, or it is linked to another person.
    """
    linked = ExternalLogin.objects.select_related("user").filter(issuer=issuer, subject=subject)
    known = linked.first()
    if known:
        return _open_account(known.user)
    user = User.objects.select_for_update().filter(username=username).first() if username else None
    if user is None or ExternalLogin.objects.filter(user=user).exists():
        raise NobodyHereError
    _open_account(user)
    ExternalLogin.objects.create(user=user, issuer=issuer, subject=subject, linked_at=now)
    record_event(
        action="linked_log_in",
        object_type="user",
        object_id=user.pk,
        actor=user,
        now=now,
        details={"issuer": issuer},
    )
    return user


def _open_account(user: User) -> User:
    if not user.is_active or user.role == Role.GUEST:
        raise NobodyHereError
    return user
