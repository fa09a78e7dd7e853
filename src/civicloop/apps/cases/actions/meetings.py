"""Call a joint meeting, put matters on its agenda, keep what it decided until it is done."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json
from civicloop.apps.cases.actions.records import CaseRefusedError, keep_case, lock_case
from civicloop.apps.cases.models import (
    DecisionState,
    JointMeeting,
    MeetingCase,
    MeetingDecision,
    MeetingMember,
    MeetingState,
    PetitionCase,
)
from civicloop.apps.cases.timing import DECISION, stop, time_decision
from civicloop.apps.dispatch.actions.moving import Step, lock_order, note_step
from civicloop.apps.dispatch.guards import about_itself, complaint_about
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.intake.models import Kind
from civicloop.apps.places.models import Area, Unit

FEWEST_UNITS = 2


@transaction.atomic
def call_meeting(
    *,
    title: str,
    area: Area,
    day: date,
    convener: str,
    units: Sequence[Unit],
    actor: User,
    now: datetime,
    place: str = "",
) -> JointMeeting:
    """Plan a meeting of at least two units.

    Raises:
        CaseRefusedError: fewer than two units.
    """
    asked = list(dict.fromkeys(units))
    if len(asked) < FEWEST_UNITS:
        raise CaseRefusedError(_("A joint meeting needs at least two units."))
    meeting = JointMeeting(
        title=title,
        area=area,
        day=day,
        place=place,
        convener=convener,
        secretary=actor,
        version=0,
    )
    keep_case(meeting, "meeting_called", actor=actor, now=now, units=[unit.pk for unit in asked])
    MeetingMember.objects.bulk_create(MeetingMember(meeting=meeting, unit=unit) for unit in asked)
    return meeting


@transaction.atomic
def put_on_agenda(
    *,
    meeting_id: int,
    question: str,
    actor: User,
    now: datetime,
    order: WorkOrder | None = None,
    petition: PetitionCase | None = None,
    seen_version: int | None = None,
) -> MeetingCase:
    """Put a matter on the agenda; a work order's history says so.

    Raises:
        CaseRefusedError: the meeting is over, the order is on its agenda already, or the order, or
            that of the petition, reports a wrong of a unit that is asked to the meeting.
    """
    meeting = _planned(meeting_id, seen_version)
    _refuse_before_the_accused(meeting, order or (petition.order if petition else None))
    if order and meeting.cases.filter(order=order).exists():
        raise CaseRefusedError(_("The order is on the agenda already."))
    case = MeetingCase.objects.create(
        meeting=meeting, order=order, petition=petition, question=question
    )
    if order:
        _tell_order(order.pk, "meeting_agenda", meeting, actor, now)
    keep_case(meeting, "meeting_agenda", actor=actor, now=now, case=case.pk)
    return case


@transaction.atomic
def hold_meeting(
    *,
    meeting_id: int,
    minutes: str,
    present: Sequence[Unit],
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> JointMeeting:
    """Keep the minutes and who was there.

    Raises:
        CaseRefusedError: the meeting is over, or the minutes are empty.
        StaleCaseError: somebody has changed it.
    """
    meeting = _planned(meeting_id, seen_version)
    if not minutes.strip():
        raise CaseRefusedError(_("Write the minutes."))
    there = [unit.pk for unit in present]
    meeting.members.filter(unit_id__in=there).update(was_there=True)
    meeting.members.exclude(unit_id__in=there).update(was_there=False)
    meeting.state, meeting.minutes = MeetingState.HELD, minutes
    return keep_case(meeting, "meeting_held", actor=actor, now=now, present=list[Json](there))


@transaction.atomic
def cancel_meeting(
    *, meeting_id: int, reason: str, actor: User, now: datetime, seen_version: int | None = None
) -> JointMeeting:
    """The meeting does not take place; its matters can be put on another's agenda."""
    meeting = _planned(meeting_id, seen_version)
    meeting.state = MeetingState.CANCELLED
    return keep_case(meeting, "meeting_cancelled", actor=actor, now=now, reason=reason)


@transaction.atomic
def decide(
    *,
    meeting_id: int,
    text: str,
    owner: Unit,
    due_day: date,
    actor: User,
    now: datetime,
    case: MeetingCase | None = None,
    seen_version: int | None = None,
) -> MeetingDecision:
    """Keep a decision with the unit that owns it and its day.

    Raises:
        CaseRefusedError: the meeting has not been held, the day is before it, or the matter is about
            the owner.
    """
    meeting = lock_case(JointMeeting.objects, meeting_id, seen_version=seen_version)
    if meeting.state != MeetingState.HELD:
        raise CaseRefusedError(_("Write the minutes first: only a meeting that was held decides."))
    if due_day < meeting.day:
        raise CaseRefusedError(_("The day is before the meeting."))
    about = case and (case.order or (case.petition and case.petition.order))
    if about and (accusing := complaint_about(about, [owner.pk])):
        raise CaseRefusedError(about_itself(accusing))
    decision = MeetingDecision.objects.create(
        meeting=meeting, case=case, text=text, owner=owner, due_day=due_day
    )
    time_decision(decision, actor=actor, now=now)
    if case and case.order_id:
        _tell_order(case.order_id, "meeting_decision", meeting, actor, now, text=text)
    keep_case(meeting, "meeting_decided", actor=actor, now=now, decision=decision.pk)
    return decision


@transaction.atomic
def end_decision(
    *, decision_id: int, outcome: str, is_done: bool, actor: User, now: datetime
) -> MeetingDecision:
    """The owner has done it, or the meeting's secretary drops it with a reason.

    Raises:
        CaseRefusedError: it has ended, nothing is said of how, or another unit's clerk ends it.
    """
    decision = MeetingDecision.objects.select_for_update().get(pk=decision_id)
    if decision.state != DecisionState.OPEN:
        raise CaseRefusedError(_("The decision has ended."))
    if not outcome.strip():
        raise CaseRefusedError(_("Say what came of it."))
    if actor.unit_id and actor.unit_id != decision.owner_id:
        raise CaseRefusedError(_("Another unit owns the decision."))
    if actor.unit_id and not is_done:
        raise CaseRefusedError(_("Only the meeting's secretary drops a decision."))
    decision.state = DecisionState.DONE if is_done else DecisionState.DROPPED
    decision.outcome, decision.ended_at = outcome, now
    decision.save()
    stop(DECISION, decision.pk, actor=actor, now=now)
    meeting = lock_case(JointMeeting.objects, decision.meeting_id)
    keep_case(meeting, "decision_ended", actor=actor, now=now, decision=decision.pk, done=is_done)
    return decision


def _planned(meeting_id: int, seen_version: int | None = None) -> JointMeeting:
    meeting = lock_case(JointMeeting.objects, meeting_id, seen_version=seen_version)
    if meeting.state != MeetingState.PLANNED:
        raise CaseRefusedError(
            _("The meeting is %(state)s.") % {"state": meeting.get_state_display()}
        )
    return meeting


def _refuse_before_the_accused(meeting: JointMeeting, order: WorkOrder | None) -> None:
    if order is None or not (order.kind == Kind.REPORT or order.appeal.is_sensitive):
        return
    if complaint_about(order, list(meeting.members.values_list("unit_id", flat=True))):
        raise CaseRefusedError(
            _("The order reports a wrong of a unit that is asked to the meeting.")
        )


def _tell_order(
    order_id: int, name: str, meeting: JointMeeting, actor: User, now: datetime, text: str = ""
) -> None:
    details: Mapping[str, int] = {"meeting": meeting.pk}
    step = Step(name=name, actor=actor, now=now, note=text, details={**details})
    note_step(order=lock_order(order_id), step=step)
