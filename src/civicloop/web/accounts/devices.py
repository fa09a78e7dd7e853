"""Browsers in which somebody logged in before; tries from them are counted apart from those of strangers.

Who knows a log-in name can have it shut for all strangers, again and again, but not for its owner at the own
desk. Such a browser may try no oftener than a stranger. Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies.
"""

from datetime import timedelta
from secrets import token_urlsafe

from allauth.account.signals import user_logged_in
from django.conf import settings
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from civicloop.apps.accounts.models import User

SALT = "civicloop.browsers known"
KEPT = timedelta(days=180)
MOST = 10  # people who share a browser
Known = dict[str, str]  # of each hashed name a number drawn for this browser


def known_browser(request: HttpRequest, username: str) -> str:
    """The number of this browser where this name has logged in before, or nothing."""
    return _known(request).get(_hash_of(username), "")


@receiver(user_logged_in)
def remember_browser(request: HttpRequest, response: HttpResponse, user: User, **_: object) -> None:
    """All factors were shown."""
    known, name = _known(request), _hash_of(user.username)
    others = [(other, number) for other, number in known.items() if other != name]
    kept = dict([*others, (name, known.get(name) or token_urlsafe(16))][-MOST:])
    response.set_cookie(
        settings.KNOWN_COOKIE_NAME,
        signing.dumps(kept, salt=SALT),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> Known:
    written = request.COOKIES.get(settings.KNOWN_COOKIE_NAME, "")
    try:
        known: Known = signing.loads(written, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return {}
    return known


def _hash_of(username: str) -> str:
    return salted_hmac(SALT, username.lower(), algorithm="sha256").hexdigest()[:16]
