"""Merge the orders of one event: choose the main order, see what would follow it, confirm."""

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.merging import merge_orders, why_not_merge
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.queries.plans import orders_of_event
from civicloop.apps.issues.models import Event
from civicloop.apps.issues.shown import without_hidden_events
from civicloop.web.requests import HtmxRequest, actor_of, seen_version_of

MOST_MERGED = 500


class MergeRow(NamedTuple):
    """One order of the event, and why it would not follow the main order, if so."""

    order: WorkOrder
    title: str
    refusal: str


@require_http_methods(["GET", "HEAD", "POST"])
def merge_orders_of_event(request: HtmxRequest, event_id: int) -> HttpResponse:
    """First the choice of the main order, then the dry run; confirmed, the orders are merged."""
    require(request.user, Action.DISPATCH_ORDERS)
    shown, user = without_hidden_events(Event.objects.all()), actor_of(request)
    event = get_object_or_404(shown, pk=event_id)
    orders = list(orders_of_event(user, event)[:MOST_MERGED])
    asked = request.POST if request.method == "POST" else request.GET
    main = next((one for one in orders if str(one.pk) == asked.get("main", "")), None)
    if request.method == "POST" and main is not None:
        chosen = set(request.POST.getlist("order"))
        return _merge(request, event_id, main, [one.pk for one in orders if str(one.pk) in chosen])
    rows = [
        MergeRow(
            order,
            order.title,
            why_not_merge(order, master=main, actor=user) if main and order != main else "",
        )
        for order in orders
    ]
    ready = [row.order for row in rows if main and row.order != main and not row.refusal]
    context = {"event": event, "rows": rows, "main": main, "ready": ready}
    return render(request, "dispatch/merge_orders.html", context)


def _merge(
    request: HtmxRequest, event_id: int, main: WorkOrder, numbers: list[int]
) -> HttpResponse:
    try:
        merge_orders(
            master_id=main.pk,
            order_ids=numbers,
            reason="same_event",
            actor=actor_of(request),
            now=timezone.now(),
            seen_version=seen_version_of(request),
        )
    except StaleOrderError:
        messages.error(request, _("Somebody has moved the main order meanwhile; look again."))
        return redirect("dispatch:merge_orders", event_id)
    except StepRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("dispatch:merge_orders", event_id)
    words = ngettext(
        "%(count)d order follows the main order now.",
        "%(count)d orders follow the main order now.",
        len(numbers),
    )
    messages.success(request, words % {"count": len(numbers)})
    return redirect("dispatch:order", main.pk)
