"""An order that is opened, passed on and routed in one moment, while the citizen is on the line."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json
from civicloop.apps.dispatch.actions.copying import copy_to_county
from civicloop.apps.dispatch.actions.moving import Step, open_order
from civicloop.apps.dispatch.actions.opening import Circumstances, new_order
from civicloop.apps.dispatch.directory_facts import CityUnits
from civicloop.apps.dispatch.models import (
    DispatchBasis,
    OrderParty,
    OrderState,
    PartyRole,
    WorkOrder,
)
from civicloop.apps.dispatch.routing_facts import Router, broken_route, explain_routes
from civicloop.apps.intake.models import Appeal
from civicloop.engines.routing.deciding import Automatic, BrokenRuleError


@transaction.atomic(savepoint=False)
def open_routed_order(
    *,
    appeal: Appeal,
    circumstances: Circumstances,
    router: Router,
    actor: User | None,
    now: datetime,
) -> WorkOrder:
    """Open a registered order and pass it on; it goes to its unit, or waits with three choices.

    The history is that of the single steps: opened, passed on, dispatched by the platform or
    looked at by it.
    """
    order = new_order(appeal, circumstances, actor=actor, now=now)
    order.state, order.registered_at = OrderState.REGISTERED, now
    steps = [Step(name=name, actor=actor, now=now) for name in ("open", "pass_on")]
    try:
        [route] = explain_routes([order], router, timezone.localdate(now))
    except BrokenRuleError as error:
        why, decision = broken_route(error, router), None
    else:
        why, decision = route.why, route.decision
    if isinstance(decision, Automatic):
        parties = _parties(order, decision, router.units, now)
        order.dispatch_basis, order.dispatched_at, order.routing = (
            DispatchBasis.AUTOMATIC,
            now,
            why,
        )
        steps.append(_dispatched(parties, now))
    else:
        parties = []
        order.routing = why | {"means": [*router.means, len(steps) + 1]}
        reasons = {"reasons": why["reasons"]}
        steps.append(Step(name="route", actor=None, now=now, details=reasons))
    opened = open_order(order=order, steps=steps, parties=parties)
    copy_to_county(opened, now=now)
    return opened


def _parties(
    order: WorkOrder, decision: Automatic, units: CityUnits, now: datetime
) -> list[OrderParty]:
    codes = [decision.lead, *decision.assisting]
    order.lead_unit = units.rows[decision.lead]
    roles = [PartyRole.LEAD, *[PartyRole.ASSIST] * len(decision.assisting)]
    return [
        OrderParty(
            order=order, unit=units.rows[code], role=role, round=order.round, assigned_at=now
        )
        for code, role in zip(codes, roles, strict=True)
    ]


def _dispatched(parties: list[OrderParty], now: datetime) -> Step:
    details: dict[str, Json] = {
        "lead": parties[0].unit_id,
        "assisting": [party.unit_id for party in parties[1:]],
        "basis": str(DispatchBasis.AUTOMATIC),
    }
    return Step(name="dispatch", actor=None, now=now, details=details)
