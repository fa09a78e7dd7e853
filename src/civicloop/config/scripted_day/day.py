"""The day's clock, its people and its orders."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from civicloop.apps.dispatch.models import (
    OrderState,
    WorkOrder,
)
from civicloop.config.scripted_day.people import Staff

DAY_APPEALS = 300


@dataclass(slots=True)
class Day:
    """The day's clock, its people and its orders."""

    now: datetime
    staff: Staff
    appeals: int = DAY_APPEALS
    orders: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def later(self, **span: float) -> datetime:
        """Let time pass; gives the new time."""
        self.now += timedelta(**span)
        return self.now

    def in_state(self, *states: OrderState) -> list[WorkOrder]:
        """The day's orders that stand in one of these states."""
        found = WorkOrder.objects.filter(pk__in=self.orders, state__in=states).order_by("pk")
        return list(found.select_related("appeal", "topic__unit", "lead_unit"))
