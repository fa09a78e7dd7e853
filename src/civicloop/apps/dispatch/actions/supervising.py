"""Supervision (督办): sheets by person and by rule, one matter one sheet, never two for one unit."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.audit.actions import Json
from civicloop.apps.clocks.actions.several import Start, run_on, start_clocks, stop_clocks
from civicloop.apps.clocks.models import ClockName
from civicloop.apps.clocks.presets import sourced_limit
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, note_step
from civicloop.apps.dispatch.actions.parties import SHEET_OWNER
from civicloop.apps.dispatch.actions.telling import tell_leader, tell_unit
from civicloop.apps.dispatch.models import (
    CONTENT_FROM,
    CallBack,
    FeedbackStage,
    Resolved,
    SheetCause,
    SheetFeedback,
    SheetState,
    SupervisionSheet,
    WorkOrder,
)
from civicloop.apps.dispatch.notice_kinds import (
    INSTRUCTION_ANSWERED,
    INSTRUCTION_ENDED,
    SHEET_ISSUED,
)
from civicloop.apps.places.models import Unit

SUPERVISION_PRESET = "supervision_13710"
HIGHEST_LEVEL = 4  # a joint meeting
OPEN_STATES = (SheetState.OPEN, SheetState.REPLIED)
SHEETS_A_MONTH = 30  # for one unit, by rule: beyond it a person must look at the unit as a whole
UNCONTENT_FOR_LEVEL_2 = 2


@transaction.atomic
def issue_sheet(
    *,
    order_id: int,
    level: int,
    cause: str,
    reason: str,
    unit: Unit,
    actor: User | None,
    now: datetime,
    seen_version: int | None = None,
) -> SupervisionSheet:
    """Ask a unit to account for an order; a sheet that is open already is raised, not doubled.

    Raises:
        StepRefusedError: no reason, the order has ended, the unit does not handle it, the open
            sheet is at that level or above, or a rule has reached the unit's limit for the month.
        StaleOrderError: somebody else has moved the order.
    """
    order = lock_order(order_id, seen_version=seen_version)
    if actor and not may(actor, Action.SUPERVISE):
        raise StepRefusedError(_("Your role may not take this step."))
    if order.is_ended:
        raise StepRefusedError(_("The order has ended."))
    if actor and not reason.strip():
        raise StepRefusedError(_("Say why: a sheet needs a reason."))
    if not order.parties.filter(unit=unit, is_released=False).exists():
        raise StepRefusedError(_("The unit does not handle this order: nothing is asked of it."))
    open_sheet = order.sheets.filter(unit=unit, state__in=OPEN_STATES).first()
    if open_sheet and open_sheet.level >= level:
        raise StepRefusedError(_("The unit has an open sheet about this order already."))
    if open_sheet and open_sheet.cause == SheetCause.LEADER:
        return _raise(open_sheet, order, level=level, reason=reason, actor=actor, now=now)
    _refuse_beyond_limit(unit, actor, now)
    if open_sheet:
        end_for_higher(open_sheet, actor=actor, now=now)
    sheet = SupervisionSheet(
        order=order, unit=unit, level=level, cause=cause, reason=reason, issued_by=actor
    )
    return hand_out(sheet, clocks=(ClockName.SUPERVISE_REPLY,), actor=actor, now=now)


def hand_out(
    sheet: SupervisionSheet,
    *,
    clocks: Sequence[ClockName],
    actor: User | None,
    now: datetime,
    case: str = "",
) -> SupervisionSheet:
    """Keep a new sheet about an order that is held, start its clocks and tell the unit."""
    order = sheet.order
    sheet.issued_at = now
    sheet.save()
    limits = [(name, sourced_limit(SUPERVISION_PRESET, name, case)) for name in clocks]
    started = start_clocks(
        owner_type=SHEET_OWNER,
        owner_id=sheet.pk,
        starts=[Start(name=name, sourced=one, unit=sheet.unit) for name, one in limits if one],
        started_at=now,
        actor=actor,
        now=now,
    )
    sheet.due_at = min((clock.due_at for clock in started if clock.due_at), default=None)
    sheet.save(update_fields=["due_at"])
    _put_under(order, sheet, actor=actor, now=now, note="")
    return sheet


def _raise(
    sheet: SupervisionSheet,
    order: WorkOrder,
    *,
    level: int,
    reason: str,
    actor: User | None,
    now: datetime,
) -> SupervisionSheet:
    """A leader's instruction stays one sheet: its level rises, and what was told is not enough."""
    sheet.level = level
    if sheet.state == SheetState.REPLIED:
        sheet.state, sheet.replied_at = SheetState.OPEN, None
        [clock] = run_on(
            owner_type=SHEET_OWNER,
            owner_id=sheet.pk,
            names=[ClockName.HANDLE],
            unit_id=sheet.unit_id,
            actor=actor,
            now=now,
        )
        sheet.due_at = clock.due_at
    sheet.save(update_fields=["level", "state", "replied_at", "due_at"])
    _put_under(order, sheet, actor=actor, now=now, note=reason)
    return sheet


def _put_under(
    order: WorkOrder, sheet: SupervisionSheet, *, actor: User | None, now: datetime, note: str
) -> None:
    """The order is under the sheet, and the unit is told once for each level."""
    level = sheet.level
    tell_unit(
        SHEET_ISSUED,
        order=order,
        unit_id=sheet.unit_id,
        key=f"sheet {sheet.pk} level {level}",
        now=now,
        params={"level": level},
    )
    order.supervision_level = max(order.supervision_level, level)
    order.is_escalated = order.is_escalated or level == HIGHEST_LEVEL
    details: dict[str, Json] = {"sheet": sheet.pk, "level": level, "unit": sheet.unit_id}
    name = "instruct" if sheet.cause == SheetCause.LEADER else "supervise"
    step = Step(name=name, actor=actor, now=now, reason=sheet.cause, note=note, details=details)
    note_step(order=order, step=step)


def end_for_higher(sheet: SupervisionSheet, *, actor: User | None, now: datetime) -> None:
    """End a sheet in whose place a higher one, or a leader's, goes on."""
    _end(sheet, SheetState.ENDED, "", actor, now)


def _refuse_beyond_limit(unit: Unit, actor: User | None, now: datetime) -> None:
    if actor is not None:
        return
    month = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    by_rule = SupervisionSheet.objects.filter(unit=unit, issued_by=None, issued_at__gte=month)
    if by_rule.count() >= SHEETS_A_MONTH:
        raise StepRefusedError(_("The unit has had its sheets for this month."))


def open_sheet_of(order_id: int, *, unit_id: int | None = None) -> SupervisionSheet | None:
    """The order's open sheet of the highest level, or that of one unit."""
    sheets = SupervisionSheet.objects.filter(order=order_id, state__in=OPEN_STATES)
    if unit_id is not None:
        sheets = sheets.filter(unit=unit_id)
    return sheets.order_by("-level", "-pk").first()


@transaction.atomic
def answer_open_sheet(
    *, order_id: int, text: str, actor: User, now: datetime, seen_version: int | None = None
) -> SupervisionSheet:
    """The unit accounts for the order in the sheet that it has open."""
    lock_order(order_id, seen_version=seen_version)
    sheet = open_sheet_of(order_id, unit_id=actor.unit_id or 0)
    if sheet is None:
        raise StepRefusedError(_("Your unit has no open sheet about this order."))
    return reply_to_sheet(sheet_id=sheet.pk, text=text, actor=actor, now=now)


@transaction.atomic
def end_open_sheet(
    *,
    order_id: int,
    note: str,
    is_withdrawn: bool,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> SupervisionSheet:
    """End the order's open sheet of the highest level, or withdraw it."""
    lock_order(order_id, seen_version=seen_version)
    sheet = open_sheet_of(order_id)
    if sheet is None:
        raise StepRefusedError(_("No sheet about this order is open."))
    return end_sheet(sheet_id=sheet.pk, note=note, actor=actor, now=now, is_withdrawn=is_withdrawn)


@transaction.atomic
def reply_to_sheet(*, sheet_id: int, text: str, actor: User, now: datetime) -> SupervisionSheet:
    """The unit accounts for the order."""
    sheet = _lock(sheet_id, SheetState.OPEN)
    if actor.unit_id != sheet.unit_id:
        raise StepRefusedError(_("The sheet is for another unit."))
    if not text.strip():
        raise StepRefusedError(_("Write what was done and what comes next."))
    sheet.reply, sheet.replied_at, sheet.state = text, now, SheetState.REPLIED
    sheet.save(update_fields=["reply", "replied_at", "state"])
    if sheet.cause == SheetCause.LEADER:
        keep_feedback(sheet, stage=FeedbackStage.DONE, text=text, actor=actor, now=now)
    stop_clocks(owner_type=SHEET_OWNER, owner_id=sheet.pk, actor=actor, now=now)
    note_of_sheet(sheet, "sheet_replied", actor, now)
    return sheet


@transaction.atomic
def end_sheet(
    *, sheet_id: int, note: str, actor: User, now: datetime, is_withdrawn: bool = False
) -> SupervisionSheet:
    """The matter is accounted for (销号), or the sheet should not have been."""
    if not may(actor, Action.SUPERVISE):
        raise StepRefusedError(_("Your role may not take this step."))
    expected = OPEN_STATES if is_withdrawn else (SheetState.REPLIED,)
    sheet = _lock(sheet_id, *expected)
    if not note.strip():
        raise StepRefusedError(_("Say how it ended."))
    _end(sheet, SheetState.WITHDRAWN if is_withdrawn else SheetState.ENDED, note, actor, now)
    order = sheet.order
    if sheet.cause == SheetCause.LEADER:
        tell_leader(sheet, INSTRUCTION_ENDED, now=now)
    remaining = order.sheets.filter(state__in=OPEN_STATES)
    order.supervision_level = max(remaining.values_list("level", flat=True), default=0)
    note_of_sheet(sheet, "sheet_withdrawn" if is_withdrawn else "sheet_ended", actor, now)
    return sheet


def keep_feedback(
    sheet: SupervisionSheet, *, stage: FeedbackStage, text: str, actor: User, now: datetime
) -> SheetFeedback:
    """Keep what a unit tells of an instruction, and tell whoever gave it."""
    feedback = SheetFeedback.objects.create(
        sheet=sheet, stage=stage, text=text, given_by=actor, given_at=now
    )
    tell_leader(sheet, INSTRUCTION_ANSWERED, now=now, about=feedback.pk)
    return feedback


def supervise_after_call_back(order: WorkOrder, *, now: datetime) -> SupervisionSheet | None:
    """A citizen who was not content twice: the order is supervised at level 2, where it is not yet."""
    not_content = Q(resolved=Resolved.NO) | Q(satisfaction__lt=CONTENT_FROM)
    uncontent = CallBack.objects.filter(not_content, order=order, is_counted=True)
    if order.lead_unit is None or uncontent.count() < UNCONTENT_FOR_LEVEL_2:
        return None
    try:
        with transaction.atomic():
            return issue_sheet(
                order_id=order.pk,
                level=2,
                cause="not_content_twice",
                reason="",
                unit=order.lead_unit,
                actor=None,
                now=now,
            )
    except StepRefusedError:
        return None  # supervised already, or the unit's limit is reached


def _lock(sheet_id: int, *states: SheetState) -> SupervisionSheet:
    order_id = SupervisionSheet.objects.values_list("order_id", flat=True).get(pk=sheet_id)
    order = lock_order(order_id)
    sheet = SupervisionSheet.objects.select_related("unit").get(pk=sheet_id)
    sheet.order = order
    if sheet.state not in states:
        raise StepRefusedError(_("The sheet is %(state)s.") % {"state": sheet.get_state_display()})
    return sheet


def _end(
    sheet: SupervisionSheet, state: SheetState, note: str, actor: User | None, now: datetime
) -> None:
    stop_clocks(owner_type=SHEET_OWNER, owner_id=sheet.pk, actor=actor, now=now)
    sheet.state, sheet.ended_at, sheet.end_note = state, now, note
    sheet.save(update_fields=["state", "ended_at", "end_note"])


def note_of_sheet(sheet: SupervisionSheet, name: str, actor: User, now: datetime) -> None:
    """Write in the order's history what befell a sheet."""
    details = {"sheet": sheet.pk, "level": sheet.level}
    note_step(order=sheet.order, step=Step(name=name, actor=actor, now=now, details={**details}))
