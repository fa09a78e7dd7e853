"""What is said when something cannot be done: RFC 9457, in the language that was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from math import ceil

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 30


class Problem(Enum):
    """Every problem: its status, and the sentence that says what to do."""

    UNREADABLE = (400, _("The body is no JSON object in UTF-8."))
    NO_KEY = (400, _("Send an Idempotency-Key of 1 to 255 visible ASCII characters."))
    UNKNOWN_CLIENT = (401, _("Send a key that may do this: Authorization: Bearer KEY."))
    NOT_SECURE = (403, _("Use https. Have the key renewed: it went over the line in the clear."))
    MISSING = (404, _("There is nothing here."))
    WRONG_METHOD = (405, _("This address does not take that method."))
    TOO_LARGE = (413, _("Send less at once."))
    WRONG_MEDIA_TYPE = (415, _("Send the body as application/json."))
    WRONG_FORM = (415, _("Send the body as application/x-www-form-urlencoded, in UTF-8."))
    INVALID = (422, _("Some of what was sent cannot be taken. Mend it and send it again."))
    KEY_USED = (422, _("This Idempotency-Key was used before with another body."))
    TOO_MANY = (429, _("This is too much within an hour. Please wait."))
    BROKEN = (500, _("Something went wrong on our side. It was not kept."))
    AWAY = (503, _("The database is away for a moment. Nothing was kept; send it again later."))

    @property
    def status(self) -> int:
        return int(self.value[0])

    @property
    def words(self) -> Promise:
        return self.value[1]

    @property
    def code(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one part of what was sent."""

    pointer: str  # RFC 6901: which part
    words: str


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(
        self,
        problem: Problem,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem, self.faults, self.headers = problem, faults, dict(headers or {})


def wait_until(moment: datetime) -> dict[str, str]:
    """The header that says when to try again."""
    seconds = ceil((moment - timezone.now()).total_seconds())
    return {"Retry-After": str(max(1, seconds))}


def headers_of(error: ProblemError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store", "Content-Language": get_language() or ""}
    if error.problem is Problem.UNKNOWN_CLIENT:
        headers["WWW-Authenticate"] = "Bearer"
    if error.problem is Problem.AWAY:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return headers | error.headers


def answer_problem(error: ProblemError, **_options: object) -> HttpResponse:
    problem = error.problem
    body: dict[str, object] = {
        "type": f"/api/openapi.json#/components/responses/{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": str(problem.words),
    }
    if error.faults:
        body["errors"] = [
            {"pointer": fault.pointer, "detail": fault.words} for fault in error.faults
        ]
    return JsonResponse(
        body,
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=headers_of(error),
        json_dumps_params={"ensure_ascii": False},
    )
