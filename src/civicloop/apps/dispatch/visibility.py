"""Which work orders somebody may see: the one place that pages, exports and jobs ask."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.dispatch.models import OrderParty, WorkOrder

OWN_CASES_ONLY = frozenset({Role.MEDIATOR})


def orders_visible_to(user: User | AnonymousUser) -> QuerySet[WorkOrder]:
    """The orders that the user may see.

    A unit sees what it handles and has handled, not what was taken from it or is about itself.
    """
    if not isinstance(user, User) or not may(user, Action.VIEW_ORDERS):
        return WorkOrder.objects.none()
    if user.role in OF_A_UNIT:
        mine = OrderParty.objects.filter(order=OuterRef("pk"), unit=user.unit_id, is_released=False)
        about_us = Q(respondent_unit=user.unit_id, respondent_unit__isnull=False)
        return WorkOrder.objects.filter(Exists(mine)).exclude(about_us)
    if user.role in OWN_CASES_ONLY:
        return WorkOrder.objects.none()
    return WorkOrder.objects.all()
