"""Marks on callers: that of a caller, those that wait for a second person, one's own proposals."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.intake.models import Appeal, NuisanceMark
from civicloop.apps.intake.shown import without_hidden

MOST_SHOWN = 100


def mark_in_force(caller_key: str, *, now: datetime) -> NuisanceMark | None:
    """The mark of a caller, by the blind key alone."""
    if not caller_key:
        return None
    marks = NuisanceMark.objects.filter(
        appeal__caller_key=caller_key, expires_at__gt=now, lifted_at=None
    )
    return marks.order_by("-expires_at").first()


def why_not_marked(appeal: Appeal, *, is_emergency: bool) -> str:
    """Why nobody may propose a mark at an appeal, "" where one may."""
    if is_emergency or appeal.is_sensitive:
        return _(
            "An emergency, a report of a wrong or what is confidential is never held against anybody."
        )
    if not appeal.caller_key:
        return _("The caller is not known: there is nobody to mark.")
    return ""


def waiting_marks() -> QuerySet[NuisanceMark]:
    """What waits for a second person, the oldest first; nothing else of the caller."""
    waiting = without_hidden(NuisanceMark.objects.filter(decided_at=None), "appeal")
    return waiting.select_related("appeal", "proposed_by").order_by("proposed_at", "id")[
        :MOST_SHOWN
    ]


def marks_in_force(*, now: datetime) -> QuerySet[NuisanceMark]:
    """What holds now, what expires first first; no caller is counted or ranked."""
    in_force = NuisanceMark.objects.filter(expires_at__gt=now, lifted_at=None)
    marks = without_hidden(in_force, "appeal")
    return marks.select_related("appeal", "decided_by").order_by("expires_at", "id")[:MOST_SHOWN]


def own_proposals(user: User) -> QuerySet[NuisanceMark]:
    """What the user proposed, the newest first."""
    own = without_hidden(NuisanceMark.objects.filter(proposed_by=user), "appeal")
    return own.select_related("appeal").order_by("-id")[:MOST_SHOWN]
