"""Give an order to the units that must act, and take it from them when it went astray."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json
from civicloop.apps.dispatch.actions.copying import copy_to_county
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, move_order
from civicloop.apps.dispatch.actions.parties import (
    assign_parties,
    end_parties,
    free_of_units,
    release_parties,
)
from civicloop.apps.dispatch.guards import about_itself, complaint_about
from civicloop.apps.dispatch.models import DispatchBasis, WorkOrder
from civicloop.apps.places.models import Unit, UnitLevel
from civicloop.engines.routing.levels import HEIGHT, HIGHEST, Level

BY_CITIZEN = "citizen"  # the reason of a step that the citizen took


@transaction.atomic
def pass_on(
    *, order_id: int, actor: User | None, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """A registered appeal needs a unit: it waits for the dispatcher."""
    step = Step(name="pass_on", actor=actor, now=now, seen_version=seen_version)
    return move_order(order_id=order_id, step=step)


@transaction.atomic
def register_order(
    *, order_id: int, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """The five elements of a received appeal are known."""

    def note_time(order: WorkOrder) -> None:
        order.registered_at = now

    step = Step(name="register", actor=actor, now=now, seen_version=seen_version)
    return move_order(order_id=order_id, step=step, effect=note_time)


@transaction.atomic
def dispatch_by_hand(
    *,
    order_id: int,
    lead: Unit,
    assisting: Sequence[Unit],
    note: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """A person names the units; what directory and experience had to say stays with the order."""
    order = WorkOrder.objects.only("routing").get(pk=order_id)
    return dispatch_order(
        order_id=order_id,
        lead=lead,
        assisting=assisting,
        basis=DispatchBasis.PERSON,
        routing=order.routing,
        actor=actor,
        now=now,
        seen_version=seen_version,
        note=note,
    )


@transaction.atomic
def dispatch_order(
    *,
    order_id: int,
    lead: Unit,
    assisting: Sequence[Unit] = (),
    basis: DispatchBasis,
    routing: Mapping[str, Json],
    actor: User | None,
    now: datetime,
    seen_version: int | None = None,
    note: str = "",
) -> WorkOrder:
    """Give an order to its lead unit and those that assist; `routing` says why them.

    Where a township or village leads, the government of its county may see the order and is told.

    Raises:
        StepRefusedError: a unit is the one complained of, or the order does not wait for dispatch.
        StaleOrderError: somebody else has moved the order.
    """

    def give(order: WorkOrder) -> None:
        if accusing := complaint_about(order, [lead.pk, *(unit.pk for unit in assisting)]):
            raise StepRefusedError(about_itself(accusing))
        assign_parties(order, lead=lead, assisting=assisting, now=now)
        order.dispatch_basis, order.routing, order.dispatched_at = basis, dict(routing), now

    details: dict[str, Json] = {
        "lead": lead.pk,
        "assisting": [unit.pk for unit in assisting],
        "basis": str(basis),
    }
    step = Step(
        name="dispatch",
        actor=actor,
        now=now,
        seen_version=seen_version,
        note=note,
        details=details,
    )
    order = move_order(order_id=order_id, step=step, effect=give)
    copy_to_county(order, now=now)
    return order


@transaction.atomic
def redispatch_order(
    *, order_id: int, reason: str, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """Take an order from its units; it waits for the dispatcher again."""

    def take(order: WorkOrder) -> None:
        release_parties(order, now=now)
        order.return_count += 1

    step = Step(name="redispatch", actor=actor, now=now, seen_version=seen_version, note=reason)
    return move_order(order_id=order_id, step=step, effect=take)


@transaction.atomic
def escalate_order(
    *, order_id: int, reason: str, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """Take an order from its units for one of a higher level (提级办理); no return is counted.

    Raises:
        StepRefusedError: the unit is of the highest level already.
        StaleOrderError: somebody else has moved the order.
    """

    def take(order: WorkOrder) -> None:
        level = Level(order.lead_unit.level) if order.lead_unit else Level.CITY
        if HEIGHT[level] == HIGHEST:
            raise StepRefusedError(
                _("No unit is above this one: bring the order before a joint meeting.")
            )
        release_parties(order, now=now)
        order.is_escalated, order.escalated_from = True, UnitLevel(level)

    step = Step(name="escalate", actor=actor, now=now, seen_version=seen_version, note=reason)
    return move_order(order_id=order_id, step=step, effect=take)


@transaction.atomic
def reopen_order(
    *,
    order_id: int,
    new_fact: str,
    actor: User | None,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """A new fact opens a closed order again: a new round, and a dispatcher names who acts.

    Without an actor the citizen asked for it.
    """

    def begin_again(order: WorkOrder) -> None:
        end_parties(order, now=now)
        free_of_units(order)
        order.round += 1
        order.replied_at = order.reviewed_at = None
        order.master = None
        order.appeal.is_waiting = True
        order.appeal.save(update_fields=["is_waiting"])

    step = Step(
        name="reopen",
        actor=actor,
        now=now,
        seen_version=seen_version,
        reason="" if actor else BY_CITIZEN,
        note=new_fact,
    )
    return move_order(order_id=order_id, step=step, effect=begin_again)
