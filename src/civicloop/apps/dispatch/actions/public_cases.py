"""Publish a case in words of its own, let citizens follow it, take it back."""

import re
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.dispatch.actions.telling_followers import tell_followers, ways_to_followers
from civicloop.apps.dispatch.models import Follower, PublicCase, PublicState, WorkOrder
from civicloop.apps.intake.actions.registering import SOURCE
from civicloop.apps.intake.callers import CallerKeys
from civicloop.apps.intake.models import Appeal, Kind
from civicloop.apps.intake.receipts import form_key_of
from civicloop.apps.issues.models import Event
from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.places.models import Area
from civicloop.engines.pii import find_pii

LOOKS_LIKE_A_NUMBER = re.compile(r"\d[\d\s-]{5,}\d")  # of a telephone, a person, a card
ROOM = re.compile(r"\d+\s*(?:号楼|栋|幢|单元|室|户)")


class NotPublishableError(ValueError):
    """The case must not be published so; the argument says why, in the reader's language."""


@transaction.atomic
def publish_case(
    *, event: Event, title: str, area: Area | None, actor: User, now: datetime
) -> PublicCase:
    """Show an event to the public under a title that a person wrote; known already, change it.

    Raises:
        NotPublishableError: it is about a wrong, or the title tells too much.
    """
    _refuse_what_stays_private(event, title)
    case, is_new = PublicCase.objects.select_for_update().get_or_create(
        event=event,
        withdrawn_at=None,
        defaults={"title": title, "area": area, "published_by": actor, "published_at": now},
    )
    case.title, case.area = title, area
    case.save(update_fields=["title", "area"])
    _record("case_published" if is_new else "case_changed", case, actor, now)
    return case


def _refuse_what_stays_private(event: Event, title: str) -> None:
    tells = find_pii(title) or LOOKS_LIKE_A_NUMBER.search(title)
    if tells or ROOM.search(title):
        raise NotPublishableError(_("The title holds a number or a home. Leave it out."))
    members = Appeal.objects.filter(event_member__event=event)
    hidden = WorkOrder.objects.filter(appeal__in=members, is_confidential=True)
    if members.filter(kind=Kind.REPORT).exists() or hidden.exists():
        raise NotPublishableError(
            _("An appeal about it is confidential or reports a wrong. It stays private.")
        )


@transaction.atomic
def settle_case(*, case: PublicCase, state: PublicState, actor: User, now: datetime) -> None:
    """Say publicly where the matter stands, and tell those who follow it, if there is a way to them."""
    if case.state == state:
        return
    case.state = state
    case.save(update_fields=["state"])
    _record("case_state_changed", case, actor, now)
    if ways_to_followers():
        enqueue(tell_followers, case.pk, str(state), now=now)


@transaction.atomic
def withdraw_case(*, case: PublicCase, actor: User, now: datetime) -> None:
    """Take a case from the public; its followers are kept."""
    case.withdrawn_at = now
    case.save(update_fields=["withdrawn_at"])
    _record("case_withdrawn", case, actor, now)


@transaction.atomic
def follow_case(
    *, case: PublicCase, phone: str, token: str, now: datetime, email: str = ""
) -> bool:
    """Count one citizen more; False where telephone, e-mail or form was counted before."""
    person = CallerKeys(SOURCE).key_of_phone(phone) or form_key_of(email.lower() or token)
    told = Follower(case=case, person_key=person)
    told.seal_columns({"phone": phone, "email": email})
    _follower, is_new = Follower.objects.get_or_create(
        case=case,
        person_key=person,
        defaults={"key_id": told.key_id, "phone": told.phone, "email": told.email, "at": now},
    )
    if is_new:
        PublicCase.objects.filter(pk=case.pk).update(follower_count=F("follower_count") + 1)
        _record("case_followed", case, None, now)
    return is_new


def _record(action: str, case: PublicCase, actor: User | None, now: datetime) -> None:
    record_event(
        action=action,
        object_type="public_case",
        object_id=case.pk,
        actor=actor,
        now=now,
        details={} if actor is None else {"title": case.title, "state": str(case.state)},
    )
