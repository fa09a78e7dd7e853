"""Where appeals stand that a program sent: one of them, or page by page, and only what changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.urls import reverse
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _

from civicloop.api.problems import Fault, Problem, ProblemError
from civicloop.api.writing import written_moment
from civicloop.apps.dispatch.models import CitizenAnswer
from civicloop.apps.intake.models import ApiClient, SentAppeal
from civicloop.apps.intake.queries.clients import all_sent_by, sent_by

USUAL_PAGE, LONGEST_PAGE = 50, 100
NUMBER = re.compile(r"[0-9]{1,9}")
NOT_ASCII = {"ensure_ascii": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the citizen may know of an appeal, too."""

    status: str  # open or closed
    due_at: datetime | None
    answers: Sequence[CitizenAnswer]  # oldest first


def standing(sent: SentAppeal) -> Standing:
    orders = sent.appeal.orders.all()
    answers = [answer for order in orders for answer in order.answers.all()]
    return Standing(
        status="closed" if all(order.is_ended for order in orders) else "open",
        due_at=max((due_at for order in orders if (due_at := order.answer_due_at)), default=None),
        answers=sorted(answers, key=lambda answer: answer.at),
    )


def written_standing(sent: SentAppeal) -> Mapping[str, object]:
    stands = standing(sent)
    return {
        "id": sent.open_id,
        "number": sent.appeal.receipt.number,
        "status": stands.status,
        "received_at": written_moment(sent.appeal.received_at),
        "due_at": written_moment(stands.due_at) if stands.due_at else None,
        "answers": [{"at": written_moment(one.at), "text": one.text} for one in stands.answers],
    }


def page_of(client: ApiClient, asked: Mapping[str, str]) -> Mapping[str, object]:
    """A page of what the program sent, the newest first, and the address of the next.

    Raises:
        ProblemError: there are no pages of this length, or none behind this appeal.
    """
    length = _length(asked.get("limit", ""))
    found = all_sent_by(client)
    if asked.get("cursor"):
        last = sent_by(client, asked["cursor"])
        if last is None:
            raise _fault("cursor", _("This is none of those known here."))
        found = found.filter(pk__lt=last.pk)
    page = list(found.prefetch_related("appeal__orders__answers")[: length + 1])
    shown = page[:length]
    query = urlencode({"cursor": shown[-1].open_id, "limit": length}) if len(page) > length else ""
    return {
        "appeals": [written_standing(sent) for sent in shown],
        "next": f"{reverse('api:appeals')}?{query}" if query else None,
    }


def _length(written: str) -> int:
    if not written:
        return USUAL_PAGE
    if not NUMBER.fullmatch(written) or not 1 <= int(written) <= LONGEST_PAGE:
        words = _("Send a whole number from 1 to %(most)s.") % {"most": LONGEST_PAGE}
        raise _fault("limit", words)
    return int(written)


def _fault(name: str, words: str) -> ProblemError:
    return ProblemError(Problem.INVALID, faults=[Fault(pointer=f"/{name}", words=words)])


def told_if_changed(request: HttpRequest, said: Mapping[str, object]) -> HttpResponse:
    """The answer with its mark; without a body for who has this one already."""
    response: HttpResponse = JsonResponse(said, json_dumps_params=NOT_ASCII)
    mark = quote_etag(sha256(response.content).hexdigest()[:32])
    known = [
        each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))
    ]
    if mark in known or "*" in known:
        response = HttpResponseNotModified()
    response.headers["ETag"] = mark
    return response
