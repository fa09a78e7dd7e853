"""Programs of channels send appeals, once for each key, and ask where they stand."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from civicloop.api.clients import client_of, count_sending
from civicloop.api.problems import Problem, ProblemError
from civicloop.api.reading import body_of, key_of, read_appeal
from civicloop.api.views import api_view
from civicloop.apps.dispatch.actions.citizens import orders_of
from civicloop.apps.dispatch.actions.sending import (
    KeyUsedOtherwiseError,
    Sending,
    Sent,
    find_sent,
    take_in_sent,
)
from civicloop.apps.intake.emergencies import emergency_lines
from civicloop.apps.intake.models import ApiAction, SentAppeal
from civicloop.apps.intake.queries.clients import sent_by
from civicloop.apps.intake.receipts import shown_code

CREATED = 201
NOT_ASCII = {"ensure_ascii": False}


@api_view({"POST": ApiAction.SEND})
def appeals(request: HttpRequest) -> HttpResponse:
    """Take an appeal in; the same key and body again get the same receipt."""
    now = timezone.now()
    client = client_of(request, ApiAction.SEND, now=now)
    sending = Sending(client=client, key=key_of(request), body=body_of(request))
    try:
        sent = find_sent(sending)
        if sent is None:
            written = read_appeal(sending.body)
            count_sending(client, now=now)
            told = written.told(client.channel)
            sent = take_in_sent(sending=sending, told=told, contact=written.contact, now=now)
    except KeyUsedOtherwiseError:
        raise ProblemError(Problem.KEY_USED) from None
    return _receipt(sent)


def _receipt(sent: Sent) -> HttpResponse:
    appeal = sent.sent.appeal
    return JsonResponse(
        {
            "id": sent.sent.open_id,
            "number": sent.number,
            "code": shown_code(sent.code),
            "received_at": _written(appeal.received_at),
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
    sent = sent_by(client).filter(open_id=open_id).first()
    if sent is None:
        raise ProblemError(Problem.MISSING)
    return JsonResponse(standing(sent), json_dumps_params=NOT_ASCII)


def standing(sent: SentAppeal) -> Mapping[str, object]:
    """What the citizen may know of it, too."""
    orders = orders_of(sent.appeal)
    due = max((order.due_at for order in orders if order.due_at), default=None)
    answers = sorted((answer.at, answer.text) for order in orders for answer in order.answers.all())
    return {
        "id": sent.open_id,
        "number": sent.appeal.receipt.number,
        "status": "closed" if all(order.is_ended for order in orders) else "open",
        "received_at": _written(sent.appeal.received_at),
        "due_at": _written(due) if due else None,
        "answers": [{"at": _written(at), "text": text} for at, text in answers],
    }


def _written(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
