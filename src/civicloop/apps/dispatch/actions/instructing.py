"""A leader's instruction (领导批示): one sheet with three times, tracked until it is ended.

As Shanxi's 13710 has it: studied and assigned within the day, feedback in three days, done in
seven, or in a month where the matter is hard; then the supervision office ends it, or sends it back.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.clocks.actions.several import stop_clocks
from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.dispatch.actions.moving import StepRefusedError, lock_order
from civicloop.apps.dispatch.actions.parties import SHEET_OWNER
from civicloop.apps.dispatch.actions.supervising import (
    OPEN_STATES,
    end_for_higher,
    hand_out,
    keep_feedback,
    note_of_sheet,
    open_sheet_of,
)
from civicloop.apps.dispatch.models import (
    FeedbackStage,
    SheetCause,
    SheetFeedback,
    SheetState,
    SupervisionSheet,
    WorkOrder,
)

CLOCKS = (ClockName.DEPLOY, ClockName.FEEDBACK, ClockName.HANDLE)
COMPLEX = "complex"
USUAL_LEVEL, LEVEL_OF_HARD = 1, 2
REACHED = {
    FeedbackStage.DEPLOYED: (ClockName.DEPLOY,),
    FeedbackStage.UNDER_WAY: (ClockName.DEPLOY, ClockName.FEEDBACK),
}


@transaction.atomic
def instruct(
    *,
    order_id: int,
    text: str,
    is_complex: bool,
    actor: User,
    now: datetime,
    leader: str = "",
    seen_version: int | None = None,
) -> SupervisionSheet:
    """Instruct the lead unit about an order; the supervision office may write one down for a leader.

    A sheet that the unit has open about the order becomes part of the instruction.

    Raises:
        StepRefusedError: nothing is instructed, no leader is named, no unit leads, or an
            instruction about the order is open already.
        StaleOrderError: somebody else has moved the order.
    """
    order = lock_order(order_id, seen_version=seen_version)
    if not may(actor, Action.INSTRUCT):
        raise StepRefusedError(_("Your role may not take this step."))
    who = _name_of(actor) if actor.role == Role.LEADER else leader.strip()
    if not who or not text.strip():
        raise StepRefusedError(_("Name the leader, and say what was instructed."))
    if order.is_ended or order.lead_unit is None:
        raise StepRefusedError(_("No unit handles the order: nobody can be instructed."))
    level = max(LEVEL_OF_HARD if is_complex else USUAL_LEVEL, _taken_over(order, actor, now))
    sheet = SupervisionSheet(
        order=order,
        unit=order.lead_unit,
        level=level,
        cause=SheetCause.LEADER,
        reason=text,
        leader=who,
        issued_by=actor,
    )
    return hand_out(sheet, clocks=CLOCKS, case=COMPLEX if is_complex else "", actor=actor, now=now)


def _name_of(actor: User) -> str:
    return (actor.get_full_name() or actor.username)[:40]


def _taken_over(order: WorkOrder, actor: User, now: datetime) -> int:
    """End the sheet that the lead unit has open, and give its level; 0 where there is none."""
    sheet = order.sheets.filter(unit=order.lead_unit, state__in=OPEN_STATES).first()
    if sheet is None:
        return 0
    if sheet.cause == SheetCause.LEADER:
        raise StepRefusedError(
            _("An instruction about this order is open already: one matter, one sheet.")
        )
    end_for_higher(sheet, actor=actor, now=now)
    return sheet.level


@transaction.atomic
def give_feedback(
    *,
    order_id: int,
    stage: FeedbackStage,
    text: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> SheetFeedback:
    """The unit tells that the matter is assigned, or how far it is; `answer_open_sheet` ends it.

    Raises:
        StepRefusedError: nothing is told, or the unit has no instruction open about the order.
        StaleOrderError: somebody else has moved the order.
    """
    lock_order(order_id, seen_version=seen_version)
    sheet = open_sheet_of(order_id, unit_id=actor.unit_id or 0)
    if sheet is None or sheet.cause != SheetCause.LEADER or sheet.state != SheetState.OPEN:
        raise StepRefusedError(_("Your unit has no open instruction about this order."))
    if stage not in REACHED or not text.strip():
        raise StepRefusedError(_("Write what was done and what comes next."))
    stop_clocks(
        owner_type=SHEET_OWNER, owner_id=sheet.pk, names=REACHED[stage], actor=actor, now=now
    )
    running = Clock.objects.filter(owner_type=SHEET_OWNER, owner_id=sheet.pk, stopped_at=None)
    sheet.due_at = running.order_by("due_at").values_list("due_at", flat=True).first()
    sheet.save(update_fields=["due_at"])
    feedback = keep_feedback(sheet, stage=stage, text=text, actor=actor, now=now)
    note_of_sheet(sheet, "sheet_feedback", actor, now)
    return feedback
