"""What the board's keys and buttons do; afterwards the next order is looked at."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.batches import PlanRefusedError
from civicloop.apps.dispatch.actions.board import (
    Outlook,
    bring_back,
    outlook,
    plan_dispatch,
    put_off,
    return_to_desk,
    undo_dispatch,
    units_of,
)
from civicloop.apps.dispatch.actions.merging import merge_orders
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.at_hand import at_hand
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.queries.board import (
    SHOWN,
    Tab,
    choices_of,
    main_order_for,
    waiting_orders,
)
from civicloop.apps.dispatch.visibility import without_own
from civicloop.web.board.forms import LaterForm, ReturnForm
from civicloop.web.dispatch.step_words import step_words
from civicloop.web.requests import HtmxRequest, actor_of, is_number, seen_version_of

AN_HOUR = 3600


@require_POST
def accept(request: HtmxRequest) -> HttpResponse:
    """Give one order to a suggested unit, or say first what would become of many, then give them."""
    require(request.user, Action.DISPATCH_ORDERS)
    numbers = [int(one) for one in request.POST.getlist("order") if is_number(one)][:SHOWN]
    orders = waiting_orders(numbers)
    if not orders:
        messages.error(request, _("Choose at least one order that still waits."))
        return _next(request)
    place = int(request.POST["place"]) if is_number(request.POST.get("place", "")) else 0
    actor, lists = actor_of(request), at_hand(now=timezone.now())
    outlooks = [outlook(one, choices_of(one, lists), place, actor) for one in orders]
    if "many" in request.POST and "confirmed" not in request.POST:
        return _dry_run(request, outlooks)
    for one in outlooks:
        one.order.version = _seen(request, one.order)
    return _taken(
        request,
        lambda: plan_dispatch(outlooks=outlooks, actor=actor, now=timezone.now()),
        _going(outlooks),
        after=numbers[0] if len(numbers) == 1 else None,
    )


def _dry_run(request: HtmxRequest, outlooks: list[Outlook]) -> HttpResponse:
    going = [one for one in outlooks if not one.refusal]
    context = {
        "outlooks": outlooks,
        "going": going,
        "units": units_of(outlooks).most_common(),
        "without_place": sum(one.lacks_place for one in going),
        "tab": request.POST.get("tab", ""),
        "page": request.POST.get("page", ""),
    }
    return render(request, "board/dry_run.html", context)


def _seen(request: HtmxRequest, order: WorkOrder) -> int:
    """The version that the page showed; 0, which is stale, where it does not say."""
    return seen_version_of(request, f"version_{order.pk}")


def _going(outlooks: list[Outlook]) -> str:
    count = sum(not one.refusal for one in outlooks)
    refused = [one for one in outlooks if one.refusal]
    words = ngettext(
        "%(count)d order goes out in 10 seconds.", "%(count)d orders go out in 10 seconds.", count
    ) % {"count": count}
    return " ".join([words, *(f"{one.order.number}: {one.refusal}" for one in refused)])


@require_POST
def undo(request: HtmxRequest, plan_id: int) -> HttpResponse:
    """Stop what is about to go out."""
    require(request.user, Action.DISPATCH_ORDERS)
    return _taken(
        request,
        lambda: undo_dispatch(plan_id=plan_id, actor=actor_of(request), now=timezone.now()),
        _("Undone: nothing went out."),
    )


@require_POST
def merge(request: HtmxRequest, order_id: int) -> HttpResponse:
    """Merge an order into the main order of its event."""
    require(request.user, Action.DISPATCH_ORDERS)
    order = next(iter(waiting_orders([order_id])), None)
    main = main_order_for(order) if order else None
    if order is None or main is None:
        messages.error(request, _("No other order of this event is being handled."))
        return _next(request, stays=order_id)
    return _taken(
        request,
        lambda: merge_orders(
            master_id=main.pk,
            order_ids=[order_id],
            reason="same_event",
            actor=actor_of(request),
            now=timezone.now(),
            seen_joining={order_id: _seen(request, order)},
        ),
        _("Merged into No. %(number)s.") % {"number": main.number},
        after=order_id,
    )


@require_POST
def return_(request: HtmxRequest, order_id: int) -> HttpResponse:
    """Something is missing: back to the desk."""
    require(request.user, Action.DISPATCH_ORDERS)
    _find(order_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what is missing."))
        return _next(request, stays=order_id)
    return _taken(
        request,
        lambda: return_to_desk(
            order_id=order_id,
            note=form.cleaned_data["note"],
            actor=actor_of(request),
            now=timezone.now(),
            seen_version=seen_version_of(request),
        ),
        _("It is back at the desk."),
        after=order_id,
    )


@require_POST
def later(request: HtmxRequest, order_id: int) -> HttpResponse:
    """Put an order off."""
    require(request.user, Action.DISPATCH_ORDERS)
    _find(order_id)
    form, now = LaterForm(request.POST), timezone.now()
    if not form.is_valid():
        messages.error(request, _("Choose a time to come."))
        return _next(request, stays=order_id)
    return _taken(
        request,
        lambda: put_off(
            order_id=order_id,
            until_at=form.until_at(now),
            actor=actor_of(request),
            now=now,
            seen_version=seen_version_of(request),
        ),
        _("Put off; its clock runs on."),
        after=order_id,
    )


@require_POST
def back(request: HtmxRequest, order_id: int) -> HttpResponse:
    """Look at an order that was put off now after all."""
    require(request.user, Action.DISPATCH_ORDERS)
    _find(order_id)
    return _taken(
        request,
        lambda: bring_back(
            order_id=order_id,
            actor=actor_of(request),
            now=timezone.now(),
            seen_version=seen_version_of(request),
        ),
        _("It is on the board again."),
        after=order_id,
    )


def _find(order_id: int) -> None:
    """Refuse what is not there, or is about the dispatcher's own unit."""
    get_object_or_404(without_own(WorkOrder.objects.only("pk")), pk=order_id)


def _taken(
    request: HtmxRequest, take: Callable[[], object], done: str, *, after: int | None = None
) -> HttpResponse:
    """Say what was done or, where somebody was faster, who did what and when."""
    try:
        take()
    except StaleOrderError as stale:
        steps = (step_words(one) for one in stale.steps)
        did = "; ".join(f"{one.who} · {one.words} · {_ago(one.at)}" for one in steps)
        messages.error(request, f"{stale.order.number}: {stale} {did}")
    except (StepRefusedError, PlanRefusedError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return _next(request, after=after)


def _ago(at: datetime) -> str:
    seconds = max(0, round((timezone.now() - at).total_seconds()))
    if seconds < AN_HOUR:
        return _("%(seconds)s s ago") % {"seconds": seconds}
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _next(
    request: HtmxRequest, *, after: int | None = None, stays: int | None = None
) -> HttpResponseRedirect:
    """Back to the page of the tab, at the order that follows or at the same one again."""
    tab, page = request.POST.get("tab", ""), request.POST.get("page", "")
    asked = {"tab": tab} if tab in set(Tab) else {}
    if is_number(page):
        asked["page"] = page
    if stays or after:
        asked["order" if stays else "after"] = str(stays or after)
    return redirect(f"{reverse('board:board')}?{urlencode(asked)}")
