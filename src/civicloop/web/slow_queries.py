"""Statements of pages that take too long are told in the log."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

LOG = logging.getLogger("civicloop.slow")


class SlowQueriesMiddleware:
    """Log the statements of a page that take too long: their words, never their values."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with connection.execute_wrapper(_tell_if_slow):
            return self.get_response(request)


def _tell_if_slow(
    execute: Callable[..., object], sql: str, params: object, many: object, context: object
) -> object:
    began = time.monotonic()
    try:
        return execute(sql, params, many, context)
    finally:
        taken_ms = (time.monotonic() - began) * 1000
        if taken_ms > settings.SLOW_QUERY_MS:
            LOG.warning("%d ms: %s", taken_ms, sql)
