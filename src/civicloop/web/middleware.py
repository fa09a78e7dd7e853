"""Who is looking: the demo lets a read-only guest in."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from civicloop.apps.accounts.queries import demo_guest

View = Callable[[HttpRequest], HttpResponse]


class DemoGuestMiddleware:
    """In the demo, whoever is not logged in looks around as the read-only guest."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.DEMO and not request.user.is_authenticated:
            request.user = demo_guest() or request.user
        return self.get_response(request)
