"""What the platform does for events by itself."""

from datetime import datetime, timedelta

from civicloop.apps.issues.actions.find_events import place_few_appeals, renew_events
from civicloop.apps.jobs.declaring import job


@job(is_atomic=False, tries=1, limit=timedelta(minutes=5))
def place_arrivals(now: datetime) -> None:
    """Give the appeals of the last minute their events; a look at all of them is the night's."""
    place_few_appeals(now=now)


@job(is_atomic=False, tries=2, limit=timedelta(hours=4))
def learn_events_anew(now: datetime) -> None:
    """Look at all appeals again when three in a hundred came since what is common was learned."""
    renew_events(now=now)
