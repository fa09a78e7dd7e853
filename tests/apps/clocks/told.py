"""What an upper app does with the clocks it is told of: it writes a row for each."""

from collections.abc import Sequence

from django.utils import timezone

from civicloop.apps.audit.actions import record_events
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.clocks.actions.sweeping import DueClock


def tell(clocks: Sequence[DueClock]) -> None:
    record_events(
        action="told",
        object_type="clock",
        details={clock.id: {"due_at": clock.due_at.isoformat()} for clock in clocks},
        actor=None,
        now=timezone.now(),
    )


def told() -> list[int]:
    """The clocks told of, each as often as it was."""
    events = AuditEvent.objects.filter(action="told")
    return sorted(int(number) for number in events.values_list("object_id", flat=True))
