"""The dispatcher's board: tabs, the list and, beside it, the order that is looked at."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.dividing import may_divide
from civicloop.apps.dispatch.at_hand import AtHand, at_hand
from civicloop.apps.dispatch.models import DispatchPlan, WorkOrder
from civicloop.apps.dispatch.queries.board import (
    Board,
    Tab,
    UnitChoice,
    board_of,
    choices_of,
    follower_of,
    main_order_for,
    waiting_orders,
)
from civicloop.apps.dispatch.queries.repeats import ToldBefore, told_before
from civicloop.apps.dispatch.queries.splitting import problems_in
from civicloop.apps.dispatch.routing_words import BASES, reason_words
from civicloop.apps.dispatch.visibility import without_own
from civicloop.apps.intake.models import Kind
from civicloop.web.addresses import addresses_of
from civicloop.web.board.forms import LaterForm, ReturnForm
from civicloop.web.dispatch.due_words import DueWords, due_words
from civicloop.web.requests import HtmxRequest, actor_of, is_number

TAB_WORDS: Mapping[Tab, Promise] = {
    Tab.NEW: gettext_lazy("New"),
    Tab.RETURNED: gettext_lazy("Returned"),
    Tab.DISPUTED: gettext_lazy("Disputed"),
    Tab.DUE_TODAY: gettext_lazy("Due today"),
    Tab.LATER: gettext_lazy("Later"),
}


class Row(NamedTuple):
    """An order of the list."""

    order: WorkOrder
    title: str
    due: DueWords | None
    first: UnitChoice | None
    before: ToldBefore | None
    kind_words: str
    choose_words: str
    open_words: str
    board_address: str
    preview_address: str
    order_address: str


class ChoiceWords(NamedTuple):
    """A unit to choose, the key that chooses it and who names it."""

    choice: UnitChoice
    place: int
    basis: str


class Looked(NamedTuple):
    """The order that is looked at."""

    order: WorkOrder
    title: str
    text: str
    has_several: bool  # problems, of which one may get an order of its own
    due: DueWords | None
    choices: list[ChoiceWords]
    rule: Mapping[str, Any]
    reasons: list[str]
    main: WorkOrder | None
    before: ToldBefore | None


@require_safe
@vary_on_headers("HX-Request")
def board(request: HtmxRequest) -> HttpResponse:
    """A tab with its first fifty; the order of the address, or the first, is looked at."""
    require(request.user, Action.DISPATCH_ORDERS)
    user, now = actor_of(request), timezone.now()
    asked = request.GET.get("tab", "")
    tab = Tab(asked) if asked in set(Tab) else Tab.NEW
    found, lists = board_of(user, tab, page=number_of(request, "page"), now=now), at_hand(now=now)
    looked_at, before = _looked_at(request, found), told_before(found.orders, now=now)
    context = {
        "board": found,
        "tabs": [(each.value, TAB_WORDS[each], found.counts[each]) for each in Tab],
        "rows": list(_rows(found.orders, lists, before, now)),
        "looked_at": looked_at,
        "has_focus": bool(number_of(request, "after") or number_of(request, "order")),
        "plan_is_open": found.plan is not None and found.plan.sent_at is None,
        **(_beside(looked_at, tab, found.page, now, before) if looked_at else {}),
    }
    return render(request, "board/board.html", context)


def _rows(
    orders: Sequence[WorkOrder], lists: AtHand, before: Mapping[int, ToldBefore], now: datetime
) -> Iterator[Row]:
    """The rows of the list; what they have in common is made once."""
    choose, open_ = _("Choose %(number)s"), _("Open %(number)s")
    board_address = reverse("board:board")
    preview_of, order_of = addresses_of("board:preview"), addresses_of("dispatch:order")
    for one in orders:
        number = {"number": one.number}
        yield Row(
            order=one,
            title=str(one.appeal),
            due=due_words(one.due_at, now=now),
            first=next(iter(choices_of(one, lists)), None),
            before=before.get(one.pk),
            kind_words=str(Kind(one.kind).label),
            choose_words=choose % number,
            open_words=open_ % number,
            board_address=board_address,
            preview_address=preview_of(one.pk),
            order_address=order_of(one.pk),
        )


def _looked_at(request: HtmxRequest, found: Board) -> WorkOrder | None:
    """The order of the address, the one that follows what was just acted on, or the first."""
    wanted, acted_on = number_of(request, "order"), number_of(request, "after")
    looked_at = next((one for one in found.orders if one.pk == wanted), None)
    if looked_at is None and acted_on:
        looked_at = follower_of(acted_on, found)
    return looked_at or next(iter(found.orders), None)


def number_of(request: HtmxRequest, name: str) -> int:
    """A number of the address; 0 where there is none."""
    written = request.GET.get(name, "")
    return int(written) if is_number(written) else 0


@require_safe
@vary_on_headers("HX-Request")
def preview(request: HtmxRequest, order_id: int) -> HttpResponse:
    """The order beside the list; without a script the whole board with it."""
    require(request.user, Action.DISPATCH_ORDERS)
    tab, page = request.GET.get("tab", Tab.NEW.value), number_of(request, "page") or 1
    if not request.htmx:
        return redirect(f"{reverse('board:board')}?tab={tab}&page={page}&order={order_id}")
    order = next(iter(waiting_orders([order_id])), None)
    if order is None:
        return render(request, "board/_gone.html")
    now = timezone.now()
    beside = _beside(order, tab, page, now, told_before([order], now=now))
    return render(request, "board/_preview.html", beside)


def _beside(
    order: WorkOrder, tab: str, page: int, now: datetime, before: Mapping[int, ToldBefore]
) -> dict[str, object]:
    why = order.routing
    choices = choices_of(order, at_hand(now=now))
    looked = Looked(
        order=order,
        title=order.title,
        text=order.words,
        has_several=may_divide(order) and len(problems_in(order.words)) > 1,
        due=due_words(order.due_at, now=now),
        choices=[
            ChoiceWords(one, place, str(BASES[one.basis])) for place, one in enumerate(choices)
        ],
        rule=why if why.get("rule") is not None and "lead" in why else {},
        reasons=reason_words(why) if "outcome" in why else [],
        main=main_order_for(order),
        before=before.get(order.pk),
    )
    return {
        "looked": looked,
        "tab": str(tab),
        "page": page,
        "later": LaterForm(),
        "return": ReturnForm(),
    }


@require_safe
def plan(request: HtmxRequest, plan_id: int) -> HttpResponse:
    """What became of each order of a plan."""
    require(request.user, Action.DISPATCH_ORDERS)
    found = get_object_or_404(DispatchPlan.objects.select_related("planned_by"), pk=plan_id)
    shown = without_own(found.items.select_related("order__appeal", "lead"), "order__")
    items = list(shown.order_by("pk"))
    if not items:
        raise Http404
    return render(request, "board/plan.html", {"plan": found, "items": items})
