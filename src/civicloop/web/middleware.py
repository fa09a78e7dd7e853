"""Who is looking and from where, what they may read, and what an answer says to the browser."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from ipaddress import ip_address
from typing import cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from civicloop.apps.accounts.asking import asked_by
from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.queries import demo_guest
from civicloop.apps.accounts.visibility import Seen, read_by
from civicloop.apps.intake.actions.seeing import note_file_taken, note_words_seen

SHOWING = frozenset(
    {
        HTTPStatus.OK,
        HTTPStatus.PARTIAL_CONTENT,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)  # the others show nothing that was read
View = Callable[[HttpRequest], HttpResponse]
ALLOWED_TO_PAGES = (
    "camera=(), display-capture=(), geolocation=(self), microphone=(), payment=(), usb=()"
)


class TrustedProxyMiddleware:
    """Believe X-Forwarded-For only as far as the city's own proxies wrote it."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.headers.get("X-Forwarded-For", "").split(",")
        addresses = [request.META.get("REMOTE_ADDR", "")]
        if settings.TRUSTED_PROXIES and len(said) >= settings.TRUSTED_PROXIES:
            addresses.insert(0, said[-settings.TRUSTED_PROXIES])
        found = (_address(written) for written in addresses)
        request.META["REMOTE_ADDR"] = next(filter(None, found), addresses[-1])
        return self.get_response(request)


def _address(text: str) -> str:
    """The address alone: a port beside it would give each connection an address of its own.

    One of IPv4 is written as one, also where a socket of both kinds wrote ::ffff:192.0.2.1.
    """
    for part in (text.strip(), text.strip().rpartition(":")[0], text.strip()[1:].partition("]")[0]):
        with suppress(ValueError):
            address = ip_address(part.strip("[]"))
            return str(getattr(address, "ipv4_mapped", None) or address)
    return ""


class PermissionsMiddleware:
    """No page gets at what it does not need of the device."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", ALLOWED_TO_PAGES)
        return response


class HeadersMiddleware:
    """What staff see stays out of every cache."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class DemoGuestMiddleware:
    """In the demo, whoever is not logged in looks around as the read-only guest."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.DEMO and not request.user.is_authenticated:
            request.user = demo_guest() or request.user
        return self.get_response(request)


class ReaderMiddleware:
    """What a request reads, and what a stream reads after it, is what its user may see.

    Who was shown something protected is noted in the audit before the answer goes out.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen: Seen = {}
        with read_by(request.user, seen), asked_by(request.user):
            response = self.get_response(request)
        _note_shown(request, response, seen)
        if response.streaming:
            stream = cast(StreamingHttpResponse, response)
            pieces = cast(Iterator[bytes], stream.streaming_content)
            stream.streaming_content = _read_by(request.user, pieces)
        return response


def _note_shown(request: HttpRequest, response: HttpResponse, seen: Seen) -> None:
    """Leave in the audit what this answer shows, before it goes out; no event, no answer."""
    user, found = request.user, request.resolver_match
    if not isinstance(user, User) or found is None or response.status_code not in SHOWING:
        return
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        note_file_taken(page=found.view_name, address=request.path, actor=user, now=timezone.now())
    if seen:
        note_words_seen(seen=seen, page=found.view_name, actor=user, now=timezone.now())


def _read_by(user: User | AnonymousUser, content: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a stream, each made while this user is the reader."""
    while True:
        with read_by(user):
            piece = next(content, None)
        if piece is None:
            return
        yield piece
