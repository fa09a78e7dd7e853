"""The request as the views see it."""

from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from civicloop.apps.accounts.models import User

NOT_SAID = {"csrfmiddlewaretoken", "token"}
LONGEST_NUMBER = 18  # digits that a database still takes


class HtmxRequest(HttpRequest):
    """A request that has passed django-htmx's middleware."""

    htmx: HtmxDetails


def actor_of(request: HttpRequest) -> User:
    """The member of staff who acts."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def page_of(request: HttpRequest) -> str:
    """The page to come back to: the one that is asked for or, of what was sent, the one it stood on."""
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return request.get_full_path()
    try:
        stood_on, host = urlsplit(request.headers.get("Referer", "")), request.get_host()
    except (ValueError, DisallowedHost):
        return "/"
    if stood_on.netloc != host:
        return "/"
    return urlunsplit(("", "", stood_on.path or "/", stood_on.query, ""))


def said_on(form: QueryDict) -> dict[str, str]:
    """What somebody wrote on a form, without what the page itself put in."""
    return {name: "\x1f".join(values) for name, values in form.lists() if name not in NOT_SAID}


def seen_version_of(request: HttpRequest, field: str = "seen_version") -> int:
    """The version that a form was filled in at; 0, which is no version, where it does not say.

    A form without one is taken as stale: nobody skips the look at what others did by leaving it out.
    """
    written = request.POST.get(field, "")
    return int(written) if is_number(written) else 0


def words_in(request: HttpRequest, field: str) -> str:
    """What somebody wrote into a box that no form reads, without the character that no text may hold."""
    return request.POST.get(field, "").replace("\0", "").strip()


def is_number(text: str) -> bool:
    """Whether a text from the address or a form can be the number of a record."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
