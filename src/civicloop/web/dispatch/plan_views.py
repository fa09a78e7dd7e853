"""Batch plans: write one, see what it would do, send it, undo it before it goes out, see what came of it."""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.batches import (
    GOES,
    PlanRefusedError,
    answer_text,
    draft_plan,
    forecast,
    schedule_plan,
    undo_plan,
    write_own_answer,
)
from civicloop.apps.dispatch.actions.seen import ChangedMeanwhileError, mark_of
from civicloop.apps.dispatch.models import BatchItem, BatchPlan, BatchState, ReplyClaim, WorkOrder
from civicloop.apps.dispatch.queries.plans import (
    MOST_ORDERS,
    chosen_orders,
    orders_of_class,
    orders_of_event,
    plans,
)
from civicloop.apps.dispatch.visibility import without_own
from civicloop.apps.issues.models import Event, EventClass
from civicloop.apps.issues.shown import without_hidden_events
from civicloop.web.dispatch.plan_forms import OwnAnswerForm, PlanForm
from civicloop.web.requests import HtmxRequest, actor_of, is_number

ORDERS_PER_PAGE = PLANS_PER_PAGE = 50
OUTCOME_WORDS = {
    GOES: gettext_lazy("answered"),
    "report": gettext_lazy("not answered: a report of a wrong"),
    "merged": gettext_lazy("not answered: merged, told with its main order"),
    "changed": gettext_lazy("not answered: somebody had moved it"),
    "state": gettext_lazy("not answered: its state did not allow it"),
}


class _Source(NamedTuple):
    """Where a plan's orders come from."""

    orders: QuerySet[WorkOrder]
    event: Event | None
    event_class: EventClass | None


class PlanRow(NamedTuple):
    """One order of a plan: whether it goes or went, why not, and what its citizen is told."""

    item: BatchItem
    goes: bool
    words: str
    told: str


@require_safe
def plan_list(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.DISPATCH_ORDERS)
    page = Paginator(plans(), PLANS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "dispatch/plan_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: HtmxRequest) -> HttpResponse:
    """Write a plan for the orders of an event or a class, or for those chosen in a list."""
    require(request.user, Action.DISPATCH_ORDERS)
    source = _source(request)
    orders = list(source.orders[: MOST_ORDERS + 1])
    if not orders:
        messages.error(request, _("No order is open here: there is nothing to plan for."))
        return redirect("dispatch:plan_list")
    form = PlanForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        drafted = draft_plan(
            **said | {"claim": ReplyClaim(said["claim"])},
            orders=orders[:MOST_ORDERS],
            actor=actor_of(request),
            now=timezone.now(),
            event=source.event,
            event_class=source.event_class,
        )
        return redirect("dispatch:plan", drafted.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {
        "form": form,
        "count": min(len(orders), MOST_ORDERS),
        "is_cut": len(orders) > MOST_ORDERS,
        "chosen": [order.pk for order in orders] if _is_chosen(source) else [],
        "source": source,
    }
    return render(request, "dispatch/new_plan.html", context, status=status)


def _source(request: HtmxRequest) -> _Source:
    asked, user = request.POST if request.method == "POST" else request.GET, actor_of(request)
    if is_number(asked.get("event", "")):
        shown = without_hidden_events(Event.objects.all())
        event = get_object_or_404(shown, pk=asked["event"])
        return _Source(orders_of_event(user, event), event, None)
    if is_number(asked.get("class", "")):
        event_class = get_object_or_404(EventClass, pk=asked["class"])
        return _Source(orders_of_class(user, event_class), None, event_class)
    numbers = [int(number) for number in asked.getlist("order") if is_number(number)]
    return _Source(chosen_orders(user, numbers[:MOST_ORDERS]), None, None)


def _is_chosen(source: _Source) -> bool:
    return source.event is None and source.event_class is None


@require_safe
def plan(request: HtmxRequest, plan_id: int) -> HttpResponse:
    """What a draft would do, when a plan goes out, or what came of it."""
    require(request.user, Action.DISPATCH_ORDERS)
    found = get_object_or_404(plans(), pk=plan_id)
    rows = _rows(found)
    going = sum(row.goes for row in rows)
    context = {
        "plan": found,
        "going": going,
        "staying": len(rows) - going,
        "page": Paginator(rows, ORDERS_PER_PAGE).get_page(request.GET.get("page")),
        "seconds": _seconds_left(found, timezone.now()),
    }
    return render(request, "dispatch/plan.html", context)


def _rows(found: BatchPlan) -> list[PlanRow]:
    if found.state == BatchState.SENT:
        rows = found.items.select_related("order__appeal", "order__lead_unit")
        items = without_own(rows, "order__").order_by("pk")
        return [
            PlanRow(
                item,
                item.outcome == GOES,
                str(OUTCOME_WORDS.get(item.outcome, item.outcome)),
                answer_text(found, item),
            )
            for item in items
        ]
    return [
        PlanRow(one.item, one.outcome == GOES, one.words, answer_text(found, one.item))
        for one in forecast(found, actor=found.created_by)
    ]


@require_safe
def countdown(request: HtmxRequest, plan_id: int) -> HttpResponse:
    """The seconds until it goes out, asked by the page each second; once it has gone, the page anew."""
    require(request.user, Action.DISPATCH_ORDERS)
    found = get_object_or_404(plans(), pk=plan_id)
    if found.state != BatchState.SCHEDULED:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"plan": found, "seconds": _seconds_left(found, timezone.now())}
    return render(request, "dispatch/_plan_countdown.html", context)


def _seconds_left(found: BatchPlan, now: datetime) -> int:
    """0 once it is due: the worker takes it up within ten seconds."""
    if found.goes_out_at is None:
        return 0
    return max(int((found.goes_out_at - now).total_seconds()), 0)


@require_POST
def send(request: HtmxRequest, plan_id: int) -> HttpResponse:
    require(request.user, Action.DISPATCH_ORDERS)
    get_object_or_404(BatchPlan, pk=plan_id)
    try:
        schedule_plan(plan_id=plan_id, actor=actor_of(request), now=timezone.now())
    except PlanRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("dispatch:plan", plan_id)


@require_POST
def undo(request: HtmxRequest, plan_id: int) -> HttpResponse:
    require(request.user, Action.DISPATCH_ORDERS)
    get_object_or_404(BatchPlan, pk=plan_id)
    try:
        undo_plan(plan_id=plan_id, actor=actor_of(request), now=timezone.now())
        messages.success(request, _("Undone: nothing went out; the plan is a draft again."))
    except PlanRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("dispatch:plan", plan_id)


@require_http_methods(["GET", "HEAD", "POST"])
def own_answer(request: HtmxRequest, plan_id: int, item_id: int) -> HttpResponse:
    """Answer one order of a draft in own words."""
    require(request.user, Action.DISPATCH_ORDERS)
    item = get_object_or_404(
        without_own(BatchItem.objects.select_related("order__appeal", "plan"), "order__"),
        pk=item_id,
        plan=plan_id,
    )
    form = OwnAnswerForm(request.POST or None, initial={"answer": item.answer})
    is_changed = False
    if request.method == "POST" and form.is_valid():
        try:
            write_own_answer(
                item_id=item_id,
                **form.cleaned_data,
                actor=actor_of(request),
                now=timezone.now(),
                seen=request.POST.get("seen", ""),
            )
            messages.success(request, _("The own answer is kept."))
            return redirect("dispatch:plan", plan_id)
        except ChangedMeanwhileError:
            is_changed = True
        except PlanRefusedError as refusal:
            messages.error(request, str(refusal))
            return redirect("dispatch:plan", plan_id)
    context = {
        "item": item,
        "form": form,
        "usual": answer_text(item.plan, BatchItem(order=item.order)),
        "seen": mark_of(item.answer),
        "is_changed": is_changed,
    }
    status = HTTPStatus.CONFLICT if is_changed else HTTPStatus.OK
    return render(request, "dispatch/own_answer.html", context, status=status)
