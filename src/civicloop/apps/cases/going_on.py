"""Which work orders a petition, a mediation, a meeting or a reception day has not done with."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from civicloop.apps.cases.models import (
    DecisionState,
    MediationCase,
    MeetingCase,
    MeetingDecision,
    MeetingState,
    PetitionCase,
    PetitionStage,
    ReceptionCase,
    ReceptionState,
)


def orders_of_cases_since(before: datetime) -> Iterator[QuerySet[Any, int]]:
    """Ids of the orders whose cases go on, or went on at that time or later."""
    mediations = MediationCase.objects.filter(Q(ended_at=None) | Q(ended_at__gte=before))
    yield _orders(mediations, "order")
    yield _orders(_petitions_since(before), "order")
    day = timezone.localdate(before)
    decided = MeetingDecision.objects.filter(
        Q(state=DecisionState.OPEN) | Q(ended_at__gte=before),
        Q(case=OuterRef("pk")) | Q(case=None),
        meeting=OuterRef("meeting"),
    )
    meetings = MeetingCase.objects.filter(
        Q(meeting__state=MeetingState.PLANNED)
        | Q(meeting__state=MeetingState.HELD, meeting__day__gte=day)
        | Exists(decided)
    )
    receptions = ReceptionCase.objects.filter(
        Q(reception__state=ReceptionState.PLANNED)
        | Q(reception__state=ReceptionState.HELD, reception__day__gte=day)
    )
    for heard in (meetings, receptions):
        yield _orders(heard, "order")
        yield _orders(heard, "petition__order")


def _petitions_since(before: datetime) -> QuerySet[PetitionCase]:
    """A petition is noted as ended by its last level alone; else it is over when no next level may be asked."""
    stages = PetitionStage.objects.filter(
        Q(answered_at=None) | Q(answered_at__gte=before) | Q(ask_by_at__gte=before),
        petition=OuterRef("pk"),
    )
    return PetitionCase.objects.filter(
        Q(ended_at__gte=before) | Q(ended_at=None) & (Q(registered_at__gte=before) | Exists(stages))
    )


def _orders(cases: QuerySet[Any], path: str) -> QuerySet[Any, int]:
    return cases.exclude(**{path: None}).order_by().values_list(path, flat=True)
