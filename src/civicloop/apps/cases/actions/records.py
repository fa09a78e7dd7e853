"""What every change to a case has in common: the lock, the version that was seen, the audit event."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Manager, Model

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.cases.models import JointMeeting, MediationCase, PetitionCase

Case = TypeVar("Case", JointMeeting, MediationCase, PetitionCase)


class CaseRefusedError(Exception):
    """The change is not allowed; the argument says why, in the reader's language."""


class StaleCaseError(Exception):
    """Somebody else has changed the case since the actor read it."""


def changes_of(case: Model) -> int:
    """How often a case without a version was changed: each change left an event."""
    mine = AuditEvent.objects.filter(
        object_type=type(case).__name__.lower(), object_id=str(case.pk)
    )
    return mine.count()


def lock_case(cases: Manager[Case], case_id: int, *, seen_version: int | None = None) -> Case:
    """The case, held until the transaction ends.

    Raises:
        StaleCaseError: it is not at the version that the actor saw.
    """
    case = cases.select_for_update().get(pk=case_id)
    if seen_version is not None and case.version != seen_version:
        raise StaleCaseError(str(case))
    return case


def keep_case(
    kept: Case, /, action: str, *, actor: User | None, now: datetime, **details: Json
) -> Case:
    """Save a changed case as its next version, with its audit event."""
    kept.version += 1
    kept.save()
    record_event(
        action=action,
        object_type=type(kept).__name__.lower(),
        object_id=kept.pk,
        actor=actor,
        now=now,
        details=details,
    )
    return kept
