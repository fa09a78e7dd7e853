"""What waits for somebody: a unit's inbox by the time that is left, and the centre's own work.

The number of statements is the same for any size: one for the orders that the unit leads, one for
those in which it assists, one to count them, one for the opinions it is asked for and for what it is
copied in on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import merge
from typing import Any, NamedTuple

from django.db.models import Case, Count, Q, QuerySet, Value, When

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.dispatch.models import (
    ConsultationOpinion,
    OrderCopy,
    OrderParty,
    OrderState,
    PartyRole,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.places_in_lists import (
    Place,
    decode_place,
    encode_place,
    rows_behind,
)
from civicloop.apps.dispatch.visibility import orders_visible_to, without_own
from civicloop.apps.intake.models import Kind

ENTRIES_PER_PAGE = 50
AT_UNIT = (OrderState.DISPATCHED, OrderState.SIGNED, OrderState.IN_PROGRESS)
WITH_UNIT = (*AT_UNIT, OrderState.SUSPENDED, OrderState.OBJECTED)
ANSWERED = (OrderState.REPLIED, OrderState.REVIEWED, OrderState.CALL_BACK)
AT_CENTRE: Mapping[str, tuple[OrderState, ...]] = {
    Role.DISPATCHER: (OrderState.OBJECTED, OrderState.TRIAGE, OrderState.REPLIED),
    Role.REVIEWER: (OrderState.REPLIED,),
    Role.CALLER_BACK: (OrderState.REVIEWED, OrderState.CALL_BACK),
    Role.OPERATOR: (OrderState.RECEIVED, OrderState.INCOMPLETE, OrderState.REGISTERED),
}
ASSISTING = "assisting"  # stands for a state where the parts of assisting units are counted
RELATED = ("appeal", "area", "topic", "lead_unit")


class Look(StrEnum):
    """Which of the orders are shown."""

    TODO = "todo"
    TO_SIGN = "to_sign"
    OVERDUE = "overdue"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilters:
    """What the inbox is asked for."""

    look: Look = Look.TODO
    role: str = ""  # a PartyRole, or "" for both


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """One order, the unit's part in it and when that part is due."""

    order: WorkOrder
    title: str
    role: str  # a PartyRole; "" for the centre
    due_at: datetime | None
    is_signed: bool

    @property
    def kind_words(self) -> str:
        """As get_kind_display(), which makes the list of all kinds anew for every row."""
        return str(Kind(self.order.kind).label)

    @property
    def state_words(self) -> str:
        return str(OrderState(self.order.state).label)

    @property
    def key(self) -> tuple[bool, float, int]:
        """The place in the list: what is due first comes first, what has no due time last."""
        return _key(self.due_at, self.order.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """Some entries, and the cursor behind the last one where there are more."""

    entries: list[InboxEntry]
    next_cursor: str


def inbox_of(user: User, filters: InboxFilters, *, now: datetime, after: str = "") -> InboxPage:
    """What waits for the user, due first, fifty at a time."""
    place = decode_place(after)
    sources = [
        source
        for role, source in (
            (PartyRole.LEAD, _led(user, filters.look, now)),
            (PartyRole.ASSIST, _assisted(user, filters.look, now)),
        )
        if filters.role in {"", role}
    ]
    pages = [_cut(source, place) for source in sources]
    found = list(merge(*pages, key=lambda entry: entry.key))
    shown = found[:ENTRIES_PER_PAGE]
    has_more = len(found) > ENTRIES_PER_PAGE
    return InboxPage(entries=shown, next_cursor=_cursor(shown[-1]) if has_more else "")


def counts_of(user: User, *, now: datetime) -> dict[Look, int]:
    """How many orders each look shows."""
    states = (*WITH_UNIT, *ANSWERED) if user.role in OF_A_UNIT else AT_CENTRE.get(user.role, ())
    overdue = Count("pk", filter=Q(due_at__lt=now))
    led = without_own(WorkOrder.objects.filter(state__in=states))
    rows = led.values("state").annotate(all=Count("pk"), overdue=overdue, to_sign=Value(0))
    if user.role in OF_A_UNIT:
        rows = rows.filter(lead_unit=user.unit_id).union(_assisted_counts(user, now), all=True)
    counts: Counter[Look] = Counter()
    for row in rows:
        if row["state"] == ASSISTING:
            counts[Look.TODO] += row["all"]
            counts[Look.TO_SIGN] += row["to_sign"]
            counts[Look.OVERDUE] += row["overdue"]
            continue
        answered = user.role in OF_A_UNIT and row["state"] in ANSWERED
        counts[Look.ANSWERED if answered else Look.TODO] += row["all"]
        counts[Look.TO_SIGN] += row["all"] if row["state"] == OrderState.DISPATCHED else 0
        is_running = not answered and row["state"] != OrderState.SUSPENDED
        counts[Look.OVERDUE] += row["overdue"] if is_running else 0
    return dict(counts)


def _assisted_counts(user: User, now: datetime) -> QuerySet[Any, Any]:
    """One row beside those of the orders that the unit leads: of the two one statement."""
    return (
        _parts(user)
        .annotate(state=Value(ASSISTING))
        .values("state")
        .annotate(
            all=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lt=now)),
            to_sign=Count("pk", filter=Q(signed_at=None)),
        )
    )


class Beside(NamedTuple):
    """Orders, with their titles, that stand beside what the unit itself must handle."""

    asked: list[tuple[WorkOrder, str]]  # whose duty they are
    copied: list[tuple[WorkOrder, str]]  # those of its townships and villages, due first


def beside_inbox(user: User) -> Beside:
    """What the unit is asked about, and what it was copied in on and is still running."""
    if user.role not in OF_A_UNIT:
        return Beside([], [])
    open_question = {"consultation__concluded_at": None, "unit": user.unit_id}
    asked = ConsultationOpinion.objects.filter(**open_question).values("consultation__order")
    running = {"order__state__in": (*WITH_UNIT, *ANSWERED), "is_released": False}
    copied = OrderCopy.objects.filter(unit=user.unit_id, **running).values("order")
    orders = orders_visible_to(user).filter(pk__in=asked.union(copied)).select_related("appeal")
    is_asked = Case(When(state=OrderState.CONSULTATION, then=0), default=1)
    first = list(orders.order_by(is_asked, "due_at", "pk")[: 2 * ENTRIES_PER_PAGE])
    titled = [(order, order.title) for order in first]
    return Beside(
        asked=[one for one in titled if one[0].state == OrderState.CONSULTATION],
        copied=[one for one in titled if one[0].state != OrderState.CONSULTATION],
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """A list of orders or parts, with the names by which one reaches the order's fields."""

    rows: QuerySet[Any]  # of WorkOrder or OrderParty
    order_id: str
    related: Sequence[str]  # what is read along with a row


def _led(user: User, look: Look, now: datetime) -> _Source:
    if user.role in OF_A_UNIT:
        states = {Look.TO_SIGN: (OrderState.DISPATCHED,), Look.ANSWERED: ANSWERED}
        orders = WorkOrder.objects.filter(
            lead_unit=user.unit_id, state__in=states.get(look, WITH_UNIT)
        )
    else:
        orders = WorkOrder.objects.filter(state__in=AT_CENTRE.get(user.role, ()))
    if look == Look.OVERDUE:
        orders = orders.filter(due_at__lt=now).exclude(state=OrderState.SUSPENDED)
    return _Source(without_own(orders), "pk", RELATED)


def _assisted(user: User, look: Look, now: datetime) -> _Source:
    parts = _parts(user)
    if look == Look.TO_SIGN:
        parts = parts.filter(signed_at=None)
    elif look == Look.OVERDUE:
        parts = parts.filter(due_at__lt=now)
    elif look == Look.ANSWERED:
        parts = _assisting(user).filter(
            replied_at__isnull=False, order__state__in=(*AT_UNIT, OrderState.SUSPENDED, *ANSWERED)
        )
    if user.role not in OF_A_UNIT:
        parts = parts.none()
    return _Source(parts, "order_id", ["order", *(f"order__{name}" for name in RELATED)])


def _parts(user: User) -> QuerySet[OrderParty]:
    """The parts in which the user's unit assists and has not answered the lead unit."""
    return _assisting(user).filter(
        replied_at=None, order__state__in=(*AT_UNIT, OrderState.SUSPENDED)
    )


def _assisting(user: User) -> QuerySet[OrderParty]:
    """Never what is about the unit itself, even where that was found out later."""
    parts = OrderParty.objects.filter(unit=user.unit_id, is_open=True, role=PartyRole.ASSIST)
    return without_own(parts, "order__")


def _cut(source: _Source, place: Place | None) -> list[InboxEntry]:
    """The first rows behind the place; only these are joined with what is read along."""
    numbers = rows_behind(source.rows, place, pk=source.order_id).values("pk")
    rows = source.rows.model.objects.filter(pk__in=numbers[: ENTRIES_PER_PAGE + 1])
    ordered = rows_behind(rows.select_related(*source.related), None, pk=source.order_id)
    return [_entry(row) for row in ordered]


def _entry(row: WorkOrder | OrderParty) -> InboxEntry:
    if isinstance(row, OrderParty):
        return InboxEntry(
            order=row.order,
            title=row.order.title,
            role=PartyRole.ASSIST,
            due_at=row.due_at,
            is_signed=row.signed_at is not None,
        )
    return InboxEntry(
        order=row,
        title=str(row.appeal),
        role=PartyRole.LEAD if row.lead_unit_id else "",
        due_at=row.due_at,
        is_signed=row.state != OrderState.DISPATCHED,
    )


def _key(due_at: datetime | None, order_id: int) -> tuple[bool, float, int]:
    return (due_at is None, due_at.timestamp() if due_at else 0.0, order_id)


def _cursor(entry: InboxEntry) -> str:
    return encode_place(Place(entry.due_at, entry.order.pk))
