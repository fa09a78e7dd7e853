"""Looks at contacts that wait for a second person, and one's own."""

from django.db.models import QuerySet

from civicloop.apps.accounts.models import User
from civicloop.apps.intake.models import Look
from civicloop.apps.intake.shown import appeals_about, without_hidden

MOST_SHOWN = 100


def waiting_looks(user: User) -> QuerySet[Look]:
    """What nobody has decided yet, the oldest first; nothing that is about the user's own unit."""
    waiting = Look.objects.filter(needs_second=True, decided_at=None)
    if user.unit_id:
        waiting = waiting.exclude(appeal__in=appeals_about(user.unit_id).values("pk"))
    return waiting.select_related("appeal", "asked_by__unit").order_by("asked_at", "id")


def own_looks(user: User) -> list[Look]:
    """What the user asked for, the newest first."""
    own = without_hidden(Look.objects.filter(asked_by=user), "appeal").select_related("appeal")
    return list(own.order_by("-asked_at", "-id")[:MOST_SHOWN])
