"""The operator's one screen: written while the citizen talks, suggested beside it, saved at the end."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.desk import (
    drop_desk_draft,
    open_desk_draft,
    park_call,
    parked_calls,
    resume_call,
    save_desk_draft,
    take_down,
)
from civicloop.apps.dispatch.actions.registering import FormChangedError, TakenIn
from civicloop.apps.dispatch.at_hand import AtHand, at_hand
from civicloop.apps.dispatch.models import ParkedCall
from civicloop.apps.dispatch.queries.desk import Earlier, Suggested, earlier_of, suggest_at_desk
from civicloop.apps.dispatch.routing_words import WhyHere, why_here
from civicloop.apps.intake.emergencies import EmergencyLine
from civicloop.apps.intake.models import Appeal, Element
from civicloop.apps.intake.receipts import body_hash_of, shown_code
from civicloop.apps.issues.likeness import LikeAppeal
from civicloop.web.desk.forms import CallForm, empty_fields, options_of
from civicloop.web.issues.words import ReasonWords, reason_words
from civicloop.web.requests import HtmxRequest, actor_of, said_on

QUESTIONS: Mapping[Element, Promise] = {
    Element.WHO: gettext_lazy(
        "May I have your name and number, so that we can tell you the result?"
    ),
    Element.WHEN: gettext_lazy("When did it happen? Does it still go on?"),
    Element.WHERE: gettext_lazy("Where is it exactly: which road, which estate, near what?"),
    Element.CAUSE: gettext_lazy("What is the matter, and who caused it?"),
    Element.COURSE: gettext_lazy("How did it come about? Have you turned to anybody before?"),
}
LINE_NAMES: Mapping[str, Promise] = {
    EmergencyLine.POLICE: gettext_lazy("110 police"),
    EmergencyLine.FIRE: gettext_lazy("119 fire brigade"),
    EmergencyLine.AMBULANCE: gettext_lazy("120 ambulance"),
    EmergencyLine.TRAFFIC: gettext_lazy("122 traffic police"),
}
LOOKS_ONLY = {"look_up", "take_topic", "take_repeats"}  # buttons that save nothing
STAY = "stay"  # saved, and the operator ends it: answered, refused or put through


class Alike(NamedTuple):
    """An appeal like the one being told, with the weightiest reason."""

    like: LikeAppeal
    reason: ReasonWords | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside the form, in words."""

    suggested: Suggested
    earlier: Earlier
    alike: Sequence[Alike]
    elements: Sequence[tuple[str, bool]]
    questions: Sequence[Promise]
    lines: Sequence[tuple[str, Promise, bool]]  # number, name, called for
    repeats: Appeal | None  # of which matter it is, as the operator says


def beside(form: CallForm, *, now: datetime) -> Beside:
    """What is suggested for what is written so far; what is written wrongly is passed over."""
    form.is_valid()
    heard = form.heard()
    suggested = suggest_at_desk(heard, now=now)
    return Beside(
        suggested=suggested,
        earlier=earlier_of(heard.caller_key),
        alike=[Alike(like, next(iter(_reasons(like)), None)) for like in suggested.alike],
        elements=[(str(one.label), one in suggested.known) for one in Element],
        questions=[QUESTIONS[one] for one in suggested.missing] if heard.text else [],
        lines=[(line, name, line in suggested.lines) for line, name in LINE_NAMES.items()]
        if suggested.lines
        else [],
        repeats=form.cleaned_data.get("repeats"),
    )


def _reasons(like: LikeAppeal) -> list[ReasonWords]:
    told = reason_words([(one.code, one.detail, one.weight) for one in like.reasons])
    return [reason for reason in told if reason.speaks_for == like.is_one_matter] or told


@sensitive_post_parameters()
@sensitive_variables()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxRequest) -> HttpResponse:
    """An empty form, or the draft; a look without JavaScript; or the call is saved."""
    require(request.user, Action.REGISTER_APPEAL)
    now = timezone.now()
    lists = at_hand(now=now)
    if request.method != "POST":
        kept = open_desk_draft(actor_of(request))
        return _page(request, lists, CallForm(lists=lists, initial=kept) if kept else None)
    token = request.POST.get("token", "")
    if request.POST.keys() & LOOKS_ONLY:
        return _looked_up(request, lists, token, now)
    form = CallForm(request.POST, lists=lists)
    if not (form.is_valid() and token):
        return _refused(request, lists, form, token, now)
    return _saved_page(request, lists, form, token, now)


def _saved_page(
    request: HtmxRequest, lists: AtHand, form: CallForm, token: str, now: datetime
) -> HttpResponse:
    """The call is kept, and an empty form for the next one; or the order, where it is ended here."""
    is_passed_on = request.POST.get("after") != STAY
    body_hash = body_hash_of(said_on(request.POST))
    call = form.call(token=token, body_hash=body_hash, is_passed_on=is_passed_on)
    try:
        taken = take_down(call=call, actor=actor_of(request), now=now)
    except FormChangedError as error:
        words = _("This call is saved already, as order %(number)s: change it there.")
        form.add_error("text", words % {"number": error})
        return _refused(request, lists, form, token, now)
    if not is_passed_on:
        return redirect("dispatch:order", taken.order.pk)
    return _page(request, lists, taken=taken)


def _refused(
    request: HtmxRequest, lists: AtHand, form: CallForm, token: str, now: datetime
) -> HttpResponse:
    """The page again, with all that was written and what is wrong with it."""
    shown = beside(form, now=now)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(request, lists, form, token=token, shown=shown, status=status)


def _looked_up(request: HtmxRequest, lists: AtHand, token: str, now: datetime) -> HttpResponse:
    """The page again with what is suggested, where no script asks for it."""
    written = request.POST.copy()
    for name in ("topic", "repeats"):
        if f"take_{name}" in written:
            written[name] = request.POST.get(f"take_{name}", "")
    shown = beside(CallForm(written, lists=lists), now=now)
    form = CallForm(lists=lists, initial=_answers(written))
    return _page(request, lists, form, token=token, shown=shown)


@sensitive_post_parameters()
@never_cache
@require_POST
def suggest(request: HtmxRequest) -> HttpResponse:
    """What stands beside the form; asked while somebody types, writes nothing."""
    require(request.user, Action.REGISTER_APPEAL)
    now = timezone.now()
    form = CallForm(request.POST, lists=at_hand(now=now))
    return render(request, "desk/_suggest.html", {"shown": beside(form, now=now), "is_part": True})


@sensitive_post_parameters()
@never_cache
@require_POST
def draft(request: HtmxRequest) -> HttpResponse:
    """Keep what is written so far, sealed."""
    require(request.user, Action.REGISTER_APPEAL)
    kept = save_desk_draft(
        answers=_answers(request.POST), actor=actor_of(request), now=timezone.now()
    )
    return render(request, "dispatch/_draft_state.html", {"draft": kept})


@require_POST
def drop(request: HtmxRequest) -> HttpResponse:
    """The call came to nothing: an empty form."""
    require(request.user, Action.REGISTER_APPEAL)
    drop_desk_draft(actor=actor_of(request))
    return redirect("desk:new")


@sensitive_post_parameters()
@require_POST
def park(request: HtmxRequest) -> HttpResponse:
    """Lay the call aside: an empty form, and the call in the list of those parked."""
    require(request.user, Action.REGISTER_APPEAL)
    park_call(answers=_answers(request.POST), actor=actor_of(request), now=timezone.now())
    return redirect("desk:new")


@require_POST
def resume(request: HtmxRequest, parked_id: int) -> HttpResponse:
    """Take a parked call up again."""
    require(request.user, Action.REGISTER_APPEAL)
    actor = actor_of(request)
    parked = get_object_or_404(ParkedCall, pk=parked_id, user=actor)
    resume_call(parked=parked, actor=actor, now=timezone.now())
    return redirect("desk:new")


def _answers(written: QueryDict) -> dict[str, str]:
    return {name: written.get(name, "") for name in CallForm.base_fields if written.get(name)}


def _page(
    request: HtmxRequest,
    lists: AtHand,
    form: CallForm | None = None,
    *,
    token: str = "",
    shown: Beside | None = None,
    taken: TakenIn | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "form": form,
        "empty_fields": None if form else empty_fields(lists, get_language()),
        "token": token or secrets.token_urlsafe(16),
        "options": options_of(lists),
        "shown": shown,
        "saved": _saved(taken, lists) if taken else None,
        "has_channels": bool(lists.channels),
        "parked": parked_calls(actor_of(request)),
        "kept_days": settings.CALLS_KEPT_DAYS,
    }
    return render(request, "desk/new.html", context, status=status)


class Saved(NamedTuple):
    """What the operator reads to the citizen, and what may be done next."""

    taken: TakenIn
    code: str
    why: WhyHere | None
    address: str


def _saved(taken: TakenIn, lists: AtHand) -> Saved:
    order = taken.order
    why = why_here(order, lists.city_units.names) if order.lead_unit_id is None else None
    return Saved(taken, shown_code(taken.code), why, reverse("dispatch:order", args=[order.pk]))
