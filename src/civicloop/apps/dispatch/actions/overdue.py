"""What follows when a clock is nearly or quite out: reminders, sheets, and the next level of a sheet."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.clocks.actions.sweeping import DueClock
from civicloop.apps.clocks.models import ClockName
from civicloop.apps.clocks.wording import word_end
from civicloop.apps.dispatch.actions.parties import SHEET_OWNER
from civicloop.apps.dispatch.actions.supervising import issue_sheet
from civicloop.apps.dispatch.actions.telling import who_may_be_told
from civicloop.apps.dispatch.models import SheetState, SupervisionSheet, WorkOrder
from civicloop.apps.dispatch.notice_kinds import ORDER_NEAR_DUE, ORDER_OVERDUE
from civicloop.apps.dispatch.step import StepRefusedError
from civicloop.apps.dispatch.timing import OF_HANDLING, OWNER
from civicloop.apps.notices.actions import notify
from civicloop.apps.notices.kinds import NoticeKind
from civicloop.apps.places.models import Unit

HIGHEST_BY_RULE = 3  # a joint meeting is called by people


def follow_near_due(clocks: Sequence[DueClock], now: datetime) -> None:
    """Remind the units of the orders among these clocks."""
    handling = [clock for clock in clocks if _is_handling(clock)]
    orders = WorkOrder.objects.in_bulk([clock.owner_id for clock in handling])
    staff = _staff_of({clock.unit_id for clock in handling})
    for clock in handling:
        people = staff.get(clock.unit_id, [])
        _tell(people, ORDER_NEAR_DUE, orders[clock.owner_id], clock, now)


def follow_overdue(clocks: Sequence[DueClock], now: datetime) -> None:
    """Supervise the orders, and raise the sheets, among these clocks."""
    late = [clock for clock in clocks if _is_handling(clock)]
    orders = WorkOrder.objects.in_bulk([clock.owner_id for clock in late])
    units = Unit.objects.in_bulk([clock.unit_id for clock in late if clock.unit_id])
    staff = _staff_of({clock.unit_id for clock in late})
    for clock in late:
        order, unit = orders[clock.owner_id], units[clock.unit_id or 0]
        _tell(staff.get(clock.unit_id, []), ORDER_OVERDUE, order, clock, now)
        _supervise(order.pk, level=1, cause="overdue", unit=unit, now=now)
    _on_waiting_dispatch(clocks, now)
    for clock in clocks:
        if clock.owner_type == SHEET_OWNER:
            _raise(clock.owner_id, now)


def _on_waiting_dispatch(clocks: Sequence[DueClock], now: datetime) -> None:
    waiting = [
        clock for clock in clocks if clock.owner_type == OWNER and clock.name == ClockName.DISPATCH
    ]
    if not waiting:
        return
    orders = WorkOrder.objects.in_bulk([clock.owner_id for clock in waiting])
    dispatchers = list(User.objects.filter(role=Role.DISPATCHER, is_active=True))
    for clock in waiting:
        _tell(dispatchers, ORDER_OVERDUE, orders[clock.owner_id], clock, now)


def _raise(sheet_id: int, now: datetime) -> None:
    """A sheet that was not answered in time is followed by one of the next level.

    An instruction stays, and its level rises: by each of its times that runs out.
    """
    sheet = SupervisionSheet.objects.select_related("unit").get(pk=sheet_id)
    if sheet.state == SheetState.OPEN and sheet.level < HIGHEST_BY_RULE:
        _supervise(
            sheet.order_id, level=sheet.level + 1, cause="unanswered", unit=sheet.unit, now=now
        )


def _supervise(order_id: int, *, level: int, cause: str, unit: Unit, now: datetime) -> None:
    try:
        with transaction.atomic():
            issue_sheet(
                order_id=order_id,
                level=level,
                cause=cause,
                reason="",
                unit=unit,
                actor=None,
                now=now,
            )
    except StepRefusedError:
        return  # ended meanwhile, supervised already, or the unit has had its sheets for the month


def _is_handling(clock: DueClock) -> bool:
    return clock.owner_type == OWNER and clock.name in OF_HANDLING and clock.unit_id is not None


def _staff_of(units: set[int | None]) -> dict[int | None, list[User]]:
    found: dict[int | None, list[User]] = {}
    staff = User.objects.filter(unit__in=units - {None}, role__in=OF_A_UNIT, is_active=True)
    for user in staff:
        found.setdefault(user.unit_id, []).append(user)
    return found


def _tell(
    people: Sequence[User], kind: NoticeKind, order: WorkOrder, clock: DueClock, now: datetime
) -> None:
    notify(
        who_may_be_told(people, order),
        kind=kind,
        key=f"{kind.code} {clock.id} {clock.due_at.isoformat()}",
        link=reverse("dispatch:order", args=[order.pk]),
        now=now,
        reference=order.number,
        params={"due": word_end(clock.due_at)},
    )
