"""Which events are as if they were not there: those to which a report about the reader's own unit belongs.

Title, description and counts of an event are made of all its appeals, so one of them hides the whole.
"""

from typing import TypeVar

from django.db.models import Model, QuerySet

from civicloop.apps.accounts.visibility import unit_now
from civicloop.apps.intake.shown import hidden_from_unit
from civicloop.apps.issues.models import EventMember

Row = TypeVar("Row", bound=Model)


def without_hidden_events(rows: QuerySet[Row], event: str = "pk") -> QuerySet[Row]:
    """The rows without those of an event that is hidden from the reader of this moment.

    Args:
        rows: of any table.
        event: the way from a row to its event.
    """
    unit = unit_now()
    if unit is None:
        return rows
    members = EventMember.objects.filter(appeal__in=hidden_from_unit(unit).values("pk"))
    return rows.exclude(**{f"{event}__in": members.values("event")})
