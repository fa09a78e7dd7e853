"""Which orders a plan may end or a merge may join: those of an event, of a class, or chosen in a list."""

from collections.abc import Sequence

from django.db.models import Count, QuerySet

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.models import ENDED, BatchPlan, OrderState, WorkOrder
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.issues.models import Event, EventClass, EventClassMember

MOST_ORDERS = 5_000  # of one plan: more than a person can answer for is cut, and the page says so


def plans() -> QuerySet[BatchPlan]:
    """Every plan with the number of its orders, the newest first."""
    return (
        BatchPlan.objects.select_related("created_by")
        .annotate(orders=Count("items"))
        .order_by("-pk")
    )


def orders_of_event(user: User, event: Event) -> QuerySet[WorkOrder]:
    """The orders of an event that have not ended and stand on their own."""
    return _open(user).filter(appeal__event_member__event=event)


def orders_of_class(user: User, event_class: EventClass) -> QuerySet[WorkOrder]:
    """The orders of every event of a class."""
    events = EventClassMember.objects.filter(event_class=event_class).values("event")
    return _open(user).filter(appeal__event_member__event__in=events)


def chosen_orders(user: User, numbers: Sequence[int]) -> QuerySet[WorkOrder]:
    """The orders that somebody chose in a list."""
    return _open(user).filter(pk__in=numbers)


def _open(user: User) -> QuerySet[WorkOrder]:
    orders = orders_visible_to(user).exclude(state__in=(*ENDED, OrderState.MERGED))
    return orders.select_related("appeal", "lead_unit").order_by("pk")
