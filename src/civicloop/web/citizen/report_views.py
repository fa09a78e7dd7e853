"""A report in three pages; what was written before travels in the form, nothing is kept on the way."""

from dataclasses import dataclass

from django import forms
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from civicloop.apps.dispatch.actions.registering import (
    FormChangedError,
    TakenIn,
    take_in,
    taken_before,
)
from civicloop.apps.dispatch.queries.public_cases import FEWEST_CHARACTERS, similar_public_cases
from civicloop.apps.dispatch.timing import answer_expected_at
from civicloop.apps.dispatch.told import told_by_citizen
from civicloop.apps.intake.actions.photos import PhotoRefusedError, read_photos
from civicloop.apps.intake.actions.registering import Form
from civicloop.apps.intake.actions.tallies import count_try, give_back_try
from civicloop.apps.intake.emergencies import emergency_lines
from civicloop.apps.intake.models import Kind, RecordedOn
from civicloop.apps.intake.receipts import body_hash_of, shown_code
from civicloop.apps.issues.guessing import Guess, guess
from civicloop.apps.knowledge.models import Audience
from civicloop.apps.knowledge.queries.suggesting import SuggestedArticle, suggest_articles
from civicloop.apps.vault.identities import ContactDetails
from civicloop.web.citizen.forms import MOST_CHARACTERS, CheckForm, WhatForm, WhereForm
from civicloop.web.citizen.pages import (
    FormError,
    address_of,
    citizen_page,
    errors_of,
    reports_from_an_address,
    send_again,
    sent_before,
)
from civicloop.web.citizen.reported import topic_chosen, topics_to_choose, web_channel
from civicloop.web.citizen.tokens import (
    UnusableTokenError,
    new_token,
    read_token,
    refuse_unless_timely,
)
from civicloop.web.errors import RETRY_SECONDS, UNAVAILABLE
from civicloop.web.requests import said_on, words_in

CHANGED = 422
ANSWERS_SHOWN = 3


@dataclass(slots=True)
class Asked:
    """The three pages as they came back; a page not reached yet is empty."""

    request: HttpRequest
    what: WhatForm
    where: WhereForm
    check: CheckForm
    token: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        posted = request.POST
        token = posted.get("token", "") or new_token(timezone.now())
        check = CheckForm(posted, request.FILES)
        return cls(request, WhatForm(posted), WhereForm(posted), check, token)

    def carried(self, shown: forms.Form) -> list[tuple[str, str]]:
        """What the other pages hold, for hidden fields."""
        forms_ = [self.what, self.where, self.check]
        names = [name for form in forms_ if form is not shown for name in form.fields]
        kept = [(name, self.request.POST.get(name, "")) for name in names]
        return [("token", self.token), *((name, value) for name, value in kept if value)]


@citizen_page
def what(request: HttpRequest) -> HttpResponse:
    """Page 1: what happened."""
    asked = Asked.of(request)
    if request.method != "POST" or "back" in request.POST:
        return _what_page(asked, is_new=True)
    return _refuse_what(asked) or _where_page(asked, is_new=True)


def _refuse_what(asked: Asked) -> HttpResponse | None:
    """Page 1 again where it lacks something; before all else the way to who helps at once."""
    if not asked.what.is_valid():
        return _what_page(asked)
    lines = emergency_lines(asked.what.cleaned_data["text"])
    if lines and not asked.what.cleaned_data["knows_emergency"]:
        carried = [(name, value) for name, value in asked.carried(asked.where)]
        return render(
            asked.request,
            "citizen/emergency.html",
            {"lines": lines, "carried": [pair for pair in carried if pair[0] != "knows_emergency"]},
        )
    return None


@citizen_page
def where(request: HttpRequest) -> HttpResponse:
    """Page 2: where."""
    if request.method != "POST":
        return redirect("citizen:what")
    asked = Asked.of(request)
    refused = _refuse_what(asked)
    if refused:
        return refused
    if "back" in request.POST:
        return _where_page(asked, is_new=True)
    if not asked.where.is_valid():
        return _where_page(asked)
    return _check_page(asked, is_new=True)


@citizen_page
def check(request: HttpRequest) -> HttpResponse:
    """Page 3: look at it once more and send it."""
    if request.method != "POST":
        return redirect("citizen:what")
    asked = Asked.of(request)
    refused = _refuse_what(asked)
    if refused:
        return refused
    if not asked.where.is_valid():
        return _where_page(asked)
    return _sent_page(asked) if asked.check.is_valid() else _check_page(asked)


def _sent_page(asked: Asked) -> HttpResponse:
    """The receipt, or page 3 again with all that was written; never a receipt for what is not kept."""
    try:
        taken = _send(asked)
    except UnusableTokenError:
        asked.token = new_token(timezone.now())
        return _check_page(asked, also=[send_again()])
    except FormChangedError as error:
        return _check_page(asked, also=[sent_before(str(error))], status=CHANGED)
    except PhotoRefusedError as error:
        return _check_page(asked, also=[FormError("id_photos", str(error))])
    except DatabaseError:
        failed = _("It was not sent. Your words are kept here. Please send it again.")
        return _check_page(asked, also=[FormError("", failed)], status=UNAVAILABLE)
    return render(
        asked.request,
        "citizen/receipt.html",
        {
            "order": taken.order,
            "expected_at": answer_expected_at(taken.order, now=timezone.now()),
            "receipt": taken.receipt,
            "code": shown_code(taken.code),
        },
    )


def _send(asked: Asked) -> TakenIn:
    """A form that is kept already gives its receipt, however late and often it comes again."""
    form = Form(
        token=read_token(asked.token),
        body_hash=body_hash_of(said_on(asked.request.POST)),
        recorded_on=RecordedOn.WEB,
        actor=None,
    )
    return taken_before(form) or _take_in(asked, form)


def _take_in(asked: Asked, form: Form) -> TakenIn:
    now = timezone.now()
    refuse_unless_timely(asked.token, now=now)
    limit, address = reports_from_an_address(), address_of(asked.request)
    count_try(limit=limit, whom=address, now=now)
    said = asked.check.cleaned_data
    photos = read_photos(said["photos"])
    taken = take_in(
        told=told_by_citizen(
            text=asked.what.cleaned_data["text"],
            channel=web_channel(now),
            area=asked.where.area_chosen(),
            address=asked.where.cleaned_data["address"],
            topic=topic_chosen(said["topic"]),
            respondent=said["respondent"],
            is_confidential=said["is_confidential"],
        ),
        contact=ContactDetails(
            name=said["name"], phone=said["phone"], preference=said["preference"]
        ),
        form=form,
        now=now,
        photos=photos,
    )
    if not taken.is_new:  # of two at once the second
        give_back_try(limit=limit, whom=address)
    return taken


@require_POST
@citizen_page
def similar(request: HttpRequest) -> HttpResponse:
    """Published cases like what is being written and articles that may answer it, for page 1."""
    return render(request, "citizen/_known.html", _known(words_in(request, "text")))


def _known(text: str) -> dict[str, object]:
    """What the city knows already of what is written: published cases and public articles."""
    written = text[:MOST_CHARACTERS]
    return {"cases": similar_public_cases(written), "answers": _answers(written)}


def _answers(written: str) -> list[SuggestedArticle]:
    if len(written.strip()) < FEWEST_CHARACTERS:
        return []
    return suggest_articles(
        written, day=timezone.localdate(), audience=Audience.PUBLIC, size=ANSWERS_SHOWN
    )


def _what_page(asked: Asked, *, is_new: bool = False) -> HttpResponse:
    form = WhatForm(initial=asked.request.POST.dict()) if is_new else asked.what
    return render(
        asked.request,
        "citizen/what.html",
        {
            "form": form,
            "errors": errors_of(form),
            "carried": asked.carried(asked.what),
            "most": MOST_CHARACTERS,
        },
    )


def _where_page(asked: Asked, *, is_new: bool = False) -> HttpResponse:
    form = WhereForm(initial=asked.request.POST.dict()) if is_new else asked.where
    return render(
        asked.request,
        "citizen/where.html",
        {
            "form": form,
            "errors": errors_of(form),
            "carried": asked.carried(asked.where),
            **_known(asked.what.cleaned_data["text"]),
        },
    )


def _check_page(
    asked: Asked, *, is_new: bool = False, also: list[FormError] | None = None, status: int = 200
) -> HttpResponse:
    guessed = guess(asked.what.cleaned_data["text"]) if status != UNAVAILABLE else None
    first = {"is_confidential": bool(guessed and guessed.kind == Kind.REPORT)}
    form = CheckForm(initial={**first, **asked.request.POST.dict()}) if is_new else asked.check
    answer = render(
        asked.request,
        "citizen/check.html",
        {
            "form": form,
            "errors": [*errors_of(form), *(also or [])],
            "carried": asked.carried(asked.check),
            "text": asked.what.cleaned_data["text"],
            "area": asked.where.area_chosen(),
            "address": asked.where.cleaned_data["address"],
            **_guessed(guessed),
        },
        status=status,
    )
    if status == UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _guessed(guessed: Guess | None) -> dict[str, object]:
    if guessed is None:
        return {"guess": None, "topics": []}
    return {"guess": guessed, "topics": topics_to_choose(guessed.topic)}
