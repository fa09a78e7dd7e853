"""A unit says that an order is not for it (异议、退单); the centre decides once and for all."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json
from civicloop.apps.dispatch.actions.handling import own_party
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, move_order
from civicloop.apps.dispatch.actions.parties import release_parties
from civicloop.apps.dispatch.actions.telling import tell_unit
from civicloop.apps.dispatch.models import (
    DispatchBasis,
    Objection,
    ObjectionGround,
    Verdict,
    WorkOrder,
)
from civicloop.apps.dispatch.notice_kinds import OBJECTION_REJECTED, OBJECTION_UPHELD
from civicloop.apps.intake.models import Kind
from civicloop.apps.places.models import Unit

NEEDS_LEGAL_BASIS = frozenset(
    {ObjectionGround.NOT_MY_DUTY, ObjectionGround.WRONG_REGION, ObjectionGround.LEGAL_ROUTE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Why a unit thinks that an order is not for it."""

    ground: ObjectionGround
    statement: str
    legal_basis: str = ""
    suggested_unit: Unit | None = None


@transaction.atomic
def object_to_order(
    *,
    order_id: int,
    grounds: Grounds,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Object within the time for it; after that the order counts as accepted.

    Raises:
        StepRefusedError: the time is over, the unit is designated or does not lead, or grounds lack.
        StaleOrderError: somebody else has changed the order.
    """
    _refuse_without_grounds(grounds)

    def keep(order: WorkOrder) -> None:
        if grounds.suggested_unit and grounds.suggested_unit.pk == actor.unit_id:
            raise StepRefusedError(_("Name another unit than your own."))
        Objection.objects.create(
            order=order,
            unit_id=own_party(order, actor).unit_id,
            ground=grounds.ground,
            statement=grounds.statement,
            legal_basis=grounds.legal_basis,
            suggested_unit=grounds.suggested_unit,
            topic_path=_topic_of_precedent(order),
            raised_by=actor,
            raised_at=now,
        )

    step = Step(
        name="object",
        actor=actor,
        now=now,
        seen_version=seen_version,
        reason=grounds.ground,
        note=grounds.statement,
    )
    return move_order(order_id=order_id, step=step, effect=keep)


def _topic_of_precedent(order: WorkOrder) -> str:
    """What later objections may be compared by: nothing of what is secret."""
    is_secret = order.kind == Kind.REPORT or order.is_sensitive or order.is_confidential
    return "" if is_secret or order.topic is None else order.topic.path


def _refuse_without_grounds(grounds: Grounds) -> None:
    if not grounds.statement.strip():
        raise StepRefusedError(_("Say why the order is not for your unit."))
    if grounds.ground in NEEDS_LEGAL_BASIS and not grounds.legal_basis.strip():
        raise StepRefusedError(_("Name the rule or the list of duties that says so."))


@transaction.atomic
def decide_objection(
    *,
    order_id: int,
    is_upheld: bool,
    decision: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Uphold, and the order waits for another unit; or reject, and the unit is designated.

    The step's details keep what the directory said and which unit was named instead, so that the
    directory's owner sees which of its rules lead astray.
    """
    order = lock_order(order_id, seen_version=seen_version)
    objection = _pending(order)
    details: dict[str, Json] = {
        "objection": objection.pk,
        "unit": objection.unit_id,
        "ground": objection.ground,
        "suggested_unit": objection.suggested_unit_id,
        "directory_rule": order.routing.get("rule"),
    }
    verdict = Verdict.UPHELD if is_upheld else Verdict.REJECTED
    _decide(objection, verdict, decision=decision, actor=actor, now=now)
    step = Step(
        name="uphold_objection" if is_upheld else "reject_objection",
        actor=actor,
        now=now,
        note=decision,
        details=details,
    )

    def take_from_unit(order: WorkOrder) -> None:
        release_parties(order, now=now)
        order.return_count += 1

    def designate(order: WorkOrder) -> None:
        order.is_designated, order.dispatch_basis = True, DispatchBasis.DESIGNATED
        _ask_to_sign_again(order)

    order = move_order(
        order_id=order_id, step=step, effect=take_from_unit if is_upheld else designate
    )
    tell_unit(
        OBJECTION_UPHELD if is_upheld else OBJECTION_REJECTED,
        order=order,
        unit_id=objection.unit_id,
        key=f"objection {objection.pk}",
        now=now,
    )
    return order


@transaction.atomic
def withdraw_objection(
    *, order_id: int, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """The unit takes the order after all and signs for it again."""
    order = lock_order(order_id, seen_version=seen_version)
    _decide(_pending(order), Verdict.WITHDRAWN, decision="", actor=actor, now=now)
    step = Step(name="withdraw_objection", actor=actor, now=now)
    return move_order(order_id=order_id, step=step, effect=_ask_to_sign_again)


def _pending(order: WorkOrder) -> Objection:
    objection = order.objections.filter(verdict=Verdict.PENDING).first()
    if objection is None:
        raise StepRefusedError(_("No objection waits for a decision."))
    return objection


def _decide(
    objection: Objection, verdict: Verdict, *, decision: str, actor: User, now: datetime
) -> None:
    objection.verdict, objection.decision = verdict, decision
    objection.decided_by, objection.decided_at = actor, now
    objection.save()


def _ask_to_sign_again(order: WorkOrder) -> None:
    order.signed_at = None
    order.parties.filter(is_open=True, unit=order.lead_unit_id).update(signed_at=None)
