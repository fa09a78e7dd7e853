"""The request as the views see it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from civicloop.apps.accounts.models import User

LONGEST_NUMBER = 18  # digits that a database still takes


class HtmxRequest(HttpRequest):
    """A request that has passed django-htmx's middleware."""

    htmx: HtmxDetails


def actor_of(request: HttpRequest) -> User:
    """The member of staff who acts."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def is_number(text: str) -> bool:
    """Whether a text from the address or a form can be the number of a record."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
