"""Whether a citizen has told the same matter before, perhaps by another channel.

The same caller, known by the blind key of the telephone alone, and the same event; a report of a
wrong is never set beside another kind.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.dispatch.visibility import without_own
from civicloop.apps.intake.models import Kind

REPEATED_WITHIN = timedelta(days=30)


class ToldBefore(NamedTuple):
    """The order of what the same citizen told about the same matter."""

    order: WorkOrder
    is_other_channel: bool


def told_before(orders: Sequence[WorkOrder], *, now: datetime) -> Mapping[int, ToldBefore]:
    """By order what its citizen told about its matter, by another channel first; one statement.

    The orders' appeals come with channel and event member.
    """
    asked = {one.pk: key for one in orders if (key := _matter(one))}
    if not asked:
        return {}
    callers, events = zip(*asked.values(), strict=True)
    found = WorkOrder.objects.filter(
        ~Q(kind=Kind.REPORT),
        ~Q(state=OrderState.MERGED),
        appeal__caller_key__in=set(callers),
        appeal__event_member__event__in=set(events),
        opened_at__gte=now - REPEATED_WITHIN,
    ).select_related("appeal__channel", "appeal__event_member", "lead_unit")
    by_matter: dict[tuple[str, int], list[WorkOrder]] = {}
    for order in without_own(found).order_by("opened_at", "pk"):
        if matter := _matter(order):
            by_matter.setdefault(matter, []).append(order)
    told = {
        one.pk: _nearest(one, by_matter.get(asked[one.pk], [])) for one in orders if one.pk in asked
    }
    return {number: one for number, one in told.items() if one}


def _matter(order: WorkOrder) -> tuple[str, int] | None:
    """Who told what; None where either is not known, and of a report of a wrong."""
    member = getattr(order.appeal, "event_member", None)
    if member is None or not order.appeal.caller_key or order.kind == Kind.REPORT:
        return None
    return order.appeal.caller_key, member.event_id


def _nearest(order: WorkOrder, others: Sequence[WorkOrder]) -> ToldBefore | None:
    """The other order that matters most: by another channel, and not ended yet."""
    told = [
        ToldBefore(other, other.appeal.channel_id != order.appeal.channel_id)
        for other in others
        if other.pk != order.pk and other.appeal_id != order.appeal_id
    ]
    return min(told, key=lambda one: (not one.is_other_channel, one.order.is_ended), default=None)
