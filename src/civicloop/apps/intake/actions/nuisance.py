"""Mark a caller who misuses the hotline: one proposes, a second person decides, and it expires.

A mark is a hint to whoever takes the next call. Nobody is refused by it: emergencies, reports of a
wrong and whatever else is told are taken down as always.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may, roles_with
from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.intake.emergencies import urgency_of
from civicloop.apps.intake.models import (
    Appeal,
    NuisanceMark,
    NuisanceReason,
    NuisanceState,
    Urgency,
)
from civicloop.apps.intake.notice_kinds import NUISANCE_DECIDED, NUISANCE_PROPOSED
from civicloop.apps.intake.queries.nuisance import mark_in_force, why_not_marked
from civicloop.apps.notices.actions import notify

LONGEST_DAYS = 90
USUAL_DAYS = 30
PROPOSALS_LAST = timedelta(days=7)  # undecided for longer, one proposes anew
LONGEST_STATEMENT = 500


class NuisanceRefusedError(Exception):
    """The mark cannot be proposed, decided or lifted; the argument says why, in the reader's language."""


@transaction.atomic
def propose_mark(
    *, appeal: Appeal, reason: NuisanceReason, statement: str, actor: User, now: datetime
) -> NuisanceMark:
    """Propose to mark the caller of an appeal; nothing follows before a second person agrees.

    Raises:
        NuisanceRefusedError: the appeal is an emergency, a report or confidential, its caller is
            not known, marked already or proposed, or nothing was said of what happened.
    """
    if not may(actor, Action.REGISTER_APPEAL):
        raise NuisanceRefusedError(_("Your role may not take this step."))
    locked = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if words := why_not_marked(locked, is_emergency=urgency_of(locked.text) == Urgency.CRITICAL):
        raise NuisanceRefusedError(words)
    waiting = NuisanceMark.objects.filter(
        appeal__caller_key=locked.caller_key, decided_at=None, proposed_at__gt=now - PROPOSALS_LAST
    )
    if waiting.exists() or mark_in_force(locked.caller_key, now=now):
        raise NuisanceRefusedError(_("This caller is marked already, or a mark is proposed."))
    if not statement.strip():
        raise NuisanceRefusedError(_("Say what happened."))
    mark = NuisanceMark.objects.create(
        appeal=locked,
        reason=reason,
        statement=statement.strip()[:LONGEST_STATEMENT],
        proposed_by=actor,
        proposed_at=now,
    )
    _record("nuisance_proposed", mark, actor, now, {"reason": str(reason)})
    deciders = User.objects.filter(role__in=roles_with(Action.DECIDE_NUISANCE), is_active=True)
    notify(
        deciders.exclude(pk=actor.pk),
        kind=NUISANCE_PROPOSED,
        key=f"nuisance {mark.pk}",
        link=reverse("desk:marks"),
        reference=locked.source_key,
        now=now,
    )
    return mark


@transaction.atomic
def decide_mark(*, mark_id: int, days: int, note: str, actor: User, now: datetime) -> NuisanceMark:
    """Let a mark hold for some days; 0: refuse it. Never by the one who proposed it.

    Raises:
        NuisanceRefusedError: it is decided, one's own, too long, or refused without a word why.
    """
    mark = NuisanceMark.objects.select_for_update(of=("self",)).get(pk=mark_id)
    if not may(actor, Action.DECIDE_NUISANCE):
        raise NuisanceRefusedError(_("Your role may not take this step."))
    if mark.proposed_by_id == actor.pk:
        raise NuisanceRefusedError(_("You proposed it; somebody else must decide."))
    if mark.decided_at is not None:
        raise NuisanceRefusedError(_("Somebody has decided this before."))
    if not 0 <= days <= LONGEST_DAYS:
        raise NuisanceRefusedError(
            _("A mark holds for %(days)s days at most.") % {"days": LONGEST_DAYS}
        )
    if not note.strip():
        raise NuisanceRefusedError(_("Say why you decide so."))
    mark.decided_by, mark.decided_at, mark.decision_note = actor, now, note.strip()
    mark.expires_at = now + timedelta(days=days) if days else None
    mark.save(update_fields=["decided_by", "decided_at", "decision_note", "expires_at"])
    _record("nuisance_decided", mark, actor, now, {"days": days})
    notify(
        [mark.proposed_by],
        kind=NUISANCE_DECIDED,
        key=f"nuisance {mark.pk} decided",
        link=reverse("desk:marks"),
        reference=mark.appeal.source_key,
        now=now,
    )
    return mark


@transaction.atomic
def lift_mark(*, mark_id: int, actor: User, now: datetime) -> NuisanceMark:
    """Take a mark away before it expires.

    Raises:
        NuisanceRefusedError: it is not in force.
    """
    mark = NuisanceMark.objects.select_for_update(of=("self",)).get(pk=mark_id)
    if not may(actor, Action.DECIDE_NUISANCE):
        raise NuisanceRefusedError(_("Your role may not take this step."))
    if mark.state_at(now) != NuisanceState.IN_FORCE:
        raise NuisanceRefusedError(_("This mark is not in force."))
    mark.lifted_by, mark.lifted_at = actor, now
    mark.save(update_fields=["lifted_by", "lifted_at"])
    _record("nuisance_lifted", mark, actor, now, {})
    return mark


def _record(
    action: str, mark: NuisanceMark, actor: User, now: datetime, details: dict[str, Json]
) -> None:
    record_event(
        action=action,
        object_type="nuisance_mark",
        object_id=mark.pk,
        actor=actor,
        now=now,
        details={"appeal": mark.appeal_id, **details},
    )
