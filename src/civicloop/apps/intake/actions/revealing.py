"""Let a member of the hotline see what is sealed of an appeal: for a reason, for a while, never unnoticed.

That is how to reach the citizen, and the row of the file that the appeal came in by.

What is sensitive (a report of a wrong, or told in confidence) opens only after somebody else allowed
it. Each person has so many looks a day.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, roles_with
from civicloop.apps.audit.actions import record_event
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal, Look, LookState
from civicloop.apps.intake.notice_kinds import LOOK_ALLOWED, LOOK_ASKED, LOOK_REFUSED
from civicloop.apps.intake.opening import Opened, is_sealed, open_sealed
from civicloop.apps.intake.shown import accused_units, is_hidden_from
from civicloop.apps.notices.actions import notify
from civicloop.engines.pii import mask_pii

REVEALED, SEEN_AGAIN = "contact_revealed", "contact_seen_again"
LONGEST_REASON = 200
OPEN_WITHIN = timedelta(hours=24)  # after it was allowed


class NothingSealedError(Exception):
    """There is nothing of this appeal to look at."""


class LooksSpentError(Exception):
    """This person's looks of the day are spent; the argument is how many there are."""


class LookNotOpenError(Exception):
    """The look is refused, waiting or over, or somebody else's."""


class LookDecidedError(Exception):
    """Somebody has decided it before."""


class AccusedLookError(Exception):
    """Nobody of the unit that a report is about looks, or allows a look, at who reported."""


class OwnLookError(Exception):
    """Nobody allows the own look."""


@transaction.atomic
def ask_look(*, appeal: Appeal, reason: str, actor: User, now: datetime) -> Look:
    """Ask to see what is sealed of an appeal; what is not sensitive is open at once.

    Raises:
        AccusedLookError: the report is about the actor's own unit.
        NothingSealedError: the citizen gave nothing, and no file did.
        LooksSpentError: no more today.
    """
    _refuse_accused(appeal, actor)
    if not is_sealed(appeal):
        raise NothingSealedError
    reason = mask_pii(reason)[:LONGEST_REASON]  # staff write down whom they mean to call
    User.objects.select_for_update().get(
        pk=actor.pk
    )  # two questions at once are counted one by one
    _refuse_beyond_budget(actor, now)
    look = Look.objects.create(
        appeal=appeal,
        asked_by=actor,
        asked_at=now,
        reason=reason,
        needs_second=appeal.is_sensitive,
    )
    if look.needs_second:
        _record("contact_asked_for", look, actor, now, reason=reason)
        _tell_who_may_allow(look, now)
    else:
        _open(look, actor, now)
    return look


@transaction.atomic
def decide_look(*, look_id: int, is_allowed: bool, actor: User, now: datetime) -> Look:
    """Allow or refuse what another asked for.

    Raises:
        Look.DoesNotExist: nobody asked for it.
        AccusedLookError: the report is about the actor's own unit.
        OwnLookError: one allows nothing to oneself.
        LookDecidedError: it is decided.
    """
    look = Look.objects.select_for_update().get(pk=look_id, needs_second=True)
    if look.asked_by_id == actor.pk:
        raise OwnLookError
    _refuse_accused(look.appeal, actor)
    if look.decided_at:
        raise LookDecidedError
    look.decided_by, look.decided_at, look.is_refused = actor, now, not is_allowed
    look.open_before = now + OPEN_WITHIN if is_allowed else None
    look.save(update_fields=["decided_by", "decided_at", "is_refused", "open_before"])
    _record("contact_allowed" if is_allowed else "contact_refused", look, actor, now)
    notify(
        [look.asked_by],
        kind=LOOK_ALLOWED if is_allowed else LOOK_REFUSED,
        key=f"look {look.pk} decided",
        link=reverse("looks:look", args=[look.pk]),
        reference=look.appeal.source_key,
        now=now,
    )
    return look


@transaction.atomic
def open_look(*, look_id: int, actor: User, now: datetime) -> Look:
    """Open what was allowed; from now on it is counted how long.

    Raises:
        Look.DoesNotExist: there is none.
        LookNotOpenError: it is not allowed, over, or another's.
    """
    look = Look.objects.select_for_update().get(pk=look_id)
    if look.asked_by_id != actor.pk or look.state_at(now) != LookState.ALLOWED:
        raise LookNotOpenError
    _open(look, actor, now)
    return look


@transaction.atomic
def read_look(*, look: Look, actor: User, now: datetime) -> Opened:
    """What is sealed of the appeal; each time it is shown is an audit event.

    Raises:
        AccusedLookError: the report is about the actor's own unit, as is known by now.
        LookNotOpenError: it is not open, or another's.
        SealBrokenError: the key is missing or the record was tampered with.
    """
    if look.asked_by_id != actor.pk or look.state_at(now) != LookState.OPEN:
        raise LookNotOpenError
    _refuse_accused(look.appeal, actor)
    opened = open_sealed(look.appeal_id)
    _record(SEEN_AGAIN, look, actor, now)
    return opened


class Seen(NamedTuple):
    """That somebody looked; who it was the citizen is not told."""

    at: datetime
    unit: str  # "": the hotline


def revealed_at(appeal: Appeal) -> list[Seen]:
    """When somebody looked, oldest first."""
    looks = AuditEvent.objects.filter(
        action=REVEALED, object_type="appeal", object_id=str(appeal.pk)
    ).order_by("id")
    return [Seen(at, unit or "") for at, unit in looks.values_list("at", "actor__unit__name")]


def looks_left(user: User, *, now: datetime) -> int:
    """How many looks the user has left today."""
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Look.objects.filter(asked_by=user, asked_at__gte=day, asked_at__lte=now).count()
    return max(0, int(settings.LOOKS_PER_DAY) - asked)


def _refuse_accused(appeal: Appeal, actor: User) -> None:
    if is_hidden_from(actor, appeal):
        raise AccusedLookError


def _refuse_beyond_budget(actor: User, now: datetime) -> None:
    if not looks_left(actor, now=now):
        raise LooksSpentError(settings.LOOKS_PER_DAY)


def _open(look: Look, actor: User, now: datetime) -> None:
    look.opened_at = now
    look.closes_at = now + timedelta(minutes=settings.LOOK_MINUTES)
    look.save(update_fields=["opened_at", "closes_at"])
    _record(REVEALED, look, actor, now, reason=look.reason)


def _record(action: str, look: Look, actor: User, now: datetime, **details: str) -> None:
    record_event(
        action=action,
        object_type="appeal",
        object_id=look.appeal_id,
        actor=actor,
        now=now,
        details={"look": look.pk, **details},
    )


def _tell_who_may_allow(look: Look, now: datetime) -> None:
    allowing = User.objects.filter(role__in=roles_with(Action.ALLOW_LOOKS))
    allowing = allowing.exclude(unit__in=accused_units(look.appeal))
    notify(
        allowing.exclude(pk=look.asked_by_id),
        kind=LOOK_ASKED,
        key=f"look {look.pk} asked",
        link=reverse("looks:list"),
        reference=look.appeal.source_key,
        now=now,
    )
