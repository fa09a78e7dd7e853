"""What is shown when a page breaks: that we are out of order, or that something went wrong."""

import logging
import re
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from civicloop.apps.vault.sealing import SealBrokenError

logger = logging.getLogger(__name__)
UNAVAILABLE = 503
RETRY_SECONDS = 30
BROKEN = 500
_NO_WORDS = re.compile(r"[!-~]{0,200}")  # a number, a choice, a token: no writing of a person
_SECRET = re.compile(r"password|token|secret", re.IGNORECASE)


def broken(request: HttpRequest) -> HttpResponse:
    """The page for an error that no view caught; Django calls it while the error is at hand.

    A database that is away or too busy mends itself: 503 with the time to try again and the
    number to call meanwhile, and no session, user or context is asked for, for they are away, too.
    """
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return HttpResponse(
            render_to_string("503.html"),
            status=UNAVAILABLE,
            headers={"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"},
        )
    if isinstance(sys.exception(), SealBrokenError):
        return _unopened(request)
    return server_error(request)


def _unopened(request: HttpRequest) -> HttpResponse:
    """What was sealed before does not open: said in words, with the words that were sent.

    A form that would write over what its key may open again is refused, so its writer gets the
    words back; the transaction that it began is rolled back already.
    """
    logger.error("a seal does not open: %s", sys.exception())
    context = {"sent": words_sent(request)}
    return HttpResponse(
        render_to_string("unopened.html", context),
        status=BROKEN,
        headers={"Cache-Control": "no-store"},
    )


def words_sent(request: HttpRequest) -> list[str]:
    """What a person wrote in the form that they sent, to be given back."""
    if request.method != "POST":
        return []
    return [
        value
        for name, values in request.POST.lists()
        for value in values
        if not _SECRET.search(name) and not _NO_WORDS.fullmatch(value)
    ]
