"""The token of a citizen's form: it makes a form count once, and says how old it is."""

import secrets
from datetime import datetime, timedelta
from typing import TypedDict

from django.core import signing

SALT = "civicloop.citizen form"
QUICKEST = timedelta(seconds=3)  # nobody reads and fills in a page sooner
OLDEST = timedelta(hours=24)


class Held(TypedDict):
    """What a token says; signed, so that it is as it was made."""

    id: str
    at: float


class UnusableTokenError(ValueError):
    """The form is too old, was sent at once by a machine, or its token is none of ours."""


def new_token(now: datetime) -> str:
    return signing.dumps({"id": secrets.token_urlsafe(16), "at": now.timestamp()}, salt=SALT)


def read_token(token: str) -> str:
    """What makes the form one, however old it is.

    Raises:
        UnusableTokenError: it is none of ours.
    """
    return str(_held(token)["id"])


def refuse_unless_timely(token: str, *, now: datetime) -> None:
    """Refuse a form that was not sent before.

    Raises:
        UnusableTokenError: the form is to be shown again with a new token.
    """
    age = timedelta(seconds=now.timestamp() - _held(token)["at"])
    if not QUICKEST <= age <= OLDEST:
        raise UnusableTokenError


def _held(token: str) -> Held:
    try:
        held: Held = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise UnusableTokenError from error
    return held
