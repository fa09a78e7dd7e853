"""Give one of an appeal's several problems an order of its own."""

from collections.abc import Mapping

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.dividing import Division, divide_order, may_divide
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.at_hand import AtHand, at_hand
from civicloop.apps.dispatch.queries.splitting import problems_in
from civicloop.web.desk.forms import ListedField, options_of
from civicloop.web.dispatch.order_views import order_or_404
from civicloop.web.requests import HtmxRequest, actor_of, seen_version_of

MOST_CHARACTERS = 10_000


class DivideForm(forms.Form):
    """The problem that goes its own way, and what stays with the order."""

    problem = forms.CharField(
        label=_("The problem that gets an order of its own"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea({"rows": 4}),
    )
    topic = ListedField(_("Topic of this problem"), list_name="topics")
    rest = forms.CharField(
        label=_("What stays with this order"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(
        self, data: Mapping[str, object] | None, *, lists: AtHand, initial: Mapping[str, object]
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["topic"].known = lists.topics  # type: ignore[attr-defined]
        self.fields["topic"].help_text = _("Left empty, it is read in the words.")

    def division(self) -> Division:
        """The form must be valid."""
        said = self.cleaned_data
        return Division(
            problem=said["problem"].replace("\0", ""),
            rest=said["rest"].replace("\0", ""),
            topic=said["topic"],
        )


@require_http_methods(["GET", "POST"])
def divide(request: HtmxRequest, order_id: int) -> HttpResponse:
    require(request.user, Action.DISPATCH_ORDERS)
    order = order_or_404(request, order_id)
    if not may_divide(order):
        raise Http404
    now = timezone.now()
    lists, problems = at_hand(now=now), problems_in(order.words)
    initial = {"problem": problems[-1] if len(problems) > 1 else "", "rest": "".join(problems[:-1])}
    form = DivideForm(request.POST or None, lists=lists, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            part = divide_order(
                order_id=order.pk,
                division=form.division(),
                seen_version=seen_version_of(request),
                actor=actor_of(request),
                now=now,
            )
        except (StepRefusedError, StaleOrderError) as error:
            form.add_error(None, str(error))
        else:
            return redirect("dispatch:order", part.pk)
    context = {
        "order": order,
        "form": form,
        "problems": problems,
        "topics": options_of(lists)["topics"],
    }
    return render(request, "dispatch/divide.html", context)
