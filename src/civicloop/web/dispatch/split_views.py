"""Cut the complaint out of a message that also reports a wrong."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.actions.splitting import Cut, may_split, split_off_complaint
from civicloop.apps.dispatch.queries.splitting import complaint_in
from civicloop.apps.places.models import Unit
from civicloop.web.dispatch.order_views import order_or_404
from civicloop.web.requests import HtmxRequest, actor_of, seen_version_of

MOST_CHARACTERS = 10_000


class SplitForm(forms.Form):
    """What goes its own way, and whom the report accuses."""

    complaint = forms.CharField(
        label=_("The words of the complaint alone"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea({"rows": 6}),
    )
    accused = forms.CharField(
        label=_("Whom the report accuses"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"list": "units", "autocomplete": "off"}),
    )

    def cut(self) -> Cut:
        """The form must be valid."""
        accused = " ".join(self.cleaned_data["accused"].split())
        unit = Unit.objects.filter(name=accused).first() if accused else None
        complaint = self.cleaned_data["complaint"].replace("\0", "")
        return Cut(complaint=complaint, accused=unit, accused_name="" if unit else accused)


@require_http_methods(["GET", "POST"])
def split(request: HtmxRequest, order_id: int) -> HttpResponse:
    require(request.user, Action.DISPATCH_ORDERS)
    order = order_or_404(request, order_id)
    if not may_split(order):
        raise Http404
    initial: dict[str, Any] = {
        "complaint": complaint_in(order.appeal.text),
        "accused": order.respondent_unit.name if order.respondent_unit else order.respondent_name,
    }
    form = SplitForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            part = split_off_complaint(
                order_id=order.pk,
                cut=form.cut(),
                seen_version=seen_version_of(request),
                actor=actor_of(request),
                now=timezone.now(),
            )
        except (StepRefusedError, StaleOrderError) as error:
            form.add_error(None, str(error))
        else:
            return redirect("dispatch:order", part.pk)
    context = {"order": order, "form": form, "units": Unit.objects.order_by("name")}
    return render(request, "dispatch/split.html", context)
