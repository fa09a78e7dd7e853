"""Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2), with its pages by `page` and `page_size`."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.api.appeals import take_in_once
from civicloop.api.clients import client_of, client_of_key
from civicloop.api.following import standing
from civicloop.api.open311 import services as of_city
from civicloop.api.open311.cases import find_cases, request_of, written_request
from civicloop.api.open311.formats import Value, answer
from civicloop.api.open311.sending import body_of, form_of, read_report
from civicloop.api.problems import Problem, ProblemError, headers_of
from civicloop.api.reading import key_of
from civicloop.api.views import api_view
from civicloop.apps.dispatch.actions.sending import Sending, Sent
from civicloop.apps.dispatch.queries.public_cases import public_case
from civicloop.apps.intake.emergencies import emergency_lines
from civicloop.apps.intake.models import ApiAction
from civicloop.apps.intake.queries.clients import sent_by
from civicloop.apps.intake.receipts import shown_code

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-26T00:00:00+08:00"
STATUS = {
    Problem.INVALID: 400,
    Problem.KEY_USED: 400,
    Problem.UNKNOWN_CLIENT: 403,
}  # where the specification names another than HTTP's own
CREATED = 201
REQUESTS = "service_requests"


def answer_errors(error: ProblemError, *, notation: str, **_options: object) -> HttpResponse:
    """The errors as the specification lists them, each with code and description."""
    problem = error.problem
    status = STATUS.get(problem, problem.status)
    said = [f"{fault.pointer}: {fault.words}" for fault in error.faults] or [str(problem.words)]
    errors: Value = [{"code": str(status), "description": words} for words in said]
    response = answer("errors", errors, notation, status)
    for name, value in headers_of(error).items():
        response[name] = value
    return response


@api_view({"GET": None}, answer=answer_errors)
def discovery(request: HttpRequest, notation: str) -> HttpResponse:
    """Where the services are."""
    address = reverse("api:open311:services", args=[notation])
    here = request.build_absolute_uri(address).rpartition("/")[0]
    endpoint: Value = {
        "specification": SPECIFICATION,
        "url": here,
        "changeset": CHANGED,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    said: Value = {
        "changeset": CHANGED,
        "contact": _("Call 12345 for a key."),
        "key_service": _("Call 12345 for a key."),
        "endpoints": [endpoint],
    }
    return answer("discovery", said, notation)


@api_view({"GET": None}, answer=answer_errors)
def services(_request: HttpRequest, notation: str) -> HttpResponse:
    return answer("services", of_city.all_services(), notation)


@api_view({"GET": None}, answer=answer_errors)
def definition(_request: HttpRequest, service_code: str, notation: str) -> HttpResponse:
    try:
        of_city.topic_of(service_code)
    except LookupError:
        raise ProblemError(Problem.MISSING) from None
    return answer("service_definition", of_city.definition_of(service_code), notation)


@api_view({"GET": None, "POST": ApiAction.SEND}, answer=answer_errors)
def requests(request: HttpRequest, notation: str) -> HttpResponse:
    """Send a report, or read the published cases."""
    if request.method == "POST":
        return _send(request, notation)
    cases = find_cases(request.GET, now=timezone.now())
    return answer(REQUESTS, [request_of(case) for case in cases], notation)


@api_view({"GET": None}, answer=answer_errors)
def one_request(request: HttpRequest, open_id: str, notation: str) -> HttpResponse:
    """A published case; or, with the key of the program that sent it, where a report stands."""
    case = public_case(open_id)
    said = request_of(case) if case else _own(request, open_id)
    return answer(REQUESTS, [said], notation)


def _own(request: HttpRequest, open_id: str) -> Value:
    if "Authorization" not in request.headers:
        raise ProblemError(Problem.MISSING)
    client = client_of(request, ApiAction.FOLLOW, now=timezone.now())
    sent = sent_by(client, open_id)
    if sent is None:
        raise ProblemError(Problem.MISSING)
    stands = standing(sent)
    return written_request(
        open_id=open_id,
        status=stands.status,
        status_notes=stands.answers[-1].text if stands.answers else "",
        topic=sent.appeal.topic,
        requested_at=sent.appeal.received_at,
        expected_at=stands.due_at,
    )


def _send(request: HttpRequest, notation: str) -> HttpResponse:
    """Take a report in; without an Idempotency-Key each try is a report of its own."""
    now, form = timezone.now(), form_of(request)
    client = client_of_key(form.get("api_key", ""), request, ApiAction.SEND, now=now)
    key = key_of(request) if "Idempotency-Key" in request.headers else ""
    sending = Sending(client=client, key=key, body=body_of(form))
    sent = take_in_once(sending, lambda: read_report(form), now=now)
    said: Value = {
        "service_request_id": sent.sent.open_id,
        "service_notice": _notice(sent, has_media="media_url" in form),
        "account_id": "",
    }
    return answer(REQUESTS, [said], notation, CREATED)


def _notice(sent: Sent, *, has_media: bool) -> str:
    """The receipt, and what the citizen should know at once."""
    said = [
        _("Number %(number)s, code %(code)s: with both it is followed on the hotline's site.")
        % {"number": sent.number, "code": shown_code(sent.code)}
    ]
    lines = emergency_lines(sent.sent.appeal.text)
    if lines:
        said.insert(0, _("In danger? Call %(lines)s at once.") % {"lines": ", ".join(lines)})
    if has_media:
        said.append(_("The picture was not fetched."))
    return " ".join(said)
