"""What the dispatcher's board shows; the number of statements is the same for any size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.at_hand import AtHand
from civicloop.apps.dispatch.models import (
    ENDED,
    BatchState,
    DispatchItem,
    DispatchPlan,
    OrderState,
    WorkOrder,
)
from civicloop.apps.dispatch.visibility import without_own
from civicloop.apps.intake.models import Kind

SHOWN = 50
RELATED = (
    "appeal__channel", "appeal__event_member", "area", "topic", "respondent_unit", "lead_unit",
    "put_off__put_off_by",
)  # fmt: skip
CHOICES_SHOWN = 3


class Tab(StrEnum):
    """Which of the waiting orders are shown."""

    NEW = "new"
    RETURNED = "returned"
    DISPUTED = "disputed"
    DUE_TODAY = "due_today"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChoice:
    """A unit that could lead, and who names it."""

    code: str
    name: str
    basis: str  # a code of routing_words.BASES
    probability: float | None
    assisting: Sequence[str]  # codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One tab, and how many orders each tab has."""

    tab: Tab
    counts: Mapping[Tab, int]
    orders: Sequence[WorkOrder]  # due first, those of the page
    page: int
    page_count: int
    plan: DispatchPlan | None  # of the user, about to go out or with orders that did not


def board_of(user: User, tab: Tab, *, page: int = 1, now: datetime) -> Board:
    """The orders of a tab that wait for a dispatcher, fifty to a page, due first.

    A page behind the last one is the last one: what was on it has moved up.
    """
    conditions = _tabs(now)
    counted = _waiting().aggregate(
        **{each.value: Count("pk", filter=condition) for each, condition in conditions.items()}
    )
    pages = max(1, -(-counted[tab.value] // SHOWN))
    page = min(max(1, page), pages)
    place = F("put_off__until_at") if tab == Tab.LATER else F("due_at")
    order = (place.asc(nulls_last=True), "pk")
    numbers = _waiting().filter(conditions[tab]).order_by(*order).values_list("pk", flat=True)
    shown = list(numbers[(page - 1) * SHOWN : page * SHOWN])  # only these are joined with the rest
    return Board(
        tab=tab,
        counts={Tab(name): number for name, number in counted.items()},
        orders=list(
            WorkOrder.objects.filter(pk__in=shown).select_related(*RELATED).order_by(*order)
        ),
        page=page,
        page_count=pages,
        plan=_plan_of(user, now),
    )


def waiting_orders(ids: Sequence[int]) -> list[WorkOrder]:
    """Those of the orders that wait for a dispatcher, in the order of the list."""
    return list(_waiting().filter(pk__in=ids).select_related(*RELATED).order_by("due_at", "pk"))


def follower_of(order_id: int, board: Board) -> WorkOrder | None:
    """The order of the page that stands where another stood, or stood behind it; else the last.

    Orders are due first, so what has left the list is found by when it was due.
    """
    gone = without_own(WorkOrder.objects.filter(pk=order_id)).values_list("due_at", "pk").first()
    if gone is None or board.tab == Tab.LATER:
        return None
    behind = (one for one in board.orders if _place(one.due_at, one.pk) >= _place(*gone))
    return next(behind, next(iter(reversed(board.orders)), None))


def _place(due_at: datetime | None, order_id: int) -> tuple[bool, float, int]:
    return due_at is None, due_at.timestamp() if due_at else 0, order_id


def main_order_for(order: WorkOrder) -> WorkOrder | None:
    """The order of the same event that this one can be merged into: the oldest that is handled."""
    member = getattr(order.appeal, "event_member", None)
    if member is None or order.kind == Kind.REPORT or order.problem:
        return None
    others = without_own(WorkOrder.objects.filter(appeal__event_member__event=member.event_id))
    others = others.filter(problem="").exclude(pk=order.pk).exclude(kind=Kind.REPORT)
    handled = others.exclude(state__in=[*ENDED, OrderState.MERGED]).select_related("appeal")
    return handled.order_by("opened_at", "pk").first()


def choices_of(order: WorkOrder, lists: AtHand) -> list[UnitChoice]:
    """The units that routing offers to a person, best first; never the one that it is about."""
    why: Mapping[str, Any] = order.routing
    names, about = lists.city_units.names, lists.city_units.codes.get(order.respondent_unit_id or 0)
    return [
        UnitChoice(
            code=code,
            name=names[code],
            basis=basis,
            probability=probability,
            assisting=why.get("choice_assisting", []) if basis == "directory" else [],
        )
        for code, basis, probability in why.get("choices", [])
        if code in names and code != about
    ][:CHOICES_SHOWN]


def _waiting() -> QuerySet[WorkOrder]:
    planned = DispatchItem.objects.filter(order=OuterRef("pk"), plan__state=BatchState.SCHEDULED)
    states = (OrderState.TRIAGE, OrderState.OBJECTED)
    return without_own(WorkOrder.objects.filter(~Exists(planned), state__in=states))


def _tabs(now: datetime) -> dict[Tab, Q]:
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    day_ends = timezone.make_aware(datetime.combine(tomorrow, time(0)))
    is_later = Q(put_off__until_at__gt=now)
    is_here = Q(put_off=None) | Q(put_off__until_at__lte=now)
    in_triage = is_here & Q(state=OrderState.TRIAGE)
    return {
        Tab.NEW: in_triage & Q(return_count=0),
        Tab.RETURNED: in_triage & Q(return_count__gt=0),
        Tab.DISPUTED: is_here & Q(state=OrderState.OBJECTED),
        Tab.DUE_TODAY: is_here & Q(due_at__lte=day_ends),
        Tab.LATER: is_later,
    }


def _plan_of(user: User, now: datetime) -> DispatchPlan | None:
    """The user's newest plan while it can be undone, or shortly after, where an order stayed."""
    stayed = DispatchItem.objects.filter(plan=OuterRef("pk"), is_sent=False)
    recent = Q(state=BatchState.SENT, sent_at__gt=now - timedelta(minutes=10)) & Exists(stayed)
    plans = DispatchPlan.objects.filter(Q(state=BatchState.SCHEDULED) | recent, planned_by=user)
    return plans.annotate(order_count=Count("items")).order_by("-pk").first()
