"""Which work orders somebody may see: the one place that pages, exports and jobs ask."""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.dispatch.models import ConsultationOpinion, OrderParty, OrderState, WorkOrder
from civicloop.apps.dispatch.models.orders import NUMBER_DAY_DIGITS

LONGEST_NUMBER = 26  # digits: a day and the biggest number that a database takes
OWN_CASES_ONLY = frozenset({Role.MEDIATOR})
CASES: list[Callable[[User], Q]] = []  # what brings orders to those who see their own cases only


def orders_visible_to(user: User | AnonymousUser) -> QuerySet[WorkOrder]:
    """The orders that the user may see.

    A unit sees what it handles and has handled, not what was taken from it or is about itself.
    A unit that is asked for its opinion sees the order until the consultation is concluded. Whoever
    belongs to the unit that an order is about sees nothing of it, whatever the role.
    """
    if not isinstance(user, User) or not may(user, Action.VIEW_ORDERS):
        return WorkOrder.objects.none()
    about_us = Q(respondent_unit=user.unit_id, respondent_unit__isnull=False)
    if user.role in OF_A_UNIT:
        mine = OrderParty.objects.filter(order=OuterRef("pk"), unit=user.unit_id, is_released=False)
        asked = ConsultationOpinion.objects.filter(
            consultation__order=OuterRef("pk"),
            consultation__order__state=OrderState.CONSULTATION,
            consultation__concluded_at=None,
            unit=user.unit_id,
        )
        return WorkOrder.objects.filter(Exists(mine) | Exists(asked)).exclude(about_us)
    if user.role in OWN_CASES_ONLY:
        ours = reduce(or_, (of(user) for of in CASES), Q(pk__in=[]))
        return WorkOrder.objects.filter(ours).exclude(about_us)
    return WorkOrder.objects.exclude(about_us) if user.unit_id else WorkOrder.objects.all()


def order_by_number(user: User, number: str) -> WorkOrder | None:
    """The order that somebody names by its number, if they may see it."""
    digits = number.strip()
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > LONGEST_NUMBER:
        return None
    pk = int(digits[NUMBER_DAY_DIGITS:] or 0)
    order = orders_visible_to(user).select_related("appeal").filter(pk=pk).first()
    return order if order and order.number == digits else None
