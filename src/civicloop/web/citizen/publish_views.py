"""Staff decide what of an event everybody may see."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.public_cases import (
    NotPublishableError,
    publish_case,
    settle_case,
    withdraw_case,
)
from civicloop.apps.dispatch.actions.telling_followers import ways_to_followers
from civicloop.apps.dispatch.models import PublicCase, PublicState
from civicloop.apps.dispatch.queries.public_cases import public_cases
from civicloop.apps.issues.models import Event
from civicloop.apps.issues.shown import without_hidden_events
from civicloop.apps.places.queries import area_choices
from civicloop.web.requests import actor_of


class PublishForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("What everybody reads"),
        max_length=100,
        error_messages={"required": gettext_lazy("Write what everybody may read.")},
    )
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)

    def __init__(
        self, data: QueryDict | None = None, initial: dict[str, str] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.areas = {str(area.pk): area for area in area_choices()}
        self.fields["area"].choices = [("", _("no area"))] + [  # type: ignore[attr-defined]
            (key, area.name) for key, area in self.areas.items()
        ]


def case_list(request: HttpRequest) -> HttpResponse:
    """All that everybody can see now; also cases whose event has been merged into another."""
    require(request.user, Action.PUBLISH_CASES)
    cases = public_cases().order_by("-id")
    context = {"cases": cases, "are_followers_told": bool(ways_to_followers())}
    return render(request, "citizen/case_list.html", context)


def publish(request: HttpRequest, event_id: int) -> HttpResponse:
    """Write the public words, look at them as everybody will, then publish."""
    require(request.user, Action.PUBLISH_CASES)
    event = get_object_or_404(
        without_hidden_events(Event.objects.select_related("area")), pk=event_id
    )
    case = public_cases().filter(event=event).first()
    first = case or event
    form = PublishForm(
        request.POST or None,
        initial={"title": case.title if case else "", "area": str(first.area_id or "")},
    )
    if request.method == "POST" and form.is_valid():
        preview = PublicCase(
            event=event,
            title=form.cleaned_data["title"],
            area=form.areas.get(form.cleaned_data["area"]),
            follower_count=case.follower_count if case else 0,
            state=case.state if case else PublicState.HANDLED,
        )
        if "sure" in request.POST and _publish(request, event, form, preview):
            messages.success(request, _("Everybody can see it now."))
            return redirect("citizen:case_list")
    else:
        preview = None
    context = {"event": event, "case": case, "form": form, "preview": preview}
    return render(request, "citizen/publish.html", {**context})


def _publish(request: HttpRequest, event: Event, form: PublishForm, preview: PublicCase) -> bool:
    try:
        publish_case(
            event=event,
            title=preview.title,
            area=preview.area,
            actor=actor_of(request),
            now=timezone.now(),
        )
    except NotPublishableError as refused:
        form.add_error("title", str(refused))
        return False
    return True


@require_POST
def settle(request: HttpRequest, case_id: int) -> HttpResponse:
    require(request.user, Action.PUBLISH_CASES)
    case = get_object_or_404(public_cases(), pk=case_id)
    state = PublicState.SOLVED if request.POST.get("state") == "solved" else PublicState.HANDLED
    settle_case(case=case, state=state, actor=actor_of(request), now=timezone.now())
    return redirect("citizen:case_list")


@require_POST
def withdraw(request: HttpRequest, case_id: int) -> HttpResponse:
    require(request.user, Action.PUBLISH_CASES)
    case = get_object_or_404(public_cases(), pk=case_id)
    withdraw_case(case=case, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("It is no longer public."))
    return redirect("citizen:case_list")
