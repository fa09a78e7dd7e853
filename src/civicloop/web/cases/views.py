"""The page of a case, the steps taken on it, making a new one; one shape for the four kinds."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import may, require
from civicloop.apps.cases.actions.records import CaseRefusedError, StaleCaseError
from civicloop.apps.cases.queries import history_of, shown_version
from civicloop.apps.dispatch.queries.order_clocks import ClockShown
from civicloop.web.cases.mediations import COMMITTEE, MEDIATIONS
from civicloop.web.cases.meetings import BRING, MEETINGS
from civicloop.web.cases.offered import CaseForm, CaseKind, CaseStep, Who, version_of
from civicloop.web.cases.petitions import PETITIONS
from civicloop.web.cases.receptions import RECEPTIONS
from civicloop.web.dispatch.due_words import clock_words
from civicloop.web.history import HistoryEntry, history_words
from civicloop.web.requests import HtmxRequest, actor_of, seen_version_of

KINDS: Mapping[str, CaseKind] = {
    kind.address: kind for kind in (MEETINGS, RECEPTIONS, MEDIATIONS, PETITIONS)
}


class OfferedStep(NamedTuple):
    """A step on the page, its form and whether it stands open."""

    name: str
    offer: CaseStep
    form: CaseForm
    is_open: bool

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The answers that are buttons; none where one button takes the step."""
        if not self.offer.choice:
            return []
        field = cast("forms.ChoiceField", self.form.fields[self.offer.choice])
        return [(str(code), str(words)) for code, words in cast("Any", field.choices)]


class Changed(NamedTuple):
    """What others did while somebody wrote, and what was written."""

    history: list[HistoryEntry]
    kept: list[tuple[str, str]]


@require_safe
def page(request: HtmxRequest, kind: str, case_id: int) -> HttpResponse:
    return _page(request, KINDS[kind], _case_or_404(request, KINDS[kind], case_id))


@require_POST
def step(request: HtmxRequest, kind: str, case_id: int, name: str) -> HttpResponse:
    """Take a step; a form that cannot be taken is shown again with all that was written."""
    known = KINDS[kind]
    case = _case_or_404(request, known, case_id)
    if name not in known.steps:
        raise Http404
    user, offer = actor_of(request), known.steps[name]
    form = offer.form(request.POST, case=case, user=user)
    version, seen = version_of(case), seen_version_of(request)
    if seen != shown_version(case):
        return _changed(request, known, case, name, form, seen)
    if name not in known.offered(case, user):
        raise PermissionDenied
    if not form.is_valid():
        return _page(request, known, case, name, form)
    who = Who(case=case, actor=user, now=timezone.now(), seen_version=version)
    try:
        offer.take(form, who)
    except StaleCaseError:
        return _changed(request, known, _case_or_404(request, known, case_id), name, form, seen)
    except CaseRefusedError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, known, _case_or_404(request, known, case_id), name, form)
    messages.success(request, str(offer.done))
    is_visible = known.visible(user).filter(pk=case_id).exists()
    return redirect(f"cases:{kind}", case_id) if is_visible else redirect("cases:open_cases")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxRequest, kind: str) -> HttpResponse:
    """Make a case; `order` in the address names the work order it comes from."""
    known = KINDS[kind]
    require(request.user, known.may_make)
    return _make(request, known.new, f"cases:{kind}")


@require_http_methods(["GET", "HEAD", "POST"])
def new_committee(request: HtmxRequest) -> HttpResponse:
    require(request.user, MEDIATIONS.may_make)
    return _make(request, COMMITTEE, "")


@require_http_methods(["GET", "HEAD", "POST"])
def choose_meeting(request: HtmxRequest) -> HttpResponse:
    """Put a work order on the agenda of a meeting that is planned."""
    require(request.user, MEETINGS.may_make)
    return _make(request, BRING, "cases:meeting")


def _make(request: HtmxRequest, offer: CaseStep, address: str) -> HttpResponse:
    user = actor_of(request)
    if request.method != "POST":
        form = offer.form(case=None, user=user, initial={"order": request.GET.get("order", "")})
        return render(request, "cases/new.html", {"offer": offer, "form": form})
    form = offer.form(request.POST, case=None, user=user)
    if form.is_valid():
        who = Who(case=None, actor=user, now=timezone.now(), seen_version=None)
        try:
            made = cast("Any", offer.take(form, who))
        except CaseRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(offer.done))
            return redirect(address, made.pk) if address else redirect("cases:mediation_list")
    context = {"offer": offer, "form": form}
    return render(request, "cases/new.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _case_or_404(request: HtmxRequest, known: CaseKind, case_id: int) -> Any:  # noqa: ANN401
    """The case; one that the user may not see is as good as none."""
    if not any(may(request.user, action) for action in known.actions):
        raise PermissionDenied
    case = known.visible(actor_of(request)).filter(pk=case_id).first()
    if case is None:
        raise Http404
    return case


def _changed(
    request: HtmxRequest,
    known: CaseKind,
    case: Any,  # noqa: ANN401 -- one of the four kinds
    name: str,
    form: CaseForm,
    seen: int,
) -> HttpResponse:
    """Show what others did beside what was written; it stands in the form and can be sent again."""
    since = max(shown_version(case) - seen, 0)
    kept = [
        (str(field.label), request.POST.get(field.name, ""))
        for field in form.visible_fields()
        if request.POST.get(field.name)
    ]
    changed = Changed(history_words(history_of(case)[:since]), kept)
    return _page(request, known, case, name, form, changed)


def _page(
    request: HtmxRequest,
    known: CaseKind,
    case: Any,  # noqa: ANN401 -- one of the four kinds
    name: str = "",
    form: CaseForm | None = None,
    changed: Changed | None = None,
) -> HttpResponse:
    user, now = actor_of(request), timezone.now()
    facts = known.facts(case, user, now)
    clocks = cast("list[ClockShown]", facts.get("clocks_shown", []))
    context = {
        "case": case,
        "kind": known.address,
        "version": shown_version(case),
        "steps": _steps(known, case, user, name, form),
        "changed": changed,
        "history": history_words(history_of(case)),
        "clocks": [clock_words(shown) for shown in clocks],
        **facts,
    }
    status = HTTPStatus.OK if form is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(
        request, known.template, context, status=HTTPStatus.CONFLICT if changed else status
    )


def _steps(
    known: CaseKind,
    case: Any,  # noqa: ANN401 -- one of the four kinds
    user: User,
    name: str,
    form: CaseForm | None,
) -> list[OfferedStep]:
    """The steps that may be taken; the first and one that was refused stand open."""
    return [
        OfferedStep(
            name=each,
            offer=known.steps[each],
            form=form
            if form is not None and each == name
            else known.steps[each].form(case=case, user=user),
            is_open=place == 0 or each == name,
        )
        for place, each in enumerate(known.offered(case, user))
    ]
