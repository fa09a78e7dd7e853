"""Who is told when a case's clock is nearly or quite out: the organ, the owner, the mediator, the desk."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse

from civicloop.apps.accounts.models import OF_A_UNIT, User
from civicloop.apps.cases import notice_kinds
from civicloop.apps.cases.models import (
    MediationCase,
    MeetingDecision,
    PetitionCase,
    PetitionStage,
)
from civicloop.apps.cases.timing import DECISION, MEDIATION, OF_LEVEL, PETITION, STAGE
from civicloop.apps.cases.visibility import units_accused
from civicloop.apps.clocks.actions.sweeping import DueClock
from civicloop.apps.clocks.models import ClockName
from civicloop.apps.clocks.wording import word_end
from civicloop.apps.dispatch.actions.telling import who_may_be_told
from civicloop.apps.notices.actions import notify
from civicloop.apps.notices.kinds import NoticeKind

OF_STAFF = frozenset(
    {
        *OF_LEVEL.values(),
        ClockName.PETITION_TRANSFER,
        ClockName.PETITION_ACCEPT,
        ClockName.DECISION,
        ClockName.MEDIATE,
        ClockName.CONFIRM,
    }
)  # fmt: skip -- the time to ask for the next level is the petitioner's
REMINDED = OF_STAFF | {ClockName.PETITION_OBJECT}  # a right: once it is out, nothing is late


class _Told(NamedTuple):
    """A case whose time is out: who is told, its number and page."""

    clock: DueClock
    people: list[User]
    number: int
    link: str


Find = Callable[[Mapping[int, DueClock]], Iterator[_Told]]


def follow_near_due(clocks: Sequence[DueClock], now: datetime) -> None:
    """Remind of the cases among these clocks."""
    _tell(clocks, now, is_late=False)


def follow_overdue(clocks: Sequence[DueClock], now: datetime) -> None:
    """Tell of the cases among these clocks that are late."""
    _tell(clocks, now, is_late=True)


def _tell(clocks: Sequence[DueClock], now: datetime, *, is_late: bool) -> None:
    for owner_type, (find, near_due, overdue) in FOLLOWED.items():
        ours = {
            clock.owner_id: clock
            for clock in clocks
            if clock.owner_type == owner_type and clock.name in (OF_STAFF if is_late else REMINDED)
        }
        kind = overdue if is_late else near_due
        for told in find(ours) if ours else ():
            notify(
                told.people,
                kind=kind,
                key=f"{kind.code} {told.clock.id} {told.clock.due_at.isoformat()}",
                link=told.link,
                now=now,
                reference=str(told.number),
                params={"due": word_end(told.clock.due_at)},
            )


def _petitions(clocks: Mapping[int, DueClock]) -> Iterator[_Told]:
    found = PetitionCase.objects.select_related("registered_by", "package_leader", "order")
    staff = _staff_of({clock.unit_id for clock in clocks.values() if clock.unit_id})
    for petition in found.filter(pk__in=clocks):
        clock = clocks[petition.pk]
        yield _of_petition(clock, petition, staff.get(clock.unit_id or 0, []))


def _stages(clocks: Mapping[int, DueClock]) -> Iterator[_Told]:
    related = ("petition__registered_by", "petition__package_leader", "petition__order")
    stages = list(PetitionStage.objects.select_related(*related).filter(pk__in=clocks))
    staff = _staff_of({stage.organ_id for stage in stages})
    for stage in stages:
        yield _of_petition(clocks[stage.pk], stage.petition, staff.get(stage.organ_id, []))


def _of_petition(clock: DueClock, petition: PetitionCase, staff: list[User]) -> _Told:
    leader = [petition.package_leader] if petition.package_leader else []
    recused = set(petition.recusals.values_list("user_id", flat=True))
    people = [user for user in (*staff, petition.registered_by, *leader) if user.pk not in recused]
    if petition.order:
        people = who_may_be_told(people, petition.order)
    return _Told(clock, people, petition.pk, reverse("cases:petition", args=[petition.pk]))


def _decisions(clocks: Mapping[int, DueClock]) -> Iterator[_Told]:
    related = ("meeting__secretary", "case__order__appeal", "case__petition__order__appeal")
    found = MeetingDecision.objects.select_related(*related).filter(pk__in=clocks)
    decisions = list(found)
    staff = _staff_of({decision.owner_id for decision in decisions})
    for decision in decisions:
        meeting = decision.meeting
        people = [*staff.get(decision.owner_id, []), meeting.secretary]
        if case := decision.case:
            accused = units_accused(case.order, case.petition)
            people = [user for user in people if user.unit_id not in accused]
        link = reverse("cases:meeting", args=[meeting.pk])
        yield _Told(clocks[decision.pk], people, meeting.pk, link)


def _mediations(clocks: Mapping[int, DueClock]) -> Iterator[_Told]:
    found = MediationCase.objects.select_related("mediator", "order__appeal")
    for case in found.filter(pk__in=clocks):
        link = reverse("cases:mediation", args=[case.pk])
        people = who_may_be_told([case.mediator], case.order) if case.order else [case.mediator]
        yield _Told(clocks[case.pk], people, case.pk, link)


def _staff_of(units: set[int]) -> dict[int, list[User]]:
    found: dict[int, list[User]] = {}
    for user in User.objects.filter(unit__in=units, role__in=OF_A_UNIT, is_active=True):
        found.setdefault(user.unit_id or 0, []).append(user)
    return found


FOLLOWED: Mapping[str, tuple[Find, NoticeKind, NoticeKind]] = {
    PETITION: (_petitions, notice_kinds.PETITION_NEAR_DUE, notice_kinds.PETITION_OVERDUE),
    STAGE: (_stages, notice_kinds.PETITION_NEAR_DUE, notice_kinds.PETITION_OVERDUE),
    DECISION: (_decisions, notice_kinds.DECISION_NEAR_DUE, notice_kinds.DECISION_OVERDUE),
    MEDIATION: (_mediations, notice_kinds.MEDIATION_NEAR_DUE, notice_kinds.MEDIATION_OVERDUE),
}
