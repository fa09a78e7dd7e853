"""Units are heard before a difficult order is dispatched (会商)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import OF_A_UNIT, User
from civicloop.apps.dispatch.actions.moving import (
    Step,
    StepRefusedError,
    lock_order,
    move_order,
    note_step,
)
from civicloop.apps.dispatch.guards import complaint_about
from civicloop.apps.dispatch.models import Consultation, ConsultationOpinion, WorkOrder
from civicloop.apps.places.models import Unit

FEWEST_UNITS = 2


@transaction.atomic
def call_consultation(
    *,
    order_id: int,
    units: Sequence[Unit],
    question: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Ask units whose duty an order is; each sees the order only for this, until it is concluded.

    Raises:
        StepRefusedError: fewer than two units, one that the order or one merged into it is about, or no question.
        StaleOrderError: somebody else has changed the order.
    """
    asked = list(dict.fromkeys(units))
    if len(asked) < FEWEST_UNITS:
        raise StepRefusedError(_("Ask at least two units."))

    def call(order: WorkOrder) -> None:
        if accusing := complaint_about(order, [unit.pk for unit in asked]):
            raise StepRefusedError(
                _("The appeal is about %(unit)s: it cannot be asked.")
                % {"unit": accusing.respondent_unit}
            )
        consultation = Consultation.objects.create(
            order=order, question=question, called_by=actor, called_at=now
        )
        ConsultationOpinion.objects.bulk_create(
            ConsultationOpinion(consultation=consultation, unit=unit) for unit in asked
        )

    step = Step(
        name="consult",
        actor=actor,
        now=now,
        seen_version=seen_version,
        note=question,
        details={"units": [unit.pk for unit in asked]},
    )
    return move_order(order_id=order_id, step=step, effect=call)


@transaction.atomic
def give_opinion(
    *,
    order_id: int,
    is_ours: bool,
    opinion: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Say for the own unit whether the matter is within its duty; may be said anew until the end."""
    order = lock_order(order_id, seen_version=seen_version)
    if actor.role not in OF_A_UNIT:
        raise StepRefusedError(_("Your role may not take this step."))
    asked = ConsultationOpinion.objects.filter(
        consultation__order=order, consultation__concluded_at=None, unit=actor.unit_id
    ).first()
    if asked is None:
        raise StepRefusedError(_("Your unit has not been asked."))
    if not opinion.strip():
        raise StepRefusedError(_("Give the reason for your opinion."))
    asked.is_ours, asked.opinion, asked.given_by, asked.given_at = is_ours, opinion, actor, now
    asked.save()
    step = Step(
        name="give_opinion", actor=actor, now=now, note=opinion, details={"is_ours": is_ours}
    )
    return note_step(order=order, step=step)


@transaction.atomic
def conclude_consultation(
    *, order_id: int, conclusion: str, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """Write down what came of it; the order waits for dispatch again."""

    def conclude(order: WorkOrder) -> None:
        order.consultations.filter(concluded_at=None).update(
            conclusion=conclusion, concluded_at=now
        )

    step = Step(name="conclude", actor=actor, now=now, seen_version=seen_version, note=conclusion)
    return move_order(order_id=order_id, step=step, effect=conclude)
