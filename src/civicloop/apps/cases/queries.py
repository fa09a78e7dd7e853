"""What the pages of cases show: open work, the cases of an order, the clocks and history of a case."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db.models import F, Q, QuerySet

from civicloop.apps.accounts.models import OF_A_UNIT, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.accounts.visibility import unit_now
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.cases.models import (
    DecisionState,
    JointMeeting,
    MediationCase,
    MeetingDecision,
    MeetingState,
    PetitionCase,
    Reception,
    ReceptionState,
)
from civicloop.apps.cases.visibility import (
    mediations_visible_to,
    meetings_visible_to,
    petitions_visible_to,
    receptions_visible_to,
    without_own_matters,
)
from civicloop.apps.clocks.models import RIGHTS, Clock
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.queries.order_clocks import ClockShown, clock_shown

SHOWN = 20
AnyCase: TypeAlias = JointMeeting | MediationCase | PetitionCase | Reception


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWork:
    """The first of what is not ended, by kind, what comes first first."""

    meetings: list[JointMeeting]
    decisions: list[MeetingDecision]
    receptions: list[Reception]
    mediations: list[MediationCase]
    petitions: list[PetitionCase]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCases:
    """The cases about one work order that the reader may see."""

    meetings: list[JointMeeting]
    mediations: list[MediationCase]
    petitions: list[PetitionCase]

    def __bool__(self) -> bool:
        return bool(self.meetings or self.mediations or self.petitions)


def open_work(user: User) -> OpenWork:
    """What waits in the four lists; one statement each."""
    meetings = meetings_visible_to(user).filter(state=MeetingState.PLANNED)
    receptions = receptions_visible_to(user).filter(state=ReceptionState.PLANNED)
    mediations = mediations_visible_to(user).filter(ended_at=None)
    petitions = petitions_visible_to(user).filter(ended_at=None)
    return OpenWork(
        meetings=list(meetings.order_by("day", "id")[:SHOWN]),
        decisions=list(open_decisions(user)[:SHOWN]),
        receptions=list(receptions.select_related("leader")[:SHOWN]),
        mediations=list(mediations.select_related("committee").order_by("id")[:SHOWN]),
        petitions=list(petitions.order_by("id")[:SHOWN]),
    )


def open_decisions(user: User) -> QuerySet[MeetingDecision]:
    """Decisions that are not ended: a unit's own, or all for who keeps or oversees meetings."""
    decisions = MeetingDecision.objects.filter(state=DecisionState.OPEN)
    decisions = without_own_matters(decisions, "case__")
    if user.role in OF_A_UNIT:
        decisions = decisions.filter(owner=user.unit_id)
    elif not (may(user, Action.HOLD_MEETINGS) or may(user, Action.OVERSEE)):
        decisions = decisions.none()
    return decisions.select_related("meeting", "owner").order_by("due_day", "id")


def decisions_shown(user: User, meeting: JointMeeting) -> QuerySet[MeetingDecision]:
    """The decisions of a meeting; a unit sees its own."""
    decisions = without_own_matters(meeting.decisions.select_related("owner"), "case__")
    return decisions.filter(owner=user.unit_id) if user.role in OF_A_UNIT else decisions


def cases_of_order(order: WorkOrder, user: User) -> OrderCases:
    """One statement for each kind."""
    meetings = meetings_visible_to(user).filter(cases__order=order).distinct()
    return OrderCases(
        meetings=list(meetings),
        mediations=list(mediations_visible_to(user).filter(order=order)),
        petitions=list(petitions_visible_to(user).filter(order=order)),
    )


def clocks_of(owner_type: str, owner_ids: Collection[int], *, now: datetime) -> list[ClockShown]:
    """The clocks of these owners with their reckoning in words, those that run first."""
    clocks = Clock.objects.filter(owner_type=owner_type, owner_id__in=owner_ids)
    running_first = clocks.order_by(F("stopped_at").desc(nulls_first=True), "-id")
    return [clock_shown(clock, now=now) for clock in running_first.select_related("unit")]


def late_owners(owner_type: str, owner_ids: Collection[int], *, now: datetime) -> set[int]:
    """Those of the owners that have let a clock run out, as it is counted by now."""
    running = Clock.objects.running().filter(owner_type=owner_type, owner_id__in=owner_ids)
    running = running.exclude(name__in=RIGHTS)
    return set(running.filter(due_at__lt=now).values_list("owner_id", flat=True))


def history_of(case: AnyCase) -> list[AuditEvent]:
    """Every change of a case, the newest first; none of a matter that is about the reader's unit."""
    return _history(case)[0]


def shown_version(case: AnyCase) -> int:
    """The version of a case as the reader counts it: a change that is hidden from them is none.

    Of a reception day, which has no version, the changes count.
    """
    shown, hidden = _history(case)
    return len(shown) if isinstance(case, Reception) else case.version - hidden


def _history(case: AnyCase) -> tuple[list[AuditEvent], int]:
    """The changes that the reader of this moment sees, and how many there are besides."""
    mine = Q(object_type=type(case).__name__.lower(), object_id=str(case.pk))
    events = AuditEvent.objects.filter(mine).select_related("actor").order_by("-id")
    hidden = _hidden_parts(case)
    shown = [
        event
        for event in events
        if not any((name, event.details.get(name)) in hidden for name in ("case", "decision"))
    ]
    return shown, len(events) - len(shown)


def _hidden_parts(case: AnyCase) -> set[tuple[str, int]]:
    """The matters and decisions of a meeting or a reception that the reader of this moment does not see."""
    if unit_now() is None or not isinstance(case, JointMeeting | Reception):
        return set()
    matters = set(case.cases.values_list("pk", flat=True))
    parts = {("case", pk) for pk in matters - set(_pks(without_own_matters(case.cases.all())))}
    if isinstance(case, JointMeeting):
        decisions = set(case.decisions.values_list("pk", flat=True))
        shown = set(_pks(without_own_matters(case.decisions.all(), "case__")))
        parts |= {("decision", pk) for pk in decisions - shown}
    return parts


def _pks(rows: QuerySet[Any]) -> Iterable[int]:
    return rows.values_list("pk", flat=True)


def is_overdue(decision: MeetingDecision, *, today: date) -> bool:
    """Whether a decision's day is past and nobody has said what came of it."""
    return decision.state == DecisionState.OPEN and decision.due_day < today
