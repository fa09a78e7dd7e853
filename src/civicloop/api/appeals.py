"""Programs of channels send appeals, once for each key, and ask where they stand."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from civicloop.api.clients import client_of, count_sending, give_back_sending
from civicloop.api.following import NOT_ASCII, page_of, told_if_changed, written_standing
from civicloop.api.problems import Problem, ProblemError
from civicloop.api.reading import Written, body_of, key_of, read_appeal
from civicloop.api.views import api_view
from civicloop.api.writing import written_moment
from civicloop.apps.dispatch.actions.sending import (
    KeyUsedOtherwiseError,
    Sending,
    Sent,
    find_sent,
    take_in_sent,
)
from civicloop.apps.intake.emergencies import emergency_lines
from civicloop.apps.intake.models import ApiAction
from civicloop.apps.intake.queries.clients import sent_by
from civicloop.apps.intake.receipts import shown_code

CREATED = 201


@api_view({"GET": ApiAction.FOLLOW, "POST": ApiAction.SEND})
def appeals(request: HttpRequest) -> HttpResponse:
    """What the program sent, page by page; or take an appeal in, once for each key and body."""
    now = timezone.now()
    if request.method != "POST":
        client = client_of(request, ApiAction.FOLLOW, now=now)
        return told_if_changed(request, page_of(client, request.GET.dict()))
    client = client_of(request, ApiAction.SEND, now=now)
    sending = Sending(client=client, key=key_of(request), body=body_of(request))
    return _receipt(take_in_once(sending, lambda: read_appeal(sending.body), now=now))


def take_in_once(sending: Sending, read: Callable[[], Written], *, now: datetime) -> Sent:
    """What came of an earlier try, or of this one, which is then read and counted.

    Raises:
        ProblemError: it cannot be taken, or the key was used with another body.
        TooManyTriesError: the program sent too many within the hour.
    """
    client = sending.client
    try:
        known = find_sent(sending)
        if known:
            return known
        written = read()
        count_sending(client, now=now)
        sent = take_in_sent(
            sending=sending, told=written.told(client.channel), contact=written.contact, now=now
        )
    except KeyUsedOtherwiseError:
        raise ProblemError(Problem.KEY_USED) from None
    if not sent.is_new:  # of two tries at once the second
        give_back_sending(client)
    return sent


def _receipt(sent: Sent) -> HttpResponse:
    appeal = sent.sent.appeal
    return JsonResponse(
        {
            "id": sent.sent.open_id,
            "number": sent.number,
            "code": shown_code(sent.code),
            "received_at": written_moment(appeal.received_at),
            "emergency_lines": emergency_lines(appeal.text),
        },
        status=CREATED,
        headers={"Location": reverse("api:appeal", args=[sent.sent.open_id])},
        json_dumps_params=NOT_ASCII,
    )


@api_view({"GET": ApiAction.FOLLOW})
def appeal(request: HttpRequest, open_id: str) -> HttpResponse:
    """Where an appeal stands; one that another program sent is as one that is not there."""
    client = client_of(request, ApiAction.FOLLOW, now=timezone.now())
    sent = sent_by(client, open_id)
    if sent is None:
        raise ProblemError(Problem.MISSING)
    return told_if_changed(request, written_standing(sent))
