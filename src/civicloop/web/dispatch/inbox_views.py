"""What waits for whoever looks, and signing for many orders at once."""

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from civicloop.apps.accounts.models import OF_A_UNIT
from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.handling import sign_order, why_not_sign
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.models import PartyRole, WorkOrder
from civicloop.apps.dispatch.queries.inbox import (
    ENTRIES_PER_PAGE,
    InboxFilters,
    Look,
    beside_inbox,
    counts_of,
    inbox_of,
)
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.web.addresses import addresses_of
from civicloop.web.dispatch.due_words import due_words
from civicloop.web.requests import HtmxRequest, actor_of, is_number

LOOK_WORDS = {
    Look.TODO: gettext_lazy("To do"),
    Look.TO_SIGN: gettext_lazy("To sign for"),
    Look.OVERDUE: gettext_lazy("Overdue"),
    Look.ANSWERED: gettext_lazy("Answered, not ended"),
}
CENTRE_LOOKS = (Look.TODO, Look.OVERDUE)


class InboxFilterForm(forms.Form):
    """What the address says; what it says wrongly is passed over."""

    look = forms.ChoiceField(choices=[(look.value, look.value) for look in Look], required=False)
    role = forms.ChoiceField(choices=PartyRole.choices, required=False)


class SignPreview(NamedTuple):
    """One order of a bulk signing, and why it cannot be signed for, if so."""

    order: WorkOrder
    title: str
    refusal: str


def filters_of(query: QueryDict) -> InboxFilters:
    """The valid parts of the address."""
    form = InboxFilterForm(query)
    form.is_valid()
    return InboxFilters(
        look=Look(form.cleaned_data.get("look") or Look.TODO),
        role=form.cleaned_data.get("role") or "",
    )


@require_safe
@vary_on_headers("HX-Request")
def inbox(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_ORDERS)
    user, now = actor_of(request), timezone.now()
    filters = filters_of(request.GET)
    page = inbox_of(user, filters, now=now, after=request.GET.get("after", ""))
    counts = counts_of(user, now=now)
    is_unit, beside = user.role in OF_A_UNIT, beside_inbox(user)
    order_of, step_of = addresses_of("dispatch:order"), addresses_of("dispatch:step", "sign")
    context = {
        "filters": filters,
        "is_unit": is_unit,
        "looks": [
            (look.value, LOOK_WORDS[look], counts.get(look, 0))
            for look in (Look if is_unit else CENTRE_LOOKS)
        ],
        "roles": PartyRole.choices,
        "page": page,
        "entries": [
            (
                entry,
                due_words(entry.due_at, now=now),
                order_of(entry.order.pk),
                step_of(entry.order.pk),
            )
            for entry in page.entries
        ],
        "asked": beside.asked,
        "copied": beside.copied,
        "can_sign": is_unit and any(not entry.is_signed for entry in page.entries),
    }
    return render(request, "dispatch/inbox.html", context)


@require_POST
def sign_many(request: HtmxRequest) -> HttpResponse:
    """First say what would be signed for and what not; then, once confirmed, sign."""
    require(request.user, Action.HANDLE_ORDERS)
    numbers = [number for number in request.POST.getlist("order") if is_number(number)]
    visible = orders_visible_to(request.user).select_related("appeal")
    orders = list(visible.filter(pk__in=numbers[:ENTRIES_PER_PAGE]).order_by("pk"))
    if not orders:
        messages.error(request, _("Choose at least one order."))
        return redirect("dispatch:inbox")
    if "confirmed" not in request.POST:
        actor = actor_of(request)
        previews = [SignPreview(order, order.title, why_not_sign(order, actor)) for order in orders]
        ready = [preview.order for preview in previews if not preview.refusal]
        context = {"previews": previews, "ready": ready}
        return render(request, "dispatch/sign_many.html", context)
    return _sign(request, orders)


def _sign(request: HtmxRequest, orders: list[WorkOrder]) -> HttpResponse:
    signed = 0
    for order in orders:
        try:
            sign_order(order_id=order.pk, actor=actor_of(request), now=timezone.now())
            signed += 1
        except (StepRefusedError, StaleOrderError) as refusal:
            messages.error(request, f"{order.number}: {refusal}")
    if signed:
        words = ngettext("%(count)d order signed for.", "%(count)d orders signed for.", signed)
        messages.success(request, words % {"count": signed})
    return redirect("dispatch:inbox")
