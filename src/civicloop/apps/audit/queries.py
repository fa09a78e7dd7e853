from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from civicloop.apps.audit.models import AuditEvent


def history_of(object_type: str, object_id: int | str) -> QuerySet[AuditEvent]:
    """The events of one record, oldest first."""
    return (
        AuditEvent.objects.filter(object_type=object_type, object_id=str(object_id))
        .select_related("actor")
        .order_by("id")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage:
    """Some events, newest first, and the number from which the older ones go on."""

    events: Sequence[AuditEvent]
    older_than: int | None


def events_page(
    *, username: str = "", object_type: str = "", object_id: str = "", before: int | None, size: int
) -> EventsPage:
    """The events of a person, of a record, or all; walked by number, however many there are."""
    events = AuditEvent.objects.select_related("actor").order_by("-id")
    if username:
        events = events.filter(actor__username=username)
    if object_type:
        events = events.filter(object_type=object_type, object_id=object_id)
    if before is not None:
        events = events.filter(id__lt=before)
    found = list(events[: size + 1])
    has_older = len(found) > size
    return EventsPage(events=found[:size], older_than=found[size - 1].pk if has_older else None)
