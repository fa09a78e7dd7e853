"""The first step of an appeal on its way to who must act."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.moving import Step, open_order
from civicloop.apps.dispatch.models import OrderState, Urgency, WorkOrder
from civicloop.apps.dispatch.place_keys import place_key_of
from civicloop.apps.intake.models import Appeal
from civicloop.apps.places.models import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What was learned at intake that decides how an order may be handled."""

    urgency: Urgency = Urgency.GENERAL
    is_sensitive: bool = False
    is_confidential: bool = False
    respondent_name: str = ""
    respondent_unit: Unit | None = None


@transaction.atomic(savepoint=False)
def open_order_for(
    *,
    appeal: Appeal,
    circumstances: Circumstances | None = None,
    is_registered: bool,
    actor: User | None,
    now: datetime,
    part: int = 1,
) -> WorkOrder:
    """Open the order of an appeal: registered by an operator, or received and to be looked at."""
    order = new_order(appeal, circumstances or Circumstances(), actor=actor, now=now, part=part)
    if is_registered:
        order.state, order.registered_at = OrderState.REGISTERED, now
    return open_order(order=order, steps=[Step(name="open", actor=actor, now=now)])


def new_order(
    appeal: Appeal, known: Circumstances, *, actor: User | None, now: datetime, part: int = 1
) -> WorkOrder:
    """The order of an appeal as it is received; not saved."""
    return WorkOrder(
        appeal=appeal,
        part=part,
        state=OrderState.RECEIVED,
        kind=appeal.kind,
        urgency=known.urgency,
        is_sensitive=known.is_sensitive,
        is_confidential=known.is_confidential,
        respondent_name=known.respondent_name,
        respondent_unit=known.respondent_unit,
        topic=appeal.topic,
        area=appeal.area,
        place_key="" if known.is_confidential else place_key_of(appeal, now=now),
        opened_at=now,
        opened_by=actor,
    )
