"""The figures of case work, each defined once: its rows, cohort, whole, part, and what is left out.

Source: 信访工作条例 (2022) Art. 22–36 for petitions, 人民调解法 Art. 28–33 for mediation, Shanxi's
13710 for supervision. A figure is a question about rows, so every number opens those behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.cases.models import (
    DecisionState,
    MediationState,
    MeetingState,
    PetitionStage,
    PetitionVerdict,
    ReceptionState,
    StageLevel,
)
from civicloop.apps.cases.timing import PETITION
from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.dispatch.actions.parties import SHEET_OWNER
from civicloop.apps.dispatch.actions.supervising import OPEN_STATES
from civicloop.apps.dispatch.figures import SATISFIED_FROM
from civicloop.apps.dispatch.models import ENDED, SheetCause, SheetState
from civicloop.apps.dispatch.queries.oversight import RED_FROM

Condition = Callable[[datetime], Q]  # of the moment up to which is counted


class Rows(StrEnum):
    """What a figure counts."""

    PETITION = "petition"
    STAGE = "stage"
    RECEPTION = "reception"
    MATTER = "matter"  # heard on a reception day
    MEETING = "meeting"
    DECISION = "decision"
    MEDIATION = "mediation"
    SHEET = "sheet"


GROUPS: Mapping[Promise, tuple[Rows, ...]] = {
    _("Petitions"): (Rows.PETITION, Rows.STAGE),
    _("Reception days"): (Rows.RECEPTION, Rows.MATTER),
    _("Joint meetings"): (Rows.MEETING, Rows.DECISION),
    _("Mediation"): (Rows.MEDIATION,),
    _("Supervision"): (Rows.SHEET,),
}
COHORTS: Mapping[tuple[Rows, str], Promise] = {
    (Rows.PETITION, "registered_at"): _("petitions registered in the period"),
    (Rows.STAGE, "due_at"): _("levels of petitions due in the period"),
    (Rows.STAGE, "answered_at"): _("opinions given in the period"),
    (Rows.RECEPTION, "day"): _("reception days on the roster in the period"),
    (Rows.MATTER, "reception__day"): _("matters heard on reception days in the period"),
    (Rows.MEETING, "day"): _("joint meetings called for the period"),
    (Rows.DECISION, "due_day"): _("decisions due in the period"),
    (Rows.DECISION, "meeting__day"): _("decisions of meetings in the period"),
    (Rows.MEDIATION, "proposed_at"): _("disputes proposed in the period"),
    (Rows.MEDIATION, "agreed_at"): _("agreements of the period"),
    (Rows.MEDIATION, "perform_by_day"): _("agreements to be performed in the period"),
    (Rows.SHEET, "due_at"): _("supervision sheets due in the period"),
    (Rows.SHEET, "issued_at"): _("supervision sheets issued in the period"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFigure:
    """A share of rows: `part` of `whole`, both within the cohort of the period."""

    words: Promise
    rows: Rows
    cohort: str  # the column whose day must lie in the period
    part: Condition
    whole: Condition
    left_out: Promise


def _always(_now: datetime) -> Q:
    return Q()


def _clocks(owner_type: str, name: ClockName) -> Q:
    """A time that was measured: kept, or found late; one that still runs says nothing."""
    measured = Q(stopped_at__isnull=False) | Q(overdue_at__isnull=False)
    clocks = Clock.objects.filter(measured, owner_type=owner_type, owner_id=OuterRef("pk"))
    return Q(Exists(clocks.filter(name=name)))


def _late(owner_type: str, name: ClockName) -> Q:
    late = Clock.objects.filter(owner_type=owner_type, owner_id=OuterRef("pk"), name=name)
    return Q(Exists(late.filter(overdue_at__isnull=False)))


def _petition_in_time(words: Promise, name: ClockName) -> CaseFigure:
    return CaseFigure(
        words=words,
        rows=Rows.PETITION,
        cohort="registered_at",
        part=lambda _now: ~_late(PETITION, name),
        whole=lambda _now: _clocks(PETITION, name),
        left_out=_("those whose time still runs"),
    )


def _level_in_time(words: Promise, level: StageLevel) -> CaseFigure:
    return CaseFigure(
        words=words,
        rows=Rows.STAGE,
        cohort="due_at",
        part=lambda _now: Q(answered_at__lte=F("due_at")),
        whole=lambda now: Q(level=level) & (Q(answered_at__isnull=False) | Q(due_at__lt=now)),
        left_out=_("those whose time still runs"),
    )


def _went_on(level: StageLevel) -> Q:
    following = PetitionStage.objects.filter(petition=OuterRef("petition"), level=level)
    return Q(Exists(following))


def _asked_for(words: Promise, level: StageLevel, following: StageLevel) -> CaseFigure:
    return CaseFigure(
        words=words,
        rows=Rows.STAGE,
        cohort="answered_at",
        part=lambda _now: _went_on(following),
        whole=lambda _now: Q(level=level) & ~Q(verdict=PetitionVerdict.SETTLED),
        left_out=_("those settled by mediation, which go no further"),
    )


def _settled_at_once(now: datetime) -> Q:
    is_over = Q(verdict=PetitionVerdict.SETTLED) | Q(ask_by_at__lt=now)
    return Q(level=StageLevel.HANDLING) & (is_over | _went_on(StageLevel.REVIEW))


def _owed_reply(now: datetime) -> Q:
    """Replied to, or not although it was due; one raised or withdrawn before asks for nothing."""
    ended_before = Q(state=SheetState.ENDED, ended_at__lte=F("due_at"))
    unanswered = Q(replied_at=None, due_at__lt=now) & ~ended_before
    asked = ~Q(state=SheetState.WITHDRAWN) & ~Q(cause=SheetCause.LEADER)
    return asked & (Q(replied_at__isnull=False) | unanswered)


def _milestone(words: Promise, name: ClockName) -> CaseFigure:
    """One of the times of a leader's instruction (13710)."""
    return CaseFigure(
        words=words,
        rows=Rows.SHEET,
        cohort="issued_at",
        part=lambda _now: ~_late(SHEET_OWNER, name),
        whole=lambda _now: (
            Q(cause=SheetCause.LEADER) & ~Q(state=SheetState.WITHDRAWN) & _clocks(SHEET_OWNER, name)
        ),
        left_out=_("withdrawn ones, those whose time still runs"),
    )


def _performed_in_time() -> Q:
    return Q(performed_at__date__lte=F("perform_by_day"))


CASE_FIGURES: Mapping[str, CaseFigure] = {
    "petition_handed_over_in_time": _petition_in_time(
        _("handed over or accepted in time"), ClockName.PETITION_TRANSFER
    ),
    "petition_told_in_time": _petition_in_time(
        _("petitioner told of acceptance in time"), ClockName.PETITION_ACCEPT
    ),
    "petition_handled_in_time": _level_in_time(
        _("handled in time: the opinion was given"), StageLevel.HANDLING
    ),
    "petition_reviewed_in_time": _level_in_time(_("reviewed in time"), StageLevel.REVIEW),
    "petition_re_reviewed_in_time": _level_in_time(_("re-reviewed in time"), StageLevel.RE_REVIEW),
    "petition_settled_at_once": CaseFigure(
        words=_("settled at the first level"),
        rows=Rows.STAGE,
        cohort="answered_at",
        part=lambda _now: ~_went_on(StageLevel.REVIEW),
        whole=_settled_at_once,
        left_out=_("those for which a review may still be asked"),
    ),
    "petition_review_asked": _asked_for(
        _("went on to review"), StageLevel.HANDLING, StageLevel.REVIEW
    ),
    "petition_re_review_asked": _asked_for(
        _("went on to re-review"), StageLevel.REVIEW, StageLevel.RE_REVIEW
    ),
    "petition_rated": CaseFigure(
        words=_("petitioner said what the handling was like (response share)"),
        rows=Rows.STAGE,
        cohort="answered_at",
        part=lambda _now: Q(rated_at__isnull=False),
        whole=_always,
        left_out=_("nothing"),
    ),
    "petition_satisfied": CaseFigure(
        words=_("petitioner satisfied (4 or 5 of 5)"),
        rows=Rows.STAGE,
        cohort="answered_at",
        part=lambda _now: Q(satisfaction__gte=SATISFIED_FROM),
        whole=lambda _now: Q(satisfaction__isnull=False),
        left_out=_("those for which no mark was given"),
    ),
    "reception_held": CaseFigure(
        words=_("reception days that took place as planned"),
        rows=Rows.RECEPTION,
        cohort="day",
        part=lambda _now: Q(state=ReceptionState.HELD),
        whole=lambda now: Q(day__lte=timezone.localdate(now)),
        left_out=_("days still to come"),
    ),
    "reception_by_roster": CaseFigure(
        words=_("held by the leader who was planned first"),
        rows=Rows.RECEPTION,
        cohort="day",
        part=lambda _now: Q(leader=F("planned_leader")),
        whole=lambda _now: Q(state=ReceptionState.HELD),
        left_out=_("days that did not take place"),
    ),
    "reception_matter_ended": CaseFigure(
        words=_("matters heard that have ended"),
        rows=Rows.MATTER,
        cohort="reception__day",
        part=lambda _now: Q(order__state__in=ENDED) | Q(petition__ended_at__isnull=False),
        whole=_always,
        left_out=_("nothing"),
    ),
    "meeting_held": CaseFigure(
        words=_("joint meetings that took place"),
        rows=Rows.MEETING,
        cohort="day",
        part=lambda _now: Q(state=MeetingState.HELD),
        whole=lambda now: Q(day__lte=timezone.localdate(now)),
        left_out=_("meetings still to come"),
    ),
    "decision_done": CaseFigure(
        words=_("decisions carried out"),
        rows=Rows.DECISION,
        cohort="meeting__day",
        part=lambda _now: Q(state=DecisionState.DONE),
        whole=lambda _now: ~Q(state=DecisionState.DROPPED),
        left_out=_("decisions that were dropped"),
    ),
    "decision_in_time": CaseFigure(
        words=_("decisions carried out in time"),
        rows=Rows.DECISION,
        cohort="due_day",
        part=lambda _now: Q(state=DecisionState.DONE, ended_at__date__lte=F("due_day")),
        whole=lambda now: (
            Q(state=DecisionState.DONE)
            | Q(state=DecisionState.OPEN, due_day__lt=timezone.localdate(now))
        ),
        left_out=_("decisions that were dropped, those whose time still runs"),
    ),
    "mediation_agreed": CaseFigure(
        words=_("disputes that ended in an agreement"),
        rows=Rows.MEDIATION,
        cohort="proposed_at",
        part=lambda _now: Q(state__in=[MediationState.AGREED, MediationState.PERFORMED]),
        whole=lambda _now: ~Q(state__in=[MediationState.PROPOSED, MediationState.UNDER_WAY]),
        left_out=_("disputes still under way"),
    ),
    "mediation_performed": CaseFigure(
        words=_("agreements performed in time"),
        rows=Rows.MEDIATION,
        cohort="perform_by_day",
        part=lambda _now: _performed_in_time(),
        whole=lambda now: (
            Q(performed_at__isnull=False)
            | Q(state=MediationState.AGREED, perform_by_day__lt=timezone.localdate(now))
        ),
        left_out=_("agreements without a day, those whose time still runs"),
    ),
    "mediation_confirmed": CaseFigure(
        words=_("agreements brought before a court to confirm"),
        rows=Rows.MEDIATION,
        cohort="agreed_at",
        part=lambda _now: Q(confirmation_asked_at__isnull=False),
        whole=_always,
        left_out=_("nothing"),
    ),
    "sheet_answered_in_time": CaseFigure(
        words=_("sheets answered in time"),
        rows=Rows.SHEET,
        cohort="due_at",
        part=lambda _now: Q(replied_at__lte=F("due_at")),
        whole=_owed_reply,
        left_out=_("leaders' instructions, withdrawn sheets, those raised or running before due"),
    ),
    "instruction_deployed_in_time": _milestone(
        _("instructions studied and assigned in time"), ClockName.DEPLOY
    ),
    "instruction_feedback_in_time": _milestone(
        _("instructions with feedback in time"), ClockName.FEEDBACK
    ),
    "instruction_done_in_time": _milestone(_("instructions done in time"), ClockName.HANDLE),
    "sheet_red_open": CaseFigure(
        words=_("red sheets that are still open"),
        rows=Rows.SHEET,
        cohort="issued_at",
        part=lambda _now: Q(state__in=OPEN_STATES),
        whole=lambda _now: Q(level__gte=RED_FROM) & ~Q(state=SheetState.WITHDRAWN),
        left_out=_("withdrawn sheets, levels below red"),
    ),
}
