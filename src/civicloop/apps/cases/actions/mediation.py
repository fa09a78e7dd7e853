"""Mediate: only while every party agrees to it, and with the legal routes told when it fails."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.cases.actions.records import CaseRefusedError, keep_case, lock_case
from civicloop.apps.cases.models import (
    Agreement,
    Committee,
    CommitteeKind,
    MediationCase,
    MediationState,
)
from civicloop.apps.cases.timing import MEDIATION, stop, time_confirmation, time_mediation
from civicloop.apps.dispatch.guards import complaint_about
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.intake.models import Kind
from civicloop.apps.places.models import Area

FEWEST_PARTIES = 2
FEWEST_MEMBERS, MOST_MEMBERS = 3, 9


@transaction.atomic
def found_committee(
    *,
    name: str,
    kind: CommitteeKind,
    area: Area,
    member_count: int,
    elected_on: date,
    actor: User,
    now: datetime,
) -> Committee:
    """Enter a mediation committee of three to nine members.

    Raises:
        CaseRefusedError: fewer or more members, or there is one of this name.
    """
    if not FEWEST_MEMBERS <= member_count <= MOST_MEMBERS:
        raise CaseRefusedError(_("A committee has three to nine members."))
    if Committee.objects.filter(name=name).exists():
        raise CaseRefusedError(_("There is a committee of this name."))
    committee = Committee.objects.create(
        name=name, kind=kind, area=area, member_count=member_count, elected_on=elected_on
    )
    record_event(
        action="committee_founded",
        object_type="committee",
        object_id=committee.pk,
        actor=actor,
        now=now,
    )
    return committee


@transaction.atomic
def propose_mediation(
    *,
    committee: Committee,
    subject: str,
    mediator: User,
    actor: User,
    now: datetime,
    order: WorkOrder | None = None,
    party_count: int = FEWEST_PARTIES,
    organisation: str = "",
) -> MediationCase:
    """Offer mediation to the parties of a dispute; a report of a wrong is never mediated.

    Raises:
        CaseRefusedError: fewer than two parties, the order is a report of a wrong, or it is about
            the unit that the mediator belongs to.
    """
    if party_count < FEWEST_PARTIES:
        raise CaseRefusedError(_("A dispute has at least two parties."))
    if order and order.kind == Kind.REPORT:
        raise CaseRefusedError(_("A report of a wrong is not mediated."))
    if order and mediator.unit_id and complaint_about(order, [mediator.unit_id]):
        raise CaseRefusedError(_("The appeal is about the mediator's own unit: name another one."))
    case = MediationCase(
        committee=committee,
        order=order,
        subject=subject,
        mediator=mediator,
        party_count=party_count,
        organisation=organisation,
        proposed_at=now,
        version=0,
    )
    return keep_case(case, "mediation_proposed", actor=actor, now=now)


@transaction.atomic
def begin_mediation(
    *, case_id: int, actor: User, now: datetime, seen_version: int | None = None
) -> MediationCase:
    """Every party has agreed to be mediated."""
    case = _in(case_id, seen_version, MediationState.PROPOSED)
    case.state, case.consented_at = MediationState.UNDER_WAY, now
    time_mediation(case, actor=actor, now=now)
    return keep_case(case, "mediation_begun", actor=actor, now=now)


@transaction.atomic
def agree(
    *,
    case_id: int,
    agreement: Agreement,
    text: str,
    actor: User,
    now: datetime,
    perform_by_day: date | None = None,
    seen_version: int | None = None,
) -> MediationCase:
    """Keep what the parties agreed: in writing when signed, by word of mouth at once."""
    case = _in(case_id, seen_version, MediationState.UNDER_WAY)
    if not text.strip():
        raise CaseRefusedError(_("Write what the parties agreed."))
    case.state, case.agreement, case.agreement_text = MediationState.AGREED, agreement, text
    case.agreed_at, case.perform_by_day = now, perform_by_day
    time_confirmation(case, actor=actor, now=now)
    return keep_case(case, "mediation_agreed", actor=actor, now=now, form=str(agreement))


@transaction.atomic
def ask_confirmation(
    *, case_id: int, actor: User, now: datetime, seen_version: int | None = None
) -> MediationCase:
    """Both parties ask the court to confirm the agreement."""
    case = _in(case_id, seen_version, MediationState.AGREED)
    if case.confirmation_asked_at:
        raise CaseRefusedError(_("The court has been asked already."))
    case.confirmation_asked_at = now
    stop(MEDIATION, case.pk, actor=actor, now=now)
    return keep_case(case, "mediation_confirmation_asked", actor=actor, now=now)


@transaction.atomic
def note_performed(
    *, case_id: int, actor: User, now: datetime, seen_version: int | None = None
) -> MediationCase:
    """The parties have done what they agreed."""
    case = _in(case_id, seen_version, MediationState.AGREED)
    case.state, case.performed_at, case.ended_at = MediationState.PERFORMED, now, now
    stop(MEDIATION, case.pk, actor=actor, now=now)
    return keep_case(case, "mediation_performed", actor=actor, now=now)


@transaction.atomic
def end_without_agreement(
    *,
    case_id: int,
    is_refused: bool,
    route_told: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> MediationCase:
    """A party refuses, or no agreement is found; the parties are told their legal routes.

    Raises:
        CaseRefusedError: the routes are not written down, or the case has ended.
    """
    case = _in(case_id, seen_version, MediationState.PROPOSED, MediationState.UNDER_WAY)
    if not route_told.strip():
        raise CaseRefusedError(_("Write which legal routes the parties were told."))
    case.state = MediationState.REFUSED if is_refused else MediationState.FAILED
    case.route_told, case.ended_at = route_told, now
    stop(MEDIATION, case.pk, actor=actor, now=now)
    return keep_case(case, "mediation_ended", actor=actor, now=now, refused=is_refused)


def _in(case_id: int, seen_version: int | None, *states: MediationState) -> MediationCase:
    case = lock_case(MediationCase.objects, case_id, seen_version=seen_version)
    if case.state not in states:
        raise CaseRefusedError(
            _("The mediation is %(state)s.") % {"state": case.get_state_display()}
        )
    return case
