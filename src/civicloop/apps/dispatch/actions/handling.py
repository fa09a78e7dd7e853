"""What a unit does with an order before it answers: sign for it, reach the citizen, ask the lead."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.dispatch.actions.moving import (
    Step,
    StepRefusedError,
    lock_order,
    move_order,
    note_step,
)
from civicloop.apps.dispatch.guards import party_of
from civicloop.apps.dispatch.models import (
    ContactAttempt,
    OrderParty,
    OrderState,
    PartyRole,
    WorkOrder,
)

OPEN_TO_PARTIES = frozenset(
    {OrderState.DISPATCHED, OrderState.SIGNED, OrderState.IN_PROGRESS, OrderState.SUSPENDED}
)
SIGNED_FOR = OPEN_TO_PARTIES - {OrderState.DISPATCHED}


def own_party(order: WorkOrder, actor: User) -> OrderParty:
    """The part that the actor's unit has in the order; refused to anybody else."""
    if not may(actor, Action.HANDLE_ORDERS):
        raise StepRefusedError(_("Your role may not take this step."))
    party = party_of(order, actor)
    if party is None:
        raise StepRefusedError(_("The order is not your unit's."))
    return party


def refuse_unless_in(order: WorkOrder, states: frozenset[OrderState]) -> None:
    """Refuse a step that the order's state does not allow."""
    if order.state not in states:
        raise StepRefusedError(
            _("The order is %(state)s: this cannot be done now.")
            % {"state": order.get_state_display()}
        )


def why_not_sign(order: WorkOrder, actor: User) -> str:
    """Why signing would be refused, or "" where it would not; changes nothing."""
    try:
        party = own_party(order, actor)
        _refuse_to_sign_twice(party)
        refuse_unless_in(order, OPEN_TO_PARTIES)
    except StepRefusedError as refusal:
        return str(refusal)
    return ""


def _refuse_to_sign_twice(party: OrderParty) -> None:
    if party.signed_at:
        raise StepRefusedError(_("Your unit has signed for it already."))


@transaction.atomic
def sign_order(
    *, order_id: int, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """Take an order on (签收): the lead unit moves it, an assisting unit signs for its own part.

    Raises:
        StepRefusedError: the order is not the unit's, or it is signed for already.
        StaleOrderError: somebody else has changed the order.
    """
    order = lock_order(order_id, seen_version=seen_version)
    party = own_party(order, actor)
    _refuse_to_sign_twice(party)
    party.signed_at = now
    party.save(update_fields=["signed_at"])
    if party.role == PartyRole.ASSIST:
        refuse_unless_in(order, OPEN_TO_PARTIES)
        return note_step(order=order, step=Step(name="sign_part", actor=actor, now=now))

    def note_time(order: WorkOrder) -> None:
        order.signed_at = now

    step = Step(name="sign", actor=actor, now=now)
    return move_order(order_id=order_id, step=step, effect=note_time)


@transaction.atomic
def record_contact(
    *,
    order_id: int,
    is_reached: bool,
    note: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Write a try to reach the citizen; the lead unit's first one begins the handling.

    Only a talk that took place counts as first contact.
    """
    order = lock_order(order_id, seen_version=seen_version)
    party = own_party(order, actor)
    refuse_unless_in(order, SIGNED_FOR)
    if not is_reached and not note.strip():
        raise StepRefusedError(_("Say how you tried to reach the citizen."))
    ContactAttempt.objects.create(
        order=order, unit_id=party.unit_id, at=now, actor=actor, is_reached=is_reached, note=note
    )
    if is_reached and party.first_contact_at is None:
        party.first_contact_at = now
        party.save(update_fields=["first_contact_at"])
        order.first_contact_at = order.first_contact_at or now
    step = Step(name="contact", actor=actor, now=now, note=note, details={"reached": is_reached})
    order = note_step(order=order, step=step)
    if party.role == PartyRole.LEAD and order.state == OrderState.SIGNED:
        return move_order(order_id=order_id, step=Step(name="begin", actor=actor, now=now))
    return order


@transaction.atomic
def begin_handling(
    *, order_id: int, reason: str, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """Begin without having talked to the citizen, and say why."""
    if not reason.strip():
        raise StepRefusedError(_("Say why you begin without talking to the citizen."))
    step = Step(name="begin", actor=actor, now=now, seen_version=seen_version, note=reason)
    return move_order(order_id=order_id, step=step)


@transaction.atomic
def write_to_parties(
    *, order_id: int, text: str, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """Ask or tell the other units of the order something; the citizen never sees it."""
    order = lock_order(order_id, seen_version=seen_version)
    own_party(order, actor)
    refuse_unless_in(order, SIGNED_FOR | {OrderState.DISPATCHED})
    if not text.strip():
        raise StepRefusedError(_("Write what you want to ask or tell."))
    return note_step(order=order, step=Step(name="message", actor=actor, now=now, note=text))
