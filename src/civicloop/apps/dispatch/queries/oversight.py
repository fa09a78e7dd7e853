"""What the supervision office looks at: late, again, bounced, red; sheets; what a unit's limit holds back.

The number of statements is the same for any size: one for the units at their limit, one each to
count orders and sheets, one to count the late orders by unit, one for the rows of a page.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.clocks.models import Clock
from civicloop.apps.dispatch.actions.supervising import SHEETS_A_MONTH
from civicloop.apps.dispatch.models import (
    BEFORE_REPLY,
    ENDED,
    OrderState,
    SheetCause,
    SheetState,
    SupervisionSheet,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.places_in_lists import (
    Place,
    decode_place,
    encode_place,
    rows_behind,
)
from civicloop.apps.dispatch.timing import OWNER
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.places.models import Unit, UnitLevel

ENTRIES_PER_PAGE = 50
UNITS_SHOWN = 30
BOUNCED_FROM = 2
RED_FROM = 3
LEVELS = (1, 2, 3, 4)
TIERS = tuple(UnitLevel.values)


class OversightLook(StrEnum):
    """Which orders or sheets are shown."""

    OVERDUE = "overdue"
    AGAIN = "again"
    BOUNCED = "bounced"
    RED = "red"
    REMINDED = "reminded"  # level 0: nearly due, the unit has been reminded
    SHEETS = "sheets"
    REPLIED = "replied"
    LEADERS = "leaders"  # instructions of leaders that are not ended
    HELD_BACK = "held_back"


NOT_ENDED = tuple(state for state in OrderState if state not in ENDED)
OF_SHEETS = (OversightLook.SHEETS, OversightLook.REPLIED, OversightLook.LEADERS)

OF_LOOK = {
    OversightLook.SHEETS: Q(state=SheetState.OPEN),
    OversightLook.REPLIED: Q(state=SheetState.REPLIED),
    OversightLook.LEADERS: Q(
        cause=SheetCause.LEADER, state__in=[SheetState.OPEN, SheetState.REPLIED]
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightFilters:
    """What the page is asked for."""

    look: OversightLook = OversightLook.OVERDUE
    unit_id: int | None = None
    level: int | None = None  # of sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightEntry:
    """An order, or a sheet about one."""

    order: WorkOrder
    title: str
    unit: Unit | None
    sheet: SupervisionSheet | None
    level: int | None  # None: neither reminded nor supervised
    due_at: datetime | None  # of the order, or of the unit's reply to the sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLate:
    """How many orders a unit has let run out."""

    unit_id: int
    name: str
    level: str
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightPage:
    """One page, and what the tabs say."""

    entries: list[OversightEntry]
    next_cursor: str
    counts: Mapping[OversightLook, int]
    sheets_by_level: Mapping[int, int]  # those that wait for the unit
    units: list[UnitLate]


def oversight_page(
    user: User, filters: OversightFilters, *, now: datetime, after: str = ""
) -> OversightPage:
    """A page of what the look shows, what is due first first."""
    limited = units_at_limit(now=now)
    rows = _behind(user, filters, limited, decode_place(after), now)
    found = [_entry(row, filters.look) for row in rows[: ENTRIES_PER_PAGE + 1]]
    shown = found[:ENTRIES_PER_PAGE]
    has_more = len(found) > ENTRIES_PER_PAGE
    by_state = _sheet_counts(user)
    counts = {
        **_order_counts(user, limited, now),
        OversightLook.SHEETS: sum(by_state[SheetState.OPEN].values()),
        OversightLook.REPLIED: sum(by_state[SheetState.REPLIED].values()),
        OversightLook.LEADERS: sum(by_state[SheetCause.LEADER].values()),
    }
    return OversightPage(
        entries=shown,
        next_cursor=encode_place(_place(shown[-1], filters.look)) if has_more else "",
        counts=counts,
        sheets_by_level={level: by_state[SheetState.OPEN][level] for level in LEVELS},
        units=_late_by_unit(user, now),
    )


def all_entries(
    user: User, filters: OversightFilters, *, now: datetime, most: int
) -> Iterator[OversightEntry]:
    """What the look shows, for a file."""
    rows: Iterable[WorkOrder | SupervisionSheet] = _behind(
        user, filters, units_at_limit(now=now), None, now
    ).iterator()
    return (_entry(row, filters.look) for row in islice(rows, most))


def units_at_limit(*, now: datetime) -> list[int]:
    """The units that have had all the sheets by rule that a month allows."""
    month = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    issued = SupervisionSheet.objects.filter(issued_by=None, issued_at__gte=month)
    by_unit = issued.order_by().values("unit").annotate(sheets=Count("pk"))
    return list(by_unit.filter(sheets__gte=SHEETS_A_MONTH).values_list("unit", flat=True))


def _conditions(limited: list[int], now: datetime) -> dict[OversightLook, Q]:
    waiting = Q(state__in=BEFORE_REPLY)
    late = waiting & Q(due_at__lt=now)
    reminded = Clock.objects.running().filter(owner_type=OWNER, overdue_at=None)
    return {
        OversightLook.OVERDUE: late,
        OversightLook.AGAIN: waiting & Q(round__gt=1),
        OversightLook.BOUNCED: waiting & Q(return_count__gte=BOUNCED_FROM),
        OversightLook.RED: Q(supervision_level__gte=RED_FROM, closed_at=None),
        OversightLook.REMINDED: waiting
        & Q(due_at__gte=now)
        & Q(pk__in=reminded.filter(reminded_at__isnull=False).values("owner_id")),
        OversightLook.HELD_BACK: late & Q(supervision_level=0, lead_unit__in=limited),
    }


def _behind(
    user: User,
    filters: OversightFilters,
    limited: list[int],
    place: Place | None,
    now: datetime,
) -> QuerySet[WorkOrder] | QuerySet[SupervisionSheet]:
    if filters.look in OF_SHEETS:
        is_replied = filters.look == OversightLook.REPLIED
        sheets = SupervisionSheet.objects.filter(
            OF_LOOK[filters.look], order__in=orders_visible_to(user)
        )
        sheets = sheets.filter(**_given(unit_id=filters.unit_id, level=filters.level))
        related = sheets.select_related("order__appeal", "unit")
        return rows_behind(related, place, moment="replied_at" if is_replied else "due_at")
    orders = orders_visible_to(user).filter(_conditions(limited, now)[filters.look])
    orders = orders.filter(**_given(lead_unit_id=filters.unit_id))
    return rows_behind(orders.select_related("appeal", "lead_unit"), place)


def _given(**asked: int | None) -> dict[str, int]:
    return {name: value for name, value in asked.items() if value is not None}


def _order_counts(user: User, limited: list[int], now: datetime) -> dict[OversightLook, int]:
    """One statement over the orders that have not ended."""
    counts = {
        look.value: Count("pk", filter=condition)
        for look, condition in _conditions(limited, now).items()
    }
    row = orders_visible_to(user).filter(state__in=NOT_ENDED).aggregate(**counts)
    return {OversightLook(name): number for name, number in row.items()}


def _sheet_counts(user: User) -> dict[str, Counter[int]]:
    """By state and level, and the leaders' among them by level; one statement."""
    states = (SheetState.OPEN, SheetState.REPLIED)
    counts: dict[str, Counter[int]] = {name: Counter() for name in (*states, SheetCause.LEADER)}
    sheets = SupervisionSheet.objects.filter(state__in=states).order_by()
    if user.unit_id:  # as in the list
        sheets = sheets.filter(order__in=orders_visible_to(user))
    of_leaders = Count("pk", filter=Q(cause=SheetCause.LEADER))
    numbered = sheets.values("state", "level").annotate(number=Count("pk"), led=of_leaders)
    for row in numbered:
        counts[row["state"]][row["level"]] += row["number"]
        counts[SheetCause.LEADER][row["level"]] += row["led"]
    return counts


def _late_by_unit(user: User, now: datetime) -> list[UnitLate]:
    """The units with most to do, in tiers of one level by their codes: a list to work by, no ranking."""
    late = orders_visible_to(user).filter(state__in=BEFORE_REPLY, due_at__lt=now)
    by_unit = late.exclude(lead_unit=None).values(
        "lead_unit", "lead_unit__name", "lead_unit__level", "lead_unit__code"
    )
    most = by_unit.annotate(late=Count("pk")).order_by("-late", "lead_unit")[:UNITS_SHOWN]
    in_tiers = sorted(
        most, key=lambda row: (TIERS.index(row["lead_unit__level"]), row["lead_unit__code"])
    )
    return [
        UnitLate(
            unit_id=row["lead_unit"],
            name=row["lead_unit__name"],
            level=str(UnitLevel(row["lead_unit__level"]).label),
            late=row["late"],
        )
        for row in in_tiers
    ]


def _entry(row: WorkOrder | SupervisionSheet, look: OversightLook) -> OversightEntry:
    if isinstance(row, SupervisionSheet):
        return OversightEntry(
            order=row.order,
            title=row.order.title,
            unit=row.unit,
            sheet=row,
            level=row.level,
            due_at=row.due_at,
        )
    return OversightEntry(
        order=row,
        title=str(row.appeal),
        unit=row.lead_unit,
        sheet=None,
        level=row.supervision_level or (0 if look == OversightLook.REMINDED else None),
        due_at=row.due_at,
    )


def _place(entry: OversightEntry, look: OversightLook) -> Place:
    if entry.sheet is None:
        return Place(entry.due_at, entry.order.pk)
    is_replied = look == OversightLook.REPLIED
    return Place(entry.sheet.replied_at if is_replied else entry.due_at, entry.sheet.pk)
