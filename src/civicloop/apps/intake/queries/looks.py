"""Looks at contacts that wait for a second person, and one's own."""

from django.db.models import QuerySet

from civicloop.apps.accounts.models import User
from civicloop.apps.intake.models import Look

MOST_SHOWN = 100


def waiting_looks() -> QuerySet[Look]:
    """What nobody has decided yet, the oldest first."""
    waiting = Look.objects.filter(needs_second=True, decided_at=None)
    return waiting.select_related("appeal", "asked_by__unit").order_by("asked_at", "id")


def own_looks(user: User) -> list[Look]:
    """What the user asked for, the newest first."""
    own = Look.objects.filter(asked_by=user).select_related("appeal")
    return list(own.order_by("-asked_at", "-id")[:MOST_SHOWN])
