"""The token of a citizen's form: it makes a form count once, and says how old it is."""

import secrets
from datetime import datetime, timedelta

from django.core import signing

SALT = "civicloop.citizen form"
QUICKEST = timedelta(seconds=3)  # nobody reads and fills in a page sooner
OLDEST = timedelta(hours=24)


class UnusableTokenError(ValueError):
    """The form is too old, was sent at once by a machine, or its token is none of ours."""


def new_token(now: datetime) -> str:
    return signing.dumps({"id": secrets.token_urlsafe(16), "at": now.timestamp()}, salt=SALT)


def read_token(token: str, *, now: datetime) -> str:
    """What makes the form one.

    Raises:
        UnusableTokenError: the form is to be shown again with a new token.
    """
    try:
        held = signing.loads(token, salt=SALT)
        age = timedelta(seconds=now.timestamp() - held["at"])
    except (signing.BadSignature, TypeError, KeyError) as error:
        raise UnusableTokenError from error
    if not QUICKEST <= age <= OLDEST:
        raise UnusableTokenError
    return str(held["id"])
