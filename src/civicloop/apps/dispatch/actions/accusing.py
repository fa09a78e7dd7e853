"""Whom an appeal is about, learned or corrected after it was taken in; that unit handles it no longer.

What follows holds at once: the order is taken from the unit, wherever it stands, and nobody of the
unit sees it any more.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.clocks.actions.several import stop_clocks
from civicloop.apps.dispatch.actions.moving import (
    Step,
    StepRefusedError,
    lock_order,
    move_order,
    note_step,
)
from civicloop.apps.dispatch.actions.parties import release_parties, release_unit
from civicloop.apps.dispatch.models import OrderState, Verdict, WorkOrder
from civicloop.apps.dispatch.timing import OWNER
from civicloop.apps.intake.models import Registration
from civicloop.apps.places.models import Unit

STEP = "name_respondent"
ANSWERED = frozenset({OrderState.REPLIED, OrderState.REVIEWED, OrderState.CALL_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondent:
    """Whom an appeal is about: a unit, or somebody who is none; neither where it is about nobody."""

    unit: Unit | None = None
    name: str = ""

    @property
    def words(self) -> str:
        """As the history writes it."""
        return str(self.unit or self.name or "–")


@transaction.atomic
def name_respondent(
    *,
    order_id: int,
    respondent: Respondent,
    reason: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Set or correct whom an order is about.

    A unit that leads the order loses it, also after its reply, and the order waits for dispatch; one that
    assists is let go. An order that was merged into one which the unit handles stands alone again.

    Raises:
        StepRefusedError: nothing changes, no reason is given, or the unit has ended the order already.
        StaleOrderError: somebody else has moved the order.
    """
    order = lock_order(order_id, seen_version=seen_version)
    if not may(actor, Action.DISPATCH_ORDERS):
        raise StepRefusedError(_("Your role may not take this step."))
    if not reason.strip():
        raise StepRefusedError(_("Say why: this step needs a reason."))
    meant = replace(respondent, name="" if respondent.unit else " ".join(respondent.name.split()))
    before = Respondent(unit=order.respondent_unit, name=order.respondent_name)
    if meant == before:
        raise StepRefusedError(_("The order says so already."))
    _correct_registration(order, before, meant)
    step = Step(
        name=STEP, actor=actor, now=now, note=f"{before.words} → {meant.words} · {reason.strip()}"
    )
    return _take_from(meant, order, step)


def _take_from(meant: Respondent, order: WorkOrder, step: Step) -> WorkOrder:
    """Write down whom the order is about, and that the unit has no part in it from now on."""
    if meant.unit is None:
        return _note(order, meant, step)
    if order.is_ended and order.lead_unit == meant.unit:
        raise StepRefusedError(
            _("%(unit)s has handled the order to its end: open it again first.")
            % {"unit": meant.unit}
        )
    if order.lead_unit == meant.unit:
        return _take_lead(order, meant, step)
    if order.state == OrderState.MERGED and order.master and _handles(order.master, meant.unit):
        return _stand_alone(order, meant, step)
    if _handles(order, meant.unit):
        release_unit(order, meant.unit, now=step.now)
        stop_clocks(
            owner_type=OWNER, owner_id=order.pk, unit_id=meant.unit.pk, actor=step.actor,
            now=step.now,
        )  # fmt: skip
    return _note(order, meant, step)


def _handles(order: WorkOrder, unit: Unit) -> bool:
    return order.parties.filter(is_open=True, unit=unit).exists()


def _note(order: WorkOrder, meant: Respondent, step: Step) -> WorkOrder:
    _write(order, meant)
    return note_step(order=order, step=step)


def _write(order: WorkOrder, meant: Respondent) -> None:
    order.respondent_unit, order.respondent_name = meant.unit, meant.name


def _take_lead(order: WorkOrder, meant: Respondent, step: Step) -> WorkOrder:
    def take(locked: WorkOrder) -> None:
        if locked.state in ANSWERED:  # what the unit answered about itself does not count
            locked.round += 1
            locked.replied_at = locked.reviewed_at = None
            locked.appeal.is_waiting = True
            locked.appeal.save(update_fields=["is_waiting"])
        _uphold_objection(locked, step)
        release_parties(locked, now=step.now)
        locked.return_count += 1
        _write(locked, meant)

    return move_order(order_id=order.pk, step=replace(step, name="take_from_accused"), effect=take)


def _uphold_objection(order: WorkOrder, step: Step) -> None:
    """The unit need not act, though not for what it said: that is no precedent for others."""
    order.objections.filter(verdict=Verdict.PENDING).update(
        verdict=Verdict.UPHELD, decided_by=step.actor, decided_at=step.now, topic_path=""
    )


def _stand_alone(order: WorkOrder, meant: Respondent, step: Step) -> WorkOrder:
    def part(locked: WorkOrder) -> None:
        locked.master = None
        _write(locked, meant)

    return move_order(order_id=order.pk, step=replace(step, name="part"), effect=part)


def _correct_registration(order: WorkOrder, before: Respondent, meant: Respondent) -> None:
    """The appeal is about whom its order is about, unless it was registered as about somebody else."""
    same = Registration.objects.filter(
        appeal=order.appeal_id, respondent_unit=before.unit, respondent_name=before.name
    )
    same.update(respondent_unit=meant.unit, respondent_name=meant.name)
