"""How every address of the API is made: it says who may use it, and every failure is a problem."""

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Protocol

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from civicloop.api.problems import Problem, ProblemError, answer_problem, wait_until
from civicloop.apps.intake.actions.tallies import TooManyTriesError
from civicloop.apps.intake.models import ApiAction

LOG = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
Answer = Callable[..., HttpResponse]  # a ProblemError and what the address says
KNOWN: Sequence[tuple[type[Exception], Problem]] = (
    (Http404, Problem.MISSING),
    (RequestDataTooBig, Problem.TOO_LARGE),
    (SuspiciousOperation, Problem.UNREADABLE),
    (BadRequest, Problem.UNREADABLE),
    (UnreadablePostError, Problem.UNREADABLE),
    (OperationalError, Problem.AWAY),
    (InterfaceError, Problem.AWAY),
)


class DeclaredView(Protocol):
    """A view that says who may use it."""

    methods: dict[str, ApiAction | None]  # None: everybody

    def __call__(self, request: HttpRequest, *args: object, **options: object) -> HttpResponse: ...


def api_view(
    methods: dict[str, ApiAction | None], *, answer: Answer = answer_problem
) -> Callable[[View], View]:
    """A view of these methods, each with the action that a key must allow, or None for everybody.

    A browser's session opens nothing here, so no token against forged forms is asked for.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: object, **options: object) -> HttpResponse:
            refused = _refused(request, methods)
            if refused:
                return answer(refused, **options)
            try:
                response = view(request, *args, **options)
            except Exception as error:  # noqa: BLE001 -- a program cannot read a page about it
                return answer(_problem_of(error), **options)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        page.methods = methods  # type: ignore[attr-defined]
        return login_not_required(csrf_exempt(sensitive_post_parameters()(page)))

    return declare


def _refused(request: HttpRequest, methods: Mapping[str, ApiAction | None]) -> ProblemError | None:
    """Why a request reaches no view."""
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return ProblemError(Problem.NOT_SECURE)
    method = "GET" if request.method == "HEAD" else request.method
    if method not in methods:
        return ProblemError(Problem.WRONG_METHOD, headers={"Allow": ", ".join(sorted(methods))})
    return None


def _problem_of(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, TooManyTriesError):
        return ProblemError(Problem.TOO_MANY, headers=wait_until(error.until))
    found = next((problem for kind, problem in KNOWN if isinstance(error, kind)), Problem.BROKEN)
    if found is Problem.BROKEN:
        LOG.error("A request to the API failed.", exc_info=error)
    return ProblemError(found)


def broken(_request: HttpRequest) -> HttpResponse:
    """For an error before any view was reached."""
    error = sys.exception()
    is_away = isinstance(error, OperationalError | InterfaceError)
    return answer_problem(ProblemError(Problem.AWAY if is_away else Problem.BROKEN))


@login_not_required
@csrf_exempt
def missing(_request: HttpRequest) -> HttpResponse:
    """Whatever has no address here."""
    return answer_problem(ProblemError(Problem.MISSING))
