"""The page of one order, the steps taken on it, and what happens when two people take them at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.cases.queries import cases_of_order
from civicloop.apps.dispatch.actions.dividing import may_divide
from civicloop.apps.dispatch.actions.drafts import drop_draft, save_draft
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.actions.replying import (
    ReplyRefusedError,
    ReplyText,
    problems_of_words,
)
from civicloop.apps.dispatch.actions.splitting import may_split
from civicloop.apps.dispatch.guards import party_of
from civicloop.apps.dispatch.models import SheetFeedback, StepDraft, SupervisionSheet, WorkOrder
from civicloop.apps.dispatch.queries.offers import steps_offered
from civicloop.apps.dispatch.queries.order_page import (
    OrderDetails,
    find_order,
    order_details,
    waiting_reply,
)
from civicloop.apps.dispatch.queries.repeats import ToldBefore, told_before
from civicloop.apps.dispatch.queries.splitting import holds_both, problems_in
from civicloop.apps.dispatch.routing_words import why_here
from civicloop.apps.issues.reply_queries import check_words
from civicloop.web.dispatch.due_words import ClockWords, clock_words, due_words
from civicloop.web.dispatch.forms import ReplyForm
from civicloop.web.dispatch.offered import OrderStepForm, Who
from civicloop.web.dispatch.step_words import StepWords, step_words
from civicloop.web.dispatch.steps import STEPS, keep_picture
from civicloop.web.issues.reply_words import ReplyWords, words_of_check
from civicloop.web.requests import HtmxRequest, actor_of, seen_version_of

SEVERAL = "\x1f"  # between the answers to one question of which several may be ticked


class OfferedStep(NamedTuple):
    """A step on the page: how it is offered, its form and whether it stands open."""

    name: str
    offer: OrderStepForm
    form: forms.Form
    draft: StepDraft | None
    is_open: bool

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The answers that are buttons; none where one button takes the step."""
        if not self.offer.choice:
            return []
        field = cast("forms.ChoiceField", self.form.fields[self.offer.choice])
        return list(cast("Iterable[tuple[str, str]]", field.choices))


class OwnCheck(NamedTuple):
    """What the machine reads in a reply before it is sent, and what in it stands in the way."""

    reply: ReplyWords
    problems: list[str]


class Merge(NamedTuple):
    """What others did while somebody wrote, and what was written."""

    steps: list[StepWords]
    name: str
    kept: list[tuple[str, str]]
    is_still_offered: bool


def order_or_404(request: HtmxRequest, order_id: int) -> WorkOrder:
    """The order; one that the user may not see is as good as none."""
    require(request.user, Action.VIEW_ORDERS)
    order = find_order(order_id, actor_of(request))
    if order is None:
        raise Http404
    return order


@require_safe
def order(request: HtmxRequest, order_id: int) -> HttpResponse:
    return _page(request, order_or_404(request, order_id))


@require_POST
def step(request: HtmxRequest, order_id: int, name: str) -> HttpResponse:
    """Take a step; a form that cannot be taken is shown again with all that was written."""
    if name not in STEPS:
        raise Http404
    offer = STEPS[name]
    require(request.user, offer.action)
    found = order_or_404(request, order_id)
    form = offer.form(request.POST, request.FILES, auto_id=_ids_of(name), label_suffix="")
    if not form.is_valid():
        return _page(request, found, {name: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    who = Who(
        order_id=order_id,
        actor=actor_of(request),
        now=timezone.now(),
        seen_version=seen_version_of(request),
    )
    try:
        who = keep_picture(form.cleaned_data.get("picture"), who)
        offer.take(form, who)
    except StaleOrderError as stale:
        return _merge(request, name, form, stale)
    except StepRefusedError as refusal:
        _show_refusal(form, refusal)
        fresh = order_or_404(request, order_id)
        return _page(request, fresh, {name: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    drop_draft(order_id=order_id, step=name, actor=who.actor)
    messages.success(request, str(offer.done))
    is_visible = find_order(order_id, who.actor) is not None
    return redirect("dispatch:order", order_id) if is_visible else redirect("dispatch:inbox")


@sensitive_post_parameters()
@require_POST
def check(request: HtmxRequest, order_id: int, name: str) -> HttpResponse:
    """Read a reply that is still written: while somebody types, or by the button; keeps nothing."""
    if name not in STEPS or not STEPS[name].is_checked:
        raise Http404
    require(request.user, STEPS[name].action)
    found = order_or_404(request, order_id)
    form = cast("ReplyForm", STEPS[name].form(request.POST))
    form.is_valid()
    seen = _check_of_own_reply(found, form.reply(), actor_of(request))
    if request.htmx:
        return render(request, "dispatch/_own_check.html", {"check": seen, "check_id": name})
    written = written_answers(form, request.POST)
    return _page(
        request, found, {name: _form_with(name, written)}, own_check={name: seen} if seen else None
    )


def _check_of_own_reply(order: WorkOrder, reply: ReplyText, user: User) -> OwnCheck | None:
    """The check of words that nobody has been sent yet; None where there are none."""
    party, now = party_of(order, user), timezone.now()
    if party is None or not reply.text.strip():
        return None
    read, promises = check_words(order.appeal, reply.text, replied_at=now, problem=order.problem)
    problems = problems_of_words(party, reply, day=timezone.localdate(now))
    return OwnCheck(words_of_check(read, promises), [one.words for one in problems])


def _show_refusal(form: forms.Form, refusal: StepRefusedError) -> None:
    """Say at its field what a reply lacks, and above the form what else stands in the way."""
    if isinstance(refusal, ReplyRefusedError):
        for problem in refusal.problems:
            form.add_error(problem.field, problem.words)
    else:
        form.add_error(None, str(refusal))


def _merge(
    request: HtmxRequest, name: str, form: forms.Form, stale: StaleOrderError
) -> HttpResponse:
    """Show what others did beside what was written, which is kept as a draft and can be sent again."""
    found, user = order_or_404(request, stale.order.pk), actor_of(request)
    now = timezone.now()
    written = written_answers(form, request.POST)
    if STEPS[name].drafts:
        save_draft(order=found, step=name, answers=written, actor=user, now=now)
    kept = [
        (str(form[field].label), answer.replace(SEVERAL, ", "))
        for field, answer in written.items()
        if answer
    ]
    merge = Merge(
        steps=[step_words(one) for one in stale.steps],
        name=name,
        kept=kept,
        is_still_offered=name in steps_offered(order_details(found, user, now=now), user, now=now),
    )
    return _page(request, found, {name: form}, merge=merge, status=HTTPStatus.CONFLICT)


def written_answers(form: forms.Form, answers: QueryDict) -> dict[str, str]:
    """What was written into the boxes of a form, valid or not; no files, no pressed buttons."""
    fields = (
        field
        for field in form
        if not isinstance(field.field, forms.FileField) and not field.is_hidden
    )
    return {field.name: SEVERAL.join(answers.getlist(field.name)) for field in fields}


def _page(
    request: HtmxRequest,
    found: WorkOrder,
    bound: Mapping[str, forms.Form] | None = None,
    *,
    merge: Merge | None = None,
    own_check: Mapping[str, OwnCheck] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    user, now = actor_of(request), timezone.now()
    details = order_details(found, user, now=now)
    context = {
        "order": found,
        "details": details,
        "due": due_words(_due_at(details), now=now),
        "steps": _offered(details, user, bound or {}, now),
        "history": [step_words(one) for one in details.steps],
        "clocks": [clock_words(one) for one in details.clocks],
        "sheets": _sheets(details),
        "before": _told_before(found, user, now),
        "check": _check_of_waiting_reply(details, user),
        "own_check": own_check or {},
        "merge": merge,
        "cases": None if details.is_only_asked else cases_of_order(found, user),
        "why": None if details.is_only_asked else why_here(found),
        "refused": [] if merge else _refused(bound or {}),
        "split": _split(found, user),
        "divide": _divide(found, user),
    }
    return render(request, "dispatch/order.html", context, status=status)


def _told_before(order: WorkOrder, user: User, now: datetime) -> ToldBefore | None:
    """What the same citizen told before; only for the centre, which may merge the two."""
    if not may(user, Action.DISPATCH_ORDERS):
        return None
    return told_before([order], now=now).get(order.pk)


class ShownSheet(NamedTuple):
    """A sheet; the times of a leader's instruction and what the unit told of it."""

    sheet: SupervisionSheet
    clocks: list[ClockWords]
    feedback: list[SheetFeedback]


def _sheets(details: OrderDetails) -> list[ShownSheet]:
    shown = []
    for sheet in details.sheets:
        clocks, feedback = details.instructed.get(sheet.pk, ([], []))
        shown.append(ShownSheet(sheet, [clock_words(one) for one in clocks], feedback))
    return shown


def _split(order: WorkOrder, user: User) -> str:
    """Whether the message may be cut in two: "" no, "may", or "should" where it seems to be two."""
    if not may(user, Action.DISPATCH_ORDERS) or not may_split(order):
        return ""
    return "should" if holds_both(order.appeal.text) else "may"


def _divide(order: WorkOrder, user: User) -> str:
    """Whether a problem may get an order of its own: "" no, "may", or "should" where there are several."""
    if not may(user, Action.DISPATCH_ORDERS) or not may_divide(order):
        return ""
    return "should" if len(problems_in(order.words)) > 1 else "may"


def _refused(bound: Mapping[str, forms.Form]) -> list[tuple[str, str]]:
    """What stands in the way of a step, each with the place on the page where to mend it."""
    return [
        (form[field].auto_id if field in form.fields else f"step-{name}", words)
        for name, form in bound.items()
        for field, errors in form.errors.items()
        for words in map(str, errors)
    ]


def _due_at(details: OrderDetails) -> datetime | None:
    return details.own_party.due_at if details.own_party else details.order.due_at


def _offered(
    details: OrderDetails, user: User, bound: Mapping[str, forms.Form], now: datetime
) -> list[OfferedStep]:
    """The steps that may be taken; the next one and those that were refused stand open."""
    names = steps_offered(details, user, now=now)
    return [
        OfferedStep(
            name=name,
            offer=STEPS[name],
            form=bound.get(name) or _fresh_form(name, details),
            draft=details.drafts.get(name),
            is_open=place == 0 or name in bound or name in details.drafts,
        )
        for place, name in enumerate(names)
    ]


def _fresh_form(name: str, details: OrderDetails) -> forms.Form:
    draft, first = details.drafts.get(name), STEPS[name].initial
    return _form_with(name, draft.answers if draft else first(details.order) if first else {})


def _form_with(name: str, written: Mapping[str, Any]) -> forms.Form:
    """A step's form with what was written into it before; nothing of it is judged."""
    answers = {
        field: words.split(SEVERAL) if isinstance(words, str) and SEVERAL in words else words
        for field, words in written.items()
    }
    return STEPS[name].form(initial=answers, auto_id=_ids_of(name), label_suffix="")


def _ids_of(name: str) -> str:
    """Each step's boxes have names of their own on the page."""
    return f"{name}-%s"


def _check_of_waiting_reply(details: OrderDetails, user: User) -> ReplyWords | None:
    """What the machine reads in the reply that waits, for whoever may review it."""
    reply = waiting_reply(details)
    if reply is None or not may(user, Action.REVIEW_REPLIES):
        return None
    order = details.order
    check, promises = check_words(
        order.appeal, reply.text, replied_at=reply.at, problem=order.problem
    )
    return words_of_check(check, promises)
