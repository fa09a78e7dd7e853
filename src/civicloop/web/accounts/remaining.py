"""How long a session goes on: open pages ask, so that none is left to read when it has ended."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from civicloop.web.accounts.middleware import time_left


@require_safe
def seconds_left(request: HttpRequest) -> HttpResponse:
    """The seconds, as plain text. Asked at one address it is no sign of life, at the other one it is."""
    left = time_left(request.session, timezone.now())
    return HttpResponse(str(max(0, int(left.total_seconds()))), content_type="text/plain")
