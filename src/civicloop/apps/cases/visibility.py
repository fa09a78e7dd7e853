"""Which cases somebody may see, and which work orders the own cases open to a mediator."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.cases.models import (
    HandOver,
    JointMeeting,
    MediationCase,
    MeetingCase,
    PetitionCase,
    PetitionCategory,
    Reception,
)
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.visibility import Row, orders_visible_to, without_own
from civicloop.apps.intake.models import Kind
from civicloop.apps.intake.shown import accused_units

Someone = User | AnonymousUser


def orders_of_own_cases(user: User) -> Q:
    """The orders of the disputes that the user mediates; never a report of a wrong."""
    return Q(pk__in=MediationCase.objects.filter(mediator=user).values("order")) & ~Q(
        kind=Kind.REPORT
    )


def meetings_visible_to(user: Someone) -> QuerySet[JointMeeting]:
    """A unit sees the meetings that it is asked to or that gave it something to do."""
    if not isinstance(user, User):
        return JointMeeting.objects.none()
    if may(user, Action.HOLD_MEETINGS) or may(user, Action.OVERSEE):
        return JointMeeting.objects.all()
    if user.role in OF_A_UNIT:
        ours = Q(members__unit=user.unit_id) | Q(decisions__owner=user.unit_id)
        return JointMeeting.objects.filter(ours).distinct()
    return JointMeeting.objects.none()


def without_own_matters(rows: QuerySet[Row], matter: str = "") -> QuerySet[Row]:
    """The rows without those of a matter that is about the unit of the reader of this moment.

    Args:
        rows: of any table.
        matter: the way from a row to its matter, with two underlines at its end.
    """
    return without_own(without_own(rows, f"{matter}order__"), f"{matter}petition__order__")


def units_accused(order: WorkOrder | None, petition: PetitionCase | None) -> set[int]:
    """The units that a matter reports a wrong of, or complains of in confidence."""
    about = order or (petition.order if petition else None)
    if about is None or not (about.kind == Kind.REPORT or about.appeal.is_sensitive):
        return set()
    return accused_units(about.appeal)


def matters_visible_to(user: User) -> QuerySet[MeetingCase]:
    """A unit does not see a matter that is a report of a wrong or is about itself."""
    matters = without_own_matters(MeetingCase.objects.all())
    if user.role not in OF_A_UNIT:
        return matters
    shown = Q(order__in=orders_visible_to(user)) | Q(order=None)
    about_us = Q(order__respondent_unit=user.unit_id, order__respondent_unit__isnull=False)
    others = ~Q(order__kind=Kind.REPORT) & ~about_us
    return matters.filter(shown | others).exclude(petition__category=PetitionCategory.ACCUSATION)


def receptions_visible_to(user: Someone) -> QuerySet[Reception]:
    """The roster is for those who keep it and those on it."""
    allowed = (Action.HANDLE_PETITIONS, Action.HOLD_MEETINGS, Action.OVERSEE)
    if isinstance(user, User) and any(may(user, action) for action in allowed):
        return Reception.objects.all()
    return Reception.objects.none()


def mediations_visible_to(user: Someone) -> QuerySet[MediationCase]:
    """A mediator sees the own cases; who handles petitions or oversees sees all."""
    if not isinstance(user, User):
        return MediationCase.objects.none()
    if user.role == Role.MEDIATOR:
        return without_own(MediationCase.objects.filter(mediator=user), "order__")
    if may(user, Action.MEDIATE) or may(user, Action.OVERSEE):
        return without_own(MediationCase.objects.all(), "order__")
    return MediationCase.objects.none()


def petitions_visible_to(user: Someone) -> QuerySet[PetitionCase]:
    """Who is recused from a petition does not see it either."""
    if not isinstance(user, User):
        return PetitionCase.objects.none()
    if may(user, Action.HANDLE_PETITIONS) or may(user, Action.OVERSEE):
        others = PetitionCase.objects.exclude(recusals__user=user)
        return without_own(others, "order__")
    if user.role in OF_A_UNIT:
        about_us = Q(order__respondent_unit=user.unit_id, order__respondent_unit__isnull=False)
        handed = HandOver.objects.filter(organ=user.unit_id).exclude(is_upheld=True)
        is_ours = Q(stages__organ=user.unit_id) | Q(pk__in=handed.values("petition"))
        ours = PetitionCase.objects.filter(is_ours).exclude(about_us)
        return ours.exclude(recusals__user=user).distinct()
    return PetitionCase.objects.none()
