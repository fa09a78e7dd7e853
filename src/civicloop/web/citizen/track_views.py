"""With number and code a citizen sees where the own appeal stands, and acts on it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.dispatch.actions.citizens import (
    add_information,
    rate_answer,
    reopen_appeal,
    withdraw_appeal,
)
from civicloop.apps.dispatch.actions.dividing import MOST_PARTS
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.models import Resolved
from civicloop.apps.intake.actions.receipts import WrongReceiptError, open_receipt
from civicloop.apps.intake.models import Appeal
from civicloop.web.citizen.forms import RateForm, TrackForm, WithdrawForm, WordsForm
from civicloop.web.citizen.pages import FormError, address_of, citizen_page, errors_of
from civicloop.web.citizen.timeline import Unrated, followed

PARTS = frozenset(map(str, range(1, MOST_PARTS + 1)))
Act = Callable[[Appeal, forms.Form, datetime], None]


def _add(appeal: Appeal, form: forms.Form, now: datetime) -> None:
    add_information(appeal=appeal, text=form.cleaned_data["words"], now=now)


def _reopen(appeal: Appeal, form: forms.Form, now: datetime) -> None:
    reopen_appeal(appeal=appeal, new_fact=form.cleaned_data["words"], now=now)


def _withdraw(appeal: Appeal, _form: forms.Form, now: datetime) -> None:
    withdraw_appeal(appeal=appeal, why="", now=now)


def _rate(appeal: Appeal, form: forms.Form, now: datetime) -> None:
    said = form.cleaned_data
    rate_answer(
        appeal=appeal,
        resolved=Resolved(said["resolved"]),
        satisfaction=said["satisfaction"],
        attitude=said["attitude"],
        note=said["note"],
        now=now,
        part=said["part"],
    )


FORMS: Mapping[str, type[forms.Form]] = {
    "add": WordsForm,
    "reopen": WordsForm,
    "withdraw": WithdrawForm,
    "rate": RateForm,
}
ACTS: Mapping[str, Act] = {
    "add": _add,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "rate": _rate,
}
DONE: Mapping[str, Promise] = {
    "add": gettext_lazy("Your words have been added."),
    "reopen": gettext_lazy("It will be looked at again."),
    "withdraw": gettext_lazy("You have taken it back."),
    "rate": gettext_lazy("Thank you. What you said is kept."),
}


@citizen_page
def track(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _ask(request, TrackForm(), [])
    asked = TrackForm(request.POST)
    if not asked.is_valid():
        return _ask(request, asked, errors_of(asked))
    now = timezone.now()
    try:
        appeal = open_receipt(
            number=asked.cleaned_data["number"],
            code=asked.cleaned_data["code"],
            address=address_of(request),
            now=now,
        )
    except WrongReceiptError:
        wrong = _("Number and code do not belong together. Please look at your receipt.")
        return _ask(request, asked, [FormError("id_number", wrong)])
    return _show(request, asked, appeal, now)


def _ask(request: HttpRequest, form: TrackForm, errors: list[FormError]) -> HttpResponse:
    return render(request, "citizen/track.html", {"form": form, "errors": errors})


def _show(request: HttpRequest, asked: TrackForm, appeal: Appeal, now: datetime) -> HttpResponse:
    do = request.POST.get("do", "")
    boxes = {name: form(auto_id=f"{name}-%s") for name, form in FORMS.items() if name != "rate"}
    errors: list[FormError] = []
    done: str | Promise = ""
    if do in FORMS:
        sent = boxes[do] = FORMS[do](request.POST, auto_id=f"{do}{_part_of(request)}-%s")
        errors = errors_of(sent) or _act(do, appeal, sent, now)
        done = "" if errors else DONE[do]
        if not errors:
            boxes[do] = FORMS[do](auto_id=f"{do}-%s")
    shown = followed(appeal, now=now)
    return render(
        request,
        "citizen/tracked.html",
        {
            "asked": asked.cleaned_data,
            "shown": shown,
            "boxes": boxes,
            "rated": _rate_forms(shown.unrated, boxes.get("rate")),
            "errors": errors,
            "done": done,
        },
    )


def _part_of(request: HttpRequest) -> str:
    """The part of a divided appeal that is rated, as it stands in the ids of the fields."""
    part = request.POST.get("part", "")
    return part if part in PARTS else ""


def _rate_forms(
    unrated: Sequence[Unrated], sent: forms.Form | None
) -> list[tuple[Unrated, forms.Form]]:
    """The questions about each answer that is not rated yet; one that was sent keeps what it said."""
    asked = []
    for one in unrated:
        part = f"{one.part}" if one.about else ""
        is_sent = sent is not None and sent.is_bound and (sent.data.get("part") or "") == part
        fresh = RateForm(auto_id=f"rate{part}-%s", initial={"part": part})
        asked.append((one, sent if is_sent and sent else fresh))
    return asked


def _act(do: str, appeal: Appeal, sent: forms.Form, now: datetime) -> list[FormError]:
    try:
        ACTS[do](appeal, sent, now)
    except StepRefusedError as refused:
        return [FormError("", str(refused))]
    return []
