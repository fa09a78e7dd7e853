"""What is shown when a page breaks: that we are out of order, or that something went wrong."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

UNAVAILABLE = 503
RETRY_SECONDS = 30


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
    return server_error(request)
