"""What the platform does for events by itself."""

from datetime import datetime, timedelta

from civicloop.apps.issues.actions.find_events import place_few_appeals
from civicloop.apps.jobs.declaring import job


@job(is_atomic=False, tries=1, limit=timedelta(minutes=5))
def place_arrivals(now: datetime) -> None:
    """Give the appeals of the last minute their events; a look at all of them is a command's."""
    place_few_appeals(now=now)
