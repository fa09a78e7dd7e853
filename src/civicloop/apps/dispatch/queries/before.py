"""What was before: how alike objections were decided, what was told of the same place within a year."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.models import Objection, Verdict, WorkOrder
from civicloop.apps.dispatch.visibility import orders_visible_to, without_own
from civicloop.apps.intake.models import Kind
from civicloop.apps.places.models import Area

PRECEDENTS_SHOWN = 5
PRECEDENTS_COUNTED = 200
PLACE_REMEMBERED = timedelta(days=365)
PLACE_SHOWN = 6
PLACE_LOOKED_AT = 50


class Precedents(NamedTuple):
    """Decided objections to orders of a topic; the unit's own first, then the newest."""

    decided: int
    upheld: int
    shown: list[Objection]


def precedents_of(order: WorkOrder) -> Precedents:
    """How objections to other orders of the same topic were decided; of reports of a wrong none.

    At most the newest `PRECEDENTS_COUNTED` are counted. One statement.
    """
    if order.topic is None:
        return Precedents(0, 0, [])
    alike = Objection.objects.filter(
        topic_path=order.topic.path, verdict__in=[Verdict.UPHELD, Verdict.REJECTED]
    ).exclude(order=order)
    alike = without_own(alike, "order__")
    related = alike.select_related("unit", "suggested_unit", "order")
    found = list(related.order_by("-pk")[:PRECEDENTS_COUNTED])
    return Precedents(
        decided=len(found),
        upheld=sum(one.verdict == Verdict.UPHELD for one in found),
        shown=sorted(found, key=lambda one: one.unit_id != order.lead_unit_id)[:PRECEDENTS_SHOWN],
    )


def history_of_place(order: WorkOrder, user: User, *, now: datetime) -> list[WorkOrder]:
    """Other orders about the same place within a year, newest first, that the user may see.

    The same place as the engine reads it, however its address was written; not where the areas of both
    are known and lie apart. Nothing of reports of a wrong and of what was told in confidence, and
    nothing beside them. One statement.
    """
    is_secret = order.kind == Kind.REPORT or order.is_confidential or order.appeal.is_sensitive
    if is_secret or not order.place_key:
        return []
    there = orders_visible_to(user).filter(
        place_key=order.place_key, opened_at__gte=now - PLACE_REMEMBERED
    )
    secret = Q(kind=Kind.REPORT) | Q(is_confidential=True)
    secret |= Q(appeal__kind=Kind.REPORT) | Q(appeal__is_confidential=True)
    others = there.exclude(secret).exclude(appeal=order.appeal_id)
    related = others.select_related("appeal", "lead_unit", "area")
    newest = related.order_by("-opened_at", "-pk")[:PLACE_LOOKED_AT]
    return [one for one in newest if _may_be_one(one.area, order.area)][:PLACE_SHOWN]


def _may_be_one(one: Area | None, other: Area | None) -> bool:
    """Whether one area lies in the other, as far as both are known."""
    if one is None or other is None:
        return True
    return one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)
