"""Which work orders somebody may see: the one place that pages, exports and jobs ask."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.accounts.visibility import unit_now
from civicloop.apps.dispatch.models import (
    ConsultationOpinion,
    OrderCopy,
    OrderParty,
    OrderState,
    WorkOrder,
)
from civicloop.apps.dispatch.models.orders import NUMBER_DAY_DIGITS
from civicloop.apps.intake.shown import hidden_from_unit

Row = TypeVar("Row", bound=Model)

LONGEST_NUMBER = 26  # digits: a day and the biggest number that a database takes
OWN_CASES_ONLY = frozenset({Role.MEDIATOR})
CASES: list[Callable[[User], Q]] = []  # what brings orders to those who see their own cases only


def orders_visible_to(user: User | AnonymousUser) -> QuerySet[WorkOrder]:
    """The orders that the user may see.

    A unit sees what it handles and has handled, not what was taken from it or is about itself.
    A unit that is asked for its opinion sees the order until the consultation is concluded, the government of a
    county what its townships and villages handle. Whoever
    belongs to the unit that an order is about sees nothing of it, whatever the role; nor of any order of a
    report about the own unit.
    """
    if not isinstance(user, User) or not may(user, Action.VIEW_ORDERS):
        return WorkOrder.objects.none()
    orders = WorkOrder.objects.all()
    if user.unit_id:
        orders = _without(orders, user.unit_id)
    if user.role in OF_A_UNIT:
        mine = OrderParty.objects.filter(order=OuterRef("pk"), unit=user.unit_id, is_released=False)
        asked = ConsultationOpinion.objects.filter(
            consultation__order=OuterRef("pk"),
            consultation__order__state=OrderState.CONSULTATION,
            consultation__concluded_at=None,
            unit=user.unit_id,
        )
        copied = OrderCopy.objects.filter(
            order=OuterRef("pk"), unit=user.unit_id, is_released=False
        )
        return orders.filter(Exists(mine) | Exists(asked) | Exists(copied))
    if user.role in OWN_CASES_ONLY:
        ours = reduce(or_, (of(user) for of in CASES), Q(pk__in=[]))
        return orders.filter(ours)
    return orders


def without_own(rows: QuerySet[Row], order: str = "") -> QuerySet[Row]:
    """The rows without those of an order that is about the unit of the reader of this moment.

    For lists of the centre, whose members see every other order.

    Args:
        rows: of any table.
        order: the way from a row to its order, with two underlines at its end; "" where the rows are orders.
    """
    unit = unit_now()
    return rows if unit is None else _without(rows, unit, order)


def _without(rows: QuerySet[Row], unit: int, order: str = "") -> QuerySet[Row]:
    """Without what complains of the unit, and every order of a report that does.

    Two conditions: PostgreSQL makes joins of them, where of one it would look at every row of the centre.
    """
    own = Q(**{f"{order}respondent_unit": unit, f"{order}respondent_unit__isnull": False})
    reports = hidden_from_unit(unit).filter(pk=OuterRef(f"{order}appeal"))
    return rows.exclude(own).exclude(Exists(reports))


def order_by_number(user: User, number: str) -> WorkOrder | None:
    """The order that somebody names by its number, if they may see it."""
    digits = number.strip()
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > LONGEST_NUMBER:
        return None
    pk = int(digits[NUMBER_DAY_DIGITS:] or 0)
    order = orders_visible_to(user).select_related("appeal").filter(pk=pk).first()
    return order if order and order.number == digits else None
